"""Content Security Policy: strict on every page, looser only under /cms/ where Wagtail's templates have inline scripts."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

STRICT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "media-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self' https://checkout.stripe.com",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
# WebAssembly for the scanner; workers and their own responses need it too.
DOOR = STRICT | {
    "script-src": "'self' 'wasm-unsafe-eval'",
    "worker-src": "'self'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob:",
}
ADMIN = STRICT | {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "frame-src": "'self' blob:",  # a badge that is loaded, and printed from its frame
    "frame-ancestors": "'self'",
}


def render(policy: dict[str, str]) -> str:
    return "; ".join(f"{directive} {sources}" for directive, sources in policy.items())


_BY_PREFIX = (("/cms/", render(ADMIN)), ("/door/", render(DOOR)), ("/static/", render(DOOR)))
_DEFAULT = render(STRICT)


def policy_for(path: str) -> str:
    return next((policy for prefix, policy in _BY_PREFIX if path.startswith(prefix)), _DEFAULT)


class ContentSecurityPolicyMiddleware:
    """Adds the policy of the page's place, and a Permissions-Policy that leaves the camera to the door alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy_for(request.path))
        camera = "(self)" if request.path.startswith("/door/") else "()"
        response.headers.setdefault(
            "Permissions-Policy", f"camera={camera}, microphone=(), geolocation=(), payment=(), usb=()"
        )
        return response
