"""Everything from the environment; refuses to start without what keeps people safe (docs/how-to/deploy.md)."""

from .base import *  # noqa: F403
from .base import DATABASES, INSTALLED_APPS, MAIL_SERVICE, STORAGES, env
from .storage_address import storages_from

SECRET_KEY = env("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
FIELD_ENCRYPTION_KEYS = env.list("FIELD_ENCRYPTION_KEYS")
PLENARY_DEVELOPMENT_PAGES = False

STORAGES = {
    **STORAGES,
    **(storages_from(storage_url) if (storage_url := env("STORAGE_URL", default="")) else {}),
    "staticfiles": {"BACKEND": "plenary.core.storage.StaticFiles"},
}

# The outbox keeps a message until a mail server takes it, so one that is missing loses nothing (and prints no address).
vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))
EMAIL_TIMEOUT = 20
if MAIL_SERVICE and not env("EMAIL_URL", default=""):
    EMAIL_BACKEND = f"anymail.backends.{MAIL_SERVICE.replace('-', '_')}.EmailBackend"

if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # A restarted database costs no visitor an error: a connection that lay idle is asked whether it lives.
    DATABASES["default"].update(ENGINE="plenary.core.postgresql", CONN_HEALTH_CHECKS=True)
    INSTALLED_APPS += ["procrastinate.contrib.django"]
    PROCRASTINATE_ON_APP_READY = "plenary.core.task_backends.register"
    TASKS = {"default": {"BACKEND": "plenary.core.task_backends.ProcrastinateBackend"}}
else:
    TASKS = {"default": {"BACKEND": "plenary.core.task_backends.ThreadBackend"}}

# -- browser security: all traffic is HTTPS, which ends at a proxy that sets X-Forwarded-Proto ---------------------------
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Off by itself only where no other machine can ask: all names allowed are this machine's own.
_only_here = set(ALLOWED_HOSTS) <= {"127.0.0.1", "localhost", "[::1]"}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = env.bool("HTTPS", default=not _only_here)
SECURE_HSTS_SECONDS = 31_536_000 if SESSION_COOKIE_SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SESSION_COOKIE_SECURE
# The preload list is for ever and for the whole domain: its owner's decision, not ours.
SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=False)
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Links in mails: the first name we answer to, unless the environment knows better.
_host = ALLOWED_HOSTS[0].lstrip(".")
_here = f"http://{_host}:{env('PORT', default='') or '8000'}"
WAGTAILADMIN_BASE_URL = env("BASE_URL", default=f"https://{_host}" if SECURE_SSL_REDIRECT else _here)
