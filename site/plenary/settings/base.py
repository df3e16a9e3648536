"""What every environment shares. Values that differ by place come from the environment (docs/reference/settings.md)."""

import hashlib
from pathlib import Path

import environ
from django.utils.translation import gettext_lazy as _

from plenary.core.languages import LANGUAGES as PRODUCT_LANGUAGES

ROOT = Path(__file__).resolve().parents[3]  # the checkout
VAR = Path(environ.Env()("PLENARY_VAR", default=str(ROOT / "var")))  # everything the product writes on one machine
env = environ.Env()

DEBUG = False
ALLOWED_HOSTS: list[str] = []
ROOT_URLCONF = "plenary.urls"
WSGI_APPLICATION = "plenary.wsgi.application"
ASGI_APPLICATION = "plenary.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SITE_ID = 1

INSTALLED_APPS = [
    "plenary.operations.planning",
    "plenary.operations.logistics",
    "plenary.operations.safety",
    "plenary.operations.closing",
    "portal",
    "publicity",
    "checkin",
    "registration",
    "plenary.events",
    "plenary.core",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail_modeladmin",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.api.v2",
    "wagtail",
    "modelcluster",
    "taggit",
    "rest_framework",
    "crispy_forms",
    "ninja",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_tasks",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.forms",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "plenary.core.page_cache.PublicPageCacheMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "plenary.core.csp.ContentSecurityPolicyMiddleware",
    "plenary.api.middleware.ApiMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "plenary.core.staff_accounts.SecondFactorMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "plenary.core.context.interface",
            ],
        },
    },
]

# -- data ------------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR / 'plenary.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # WAL lets readers go on while one writes; IMMEDIATE takes the write lock at BEGIN, so that two writers wait for
    # each other instead of failing with "database is locked" half way through.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
            "PRAGMA cache_size=-64000; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;"
        ),
    }
    DATABASES["default"]["CONN_MAX_AGE"] = None  # opening the file and setting it up costs more than most requests
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=600)
DATABASES["default"].setdefault("ATOMIC_REQUESTS", False)

if redis_url := env("REDIS_URL", default=""):
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}}
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "plenary"}}

MEDIA_ROOT = VAR / "media"
MEDIA_URL = "/media/"
PRIVATE_ROOT = VAR / "private"  # uploads of guests: never served by address, only through a checking, logging view
STATIC_ROOT = VAR / "static"
STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(PRIVATE_ROOT), "base_url": None},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # Wagtail's page editor posts many

# -- languages and time ----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [(language.code, language.name) for language in PRODUCT_LANGUAGES]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = True
USE_I18N = True
FORMAT_MODULE_PATH = "plenary.formats"  # where Django's own say nothing and would fall back to the American order
LOCALE_PATHS = [ROOT / "site" / "plenary" / "locale"]
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False  # nothing untranslated goes live by itself
TIME_ZONE = "UTC"
USE_TZ = True

# -- Wagtail ---------------------------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "Plenary"
WAGTAILADMIN_BASE_URL = env("BASE_URL", default="http://127.0.0.1:8000")
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # no address of our staff leaves the house
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAILAPI_LIMIT_MAX = 100
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
TAGGIT_CASE_INSENSITIVE = True
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # widgets of our own stand in templates/forms/
CRISPY_ALLOWED_TEMPLATE_PACKS = ["plenary"]
CRISPY_TEMPLATE_PACK = "plenary"

# -- people ----------------------------------------------------------------------------------------------------------
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "wagtailadmin_home"
ACCOUNT_ADAPTER = "plenary.core.staff_accounts.StaffAccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Plenary"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False  # the pages of staff sign-in do it, second factor included
WAGTAIL_PASSWORD_RESET_ENABLED = False
# Whoever holds one of these sees personal data, and signs in with a second factor where it is required.
PLENARY_REQUIRE_SECOND_FACTOR = env.bool("PLENARY_REQUIRE_SECOND_FACTOR", default=True)
PLENARY_PERSONAL_DATA_PERMISSIONS = [
    "registration.view_registration",
    "registration.view_identity",
    "registration.view_invitation",
    "registration.view_visacase",
    "registration.manage_privacy",
    "registration.view_passport",
    "registration.view_watchlistentry",
    "registration.view_payment",
    "registration.view_delegation",
    "registration.register_at_desk",
    "registration.view_letter",
    "registration.view_issue",
    "registration.view_contactnote",
    "registration.view_changerequest",
    "registration.view_erasurerequest",
    "registration.view_sponsorship",
    "core.view_message",
    "core.view_message_text",
    "core.view_historyentry",
    "core.view_accesslog",
    "checkin.view_scan",
    "checkin.print_badge",
    "checkin.print_desk_badge",
    "auth.change_user",
]

# -- mail: written into the outbox, then sent from there ----------------------------------------------------------------
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Plenary <conference@plenary.example>")
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
# The mail service whose reports of deliveries are taken at /api/v1/mail/NAME/webhook, and what anymail needs to check them:
# every variable of the environment that begins with ANYMAIL_.
MAIL_SERVICE = env("MAIL_SERVICE", default="")
ANYMAIL = {name.removeprefix("ANYMAIL_"): value for name, value in env.ENVIRON.items() if name.startswith("ANYMAIL_")}
ANYMAIL["WEBHOOK_SECRET"] = env("ANYMAIL_WEBHOOK_SECRET", default="")
SMS_BACKEND = env("SMS_BACKEND", default="plenary.core.sms.ConsoleBackend")
# What plenary.core.sms_http.HttpBackend tells a provider, and how it understands the answer.
SMS_HTTP_URL = env("SMS_HTTP_URL", default="")
SMS_HTTP_AUTHORIZATION = env("SMS_HTTP_AUTHORIZATION", default="")
SMS_HTTP_BODY = env.json("SMS_HTTP_BODY", default={"to": "{number}", "text": "{text}"})
SMS_HTTP_KEY_HEADER = env("SMS_HTTP_KEY_HEADER", default="")
SMS_HTTP_DEDUPLICATES = env.bool("SMS_HTTP_DEDUPLICATES", default=False)
SMS_HTTP_ID = env("SMS_HTTP_ID", default="id")
SMS_HTTP_REFUSED = env.list("SMS_HTTP_REFUSED", cast=int, default=[422])

# -- background work ---------------------------------------------------------------------------------------------------
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
# What the worker does by the clock: function, and every how many minutes.
PLENARY_UPKEEP = [
    ("plenary.core.upkeep.beat", 1),
    ("plenary.core.outbox.deliver_due", 1),
    ("registration.tasks.tidy_registrations", 30),
    ("registration.tasks.remind_invited", 60),
    ("registration.tasks.run_waiting_lists", 1),
    ("registration.tasks.settle_payments", 5),
    ("registration.tasks.check_registrations", 2),
    ("registration.tasks.compare_watch_list", 10),
    ("registration.tasks.erase_personal_data", 24 * 60),
    ("registration.tasks.scan_files_again", 5),
    ("registration.tasks.tend_mailings", 1),
    ("registration.tasks.remind_guests", 30),
    ("registration.tasks.tell_delegations", 5),
    ("checkin.tasks.tend_printing", 1),
    ("plenary.core.upkeep.forget_requests", 24 * 60),
    ("plenary.core.upkeep.forget_sessions", 24 * 60),
]

# -- ports: what a lower layer calls in a higher one without importing it (docs/explanation/architecture.md) ------------
PLENARY_ISSUE_CREDENTIALS = "checkin.actions.issue_credentials"
PLENARY_WITHDRAW_CREDENTIALS = "checkin.actions.withdraw_credentials"
# Each called with the time now, answers keys of pages that lists, sitemap and JSON keep back.
PLENARY_HIDDEN_PAGES = ["publicity.querysets.embargoed_pages"]
PLENARY_ATTACHMENTS = {
    "badge": "checkin.badges.badge_attachment",
    "letter": "registration.letters.letter_attachment",
    "financial_document": "registration.financial_pdf.financial_attachment",
}
# How the ledger of looks calls a record: given who looks and keys, answers key → (name, address this person may open).
PLENARY_SUBJECTS = {
    "registration.registration": "registration.viewsets.subjects.dossiers",
    "registration.delegation": "registration.viewsets.subjects.delegations",
    "events.event": "registration.viewsets.subjects.events",
}

PLENARY_PRESS_COOKIE = "press-"  # before the event's name; who sends it may be shown more than the public

PLENARY_DEMO_LOGINS = ""  # where the demonstration keeps its staff accounts; only development shows them

# -- keys --------------------------------------------------------------------------------------------------------------
# A list of "id:base64 of 32 bytes"; the first encrypts, all decrypt (rotation). Development derives one from a file in var/.
FIELD_ENCRYPTION_KEYS: list[str] = env.list("FIELD_ENCRYPTION_KEYS", default=[])

# -- scanner for malware in uploads: a clamd at a path or at host:port; nothing set means no scanner ----------------------
CLAMD_SOCKET = env("CLAMD_SOCKET", default="")
CLAMD_TIMEOUT = env.float("CLAMD_TIMEOUT", default=10)  # seconds for each step of the conversation
CLAMD_UNAVAILABLE = env("CLAMD_UNAVAILABLE", default="refuse")  # or "accept": taken, and marked for officers

STRIPE_SECRET_KEY = env("STRIPE_SECRET_KEY", default="")
STRIPE_WEBHOOK_SECRET = env("STRIPE_WEBHOOK_SECRET", default="")
STRIPE_API_BASE = env("STRIPE_API_BASE", default="")  # another Stripe: a double to test against; empty is the real one
# Where guests transfer money to; shown with the reference. Without an IBAN no transfer is offered.
PLENARY_BANK_ACCOUNT = {
    "holder": env("BANK_ACCOUNT_HOLDER", default=""),
    "iban": env("BANK_ACCOUNT_IBAN", default=""),
    "bic": env("BANK_ACCOUNT_BIC", default=""),
    "bank": env("BANK_ACCOUNT_BANK", default=""),
}
# What stands at the head of invoices: name, address and tax number of the institution; lines end with "|".
PLENARY_ISSUER = env("INVOICE_ISSUER", default="")

# -- badges in the wallets of phones: only with certificates of Apple, with an account of Google --------------------------
_apple = {
    **{"certificate": env("APPLE_PASS_CERTIFICATE", default=""), "key": env("APPLE_PASS_KEY", default="")},
    "intermediate": env("APPLE_PASS_INTERMEDIATE", default=""),
    **{"type": env("APPLE_PASS_TYPE", default=""), "team": env("APPLE_PASS_TEAM", default="")},
    "name": env("WALLET_ISSUER_NAME", default="Plenary"),
}
_google = {
    "account_file": env("GOOGLE_WALLET_ACCOUNT", default=""),
    "issuer": env("GOOGLE_WALLET_ISSUER", default=""),
    "name": env("WALLET_ISSUER_NAME", default="Plenary"),
}
PLENARY_WALLETS = {
    "apple": _apple if all(value for name, value in _apple.items() if name != "intermediate") else None,
    "google": _google if all(_google.values()) else None,
}

# -- browser security --------------------------------------------------------------------------------------------------
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"mask_tokens": {"()": "plenary.core.log_privacy.MaskTokens"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["mask_tokens"]}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django_tasks": {"level": "WARNING"},  # two lines for every page that is saved tell nobody anything
        "procrastinate": {"level": "WARNING"},
        "wagtail": {"level": "WARNING"},  # what editors do stands in Wagtail's own history
    },
}

SITE_NAME = _("Plenary")


def derived_key(secret: str) -> str:
    """One encryption key from a secret, for machines where nobody sets FIELD_ENCRYPTION_KEYS (development, tests)."""
    import base64

    return "1:" + base64.b64encode(hashlib.sha256(b"plenary field key" + secret.encode()).digest()).decode()
