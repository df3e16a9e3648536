"""For the test runner: fast hashing, mail in memory, everything written to a folder of its own."""

import hashlib
import tempfile
from pathlib import Path

from .base import *  # noqa: F403
from .base import INSTALLED_APPS, ROOT, STORAGES, derived_key, env

SECRET_KEY = "tests only, never a real secret"  # noqa: S105 — this one protects nothing
FIELD_ENCRYPTION_KEYS = [derived_key(SECRET_KEY)]
ALLOWED_HOSTS = ["*"]
DATABASES = {"default": env.db("DATABASE_URL", default="sqlite://:memory:")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {"transaction_mode": "IMMEDIATE", "timeout": 20}
    # A file, not memory: threads and the live server share it as they would share a real database. Named after the
    # checkout, so that two of them on one machine never write into each other's.
    _checkout = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
    DATABASES["default"]["TEST"] = {
        "NAME": f"{tempfile.gettempdir()}/plenary-test-{_checkout}-{env('PLENARY_TEST_RUN', default='local')}.sqlite3"
    }
else:
    database = DATABASES["default"]
    database["TEST"] = {"NAME": f"test_{database['NAME']}_{env('PLENARY_TEST_RUN', default='local')}"}
    INSTALLED_APPS += ["procrastinate.contrib.django"]  # the tests prove the worker's queue where it lives
    PROCRASTINATE_ON_APP_READY = "plenary.core.task_backends.register"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SMS_BACKEND = "plenary.core.sms.MemoryBackend"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
_folder = Path(tempfile.mkdtemp(prefix="plenary-test-"))
MEDIA_ROOT = _folder / "media"
STORAGES = {
    **STORAGES,
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(_folder / "private"), "base_url": None},
    },
}
WHITENOISE_AUTOREFRESH = True  # nothing is collected for tests: files are found where they lie
PLENARY_DEVELOPMENT_PAGES = True
PLENARY_REQUIRE_SECOND_FACTOR = False  # tests of it switch it on
