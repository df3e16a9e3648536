"""Production as it is, with keys of the bench and a count of statements for requests that ask for it."""

import base64
import os

for name, value in {
    "SECRET_KEY": "bench only, never a real secret: " + "x" * 40,
    "ALLOWED_HOSTS": "127.0.0.1",
    "FIELD_ENCRYPTION_KEYS": "1:" + base64.b64encode(b"bench key, 32 bytes long, no use").decode(),
    "EMAIL_URL": "dummymail://",
    "HTTPS": "0",
}.items():
    os.environ.setdefault(name, value)

from plenary.settings.production import *  # noqa: E402, F403
from plenary.settings.production import MIDDLEWARE  # noqa: E402

MIDDLEWARE = ["tests.benchmarks.statements.CountStatements", *MIDDLEWARE]
