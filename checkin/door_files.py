"""The files of the scanning app: their addresses, and a version that changes with any of their bytes."""

import hashlib
import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static

from checkin.door_texts import texts_in
from plenary.core.languages import LANGUAGES

ROOT = Path(__file__).resolve().parent / "static"
MODULES = "checkin/door"
ENTRY = "checkin/door/main.js"
WORKER = "checkin/door/decoder.worker.js"
READER = "checkin/vendor/zxing-wasm/reader.js"
WASM = "checkin/vendor/zxing-wasm/zxing_reader.wasm"
STYLE = "checkin/door.css"
ICONS = {"icon-192.png": "any", "icon-512.png": "any", "icon-maskable-512.png": "maskable"}
APPLE_ICON = "checkin/icons/apple-touch-icon.png"


def modules() -> list[str]:
    """Addresses of the ES modules. They import each other by relative names, so they carry no hash; the version that
    the service worker caches them under keeps them together."""
    names = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / MODULES).rglob("*.js"))
    return [settings.STATIC_URL + name for name in names if name not in (ENTRY, WORKER)]


def addresses() -> list[str]:
    """Everything the app needs to open without a network, but for the page and its texts."""
    single = [STYLE, ENTRY, WORKER, READER, WASM, APPLE_ICON, *(f"checkin/icons/{name}" for name in ICONS)]
    return [*modules(), *(static(name) for name in single)]


def version() -> str:
    """Changes when a file, a text or an address changes; phones then fetch the app anew."""
    return _fingerprint() if settings.DEBUG else _fingerprint_once()


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted((ROOT / "checkin").rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    for language in LANGUAGES:
        digest.update(json.dumps(texts_in(language), sort_keys=True).encode())
    digest.update("\n".join(addresses()).encode())
    for template in sorted((settings.ROOT / "templates" / "door").rglob("*")):
        digest.update(template.read_bytes())
    return digest.hexdigest()[:16]


_fingerprint_once = cache(_fingerprint)
