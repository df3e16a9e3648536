"""The Content Security Policy: strict where visitors are, the camera for the door alone."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from plenary.core.csp import ContentSecurityPolicyMiddleware, policy_for


def headers_of(path: str) -> HttpResponse:
    return ContentSecurityPolicyMiddleware(lambda _request: HttpResponse())(RequestFactory().get(path))


@pytest.mark.parametrize(
    "path", ["/", "/en/forum/", "/ar/register/forum/", "/api/v1/events/", "/door/", "/cmsx/", "/en/cms/"]
)
def test_no_inline_script_or_style_outside_the_admin(path: str) -> None:
    policy = headers_of(path)["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "'unsafe-eval'" not in policy
    assert "default-src 'none'" in policy
    assert "base-uri 'none'" in policy


def test_only_the_admin_may_be_looser_and_it_still_frames_nobody_else() -> None:
    assert "'unsafe-inline'" in policy_for("/cms/pages/1/")
    assert "frame-ancestors 'self'" in policy_for("/cms/pages/1/")


def test_the_scanner_may_compile_webassembly_and_visitors_pages_may_not() -> None:
    assert "'wasm-unsafe-eval'" in policy_for("/door/")
    assert "'wasm-unsafe-eval'" not in policy_for("/en/forum/")


@pytest.mark.parametrize(("path", "camera"), [("/door/", "camera=(self)"), ("/en/forum/", "camera=()")])
def test_the_camera_belongs_to_the_door(path: str, camera: str) -> None:
    assert camera in headers_of(path)["Permissions-Policy"]


def test_a_view_may_set_a_policy_of_its_own() -> None:
    own = HttpResponse(headers={"Content-Security-Policy": "sandbox"})
    response = ContentSecurityPolicyMiddleware(lambda _request: own)(RequestFactory().get("/documents/1/"))
    assert response["Content-Security-Policy"] == "sandbox"
