"""One machine, one folder: everything lives in var/, secrets are made there on first start, mail stays in the mailbox page."""

import secrets as random_secrets

from .base import *  # noqa: F403
from .base import VAR, WAGTAILADMIN_BASE_URL, derived_key, env

DEBUG = env.bool("DEBUG", default=True)
ALLOWED_HOSTS = ["*"]
INTERNAL_IPS = ["127.0.0.1"]

VAR.mkdir(parents=True, exist_ok=True)
_secret_file = VAR / "secret_key"
if not _secret_file.exists():
    _secret_file.touch(mode=0o600)
    _secret_file.write_text(random_secrets.token_urlsafe(50), encoding="utf-8")
SECRET_KEY = env("SECRET_KEY", default=_secret_file.read_text(encoding="utf-8"))
FIELD_ENCRYPTION_KEYS = env.list("FIELD_ENCRYPTION_KEYS", default=[derived_key(SECRET_KEY)])

# Addresses printed by `make run` follow HOST and PORT, so links in mails work on the first try.
if not env("BASE_URL", default=""):
    _host = env("HOST", default="") or "127.0.0.1"
    _host = "127.0.0.1" if _host in ("0.0.0.0", "::") else _host  # noqa: S104 — "everywhere" is no address to click on
    WAGTAILADMIN_BASE_URL = f"http://{_host}:{env('PORT', default='') or '8000'}"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # /dev/mailbox/ shows the outbox instead
PLENARY_DEVELOPMENT_PAGES = True
# The demo logins have no second factor; the sign-in page says so.
PLENARY_REQUIRE_SECOND_FACTOR = env.bool("PLENARY_REQUIRE_SECOND_FACTOR", default=False)
PLENARY_DEMO_LOGINS = "plenary.operations.planning.demo.DEMO_LOGINS"  # shown by `make run` and on the sign-in page
