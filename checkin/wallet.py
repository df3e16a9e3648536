"""The badge in the wallet of a phone: Apple's signed pass and Google's save link. Only with the institution's certificates
(docs/reference/settings.md); the QR code is the badge's own, so doors know no difference."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from django.conf import settings

from checkin.actions.credentials import ensure_signing_key
from checkin.badges import grouped
from checkin.models import Credential
from checkin.signing import Signer
from plenary.core.dates import date_range

APPLE_TYPE = "application/vnd.apple.pkpass"
GOOGLE_SAVE = "https://pay.google.com/gp/v/save/"
ICONS = Path(__file__).parent / "static" / "checkin" / "icons"


def apple_pass(credential: Credential) -> bytes:
    """The badge as a .pkpass; raises LookupError without certificates."""
    wallet = settings.PLENARY_WALLETS["apple"]
    if not wallet:
        raise LookupError("no certificate for passes")
    picture = (ICONS / "icon-192.png").read_bytes()
    files = {"pass.json": json.dumps(_apple_facts(credential, wallet), ensure_ascii=False).encode()}
    files |= dict.fromkeys(("icon.png", "icon@2x.png", "logo.png"), picture)
    # SHA-1 because Apple's format asks for it; what protects the pass is the signature over the list.
    manifest = {name: hashlib.sha1(content, usedforsecurity=False).hexdigest() for name, content in files.items()}
    files["manifest.json"] = json.dumps(manifest).encode()
    files["signature"] = _signature(files["manifest.json"], wallet)
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def google_link(credential: Credential) -> str:
    """Where Google keeps the badge. The address holds no name, for addresses are written down on their way.

    Raises LookupError without an account.
    """
    wallet = settings.PLENARY_WALLETS["google"]
    if not wallet:
        raise LookupError("no account for passes")
    account = json.loads(Path(wallet["account_file"]).read_text(encoding="utf-8"))
    event, language = credential.event, credential.event.source_language
    kind = f"{wallet['issuer']}.{event.slug}"
    ticket = {
        "id": f"{wallet['issuer']}.{bytes(credential.public_id).hex()}-{credential.issue}",
        "classId": kind,
        "state": "ACTIVE",
        "ticketNumber": grouped(credential.registration.code),
        "barcode": {"type": "QR_CODE", "value": _text(credential)},
    }
    named = {"defaultValue": {"language": language, "value": str(event.name.get_for(language) or event.slug)}}
    concert = {"id": kind, "issuerName": wallet["name"], "eventName": named, "reviewStatus": "UNDER_REVIEW"}
    claims = {
        **{"iss": account["client_email"], "aud": "google", "typ": "savetowallet", "iat": int(time.time())},
        "payload": {"eventTicketClasses": [concert], "eventTicketObjects": [ticket]},
    }
    return GOOGLE_SAVE + _token(claims, account["private_key"])


def _apple_facts(credential: Credential, wallet: dict[str, Any]) -> dict[str, Any]:
    event, guest, language = credential.event, credential.registration, credential.event.source_language
    name = str(event.name.get_for(language) or event.slug)
    return {
        **{"formatVersion": 1, "passTypeIdentifier": wallet["type"], "teamIdentifier": wallet["team"]},
        "serialNumber": f"{bytes(credential.public_id).hex()}-{credential.issue}",
        **{"organizationName": wallet["name"], "description": name, "logoText": name},
        "barcodes": [
            {"format": "PKBarcodeFormatQR", "message": _text(credential), "messageEncoding": "iso-8859-1"},
        ],
        "backgroundColor": _rgb("#ffffff"),
        "foregroundColor": _rgb("#1a1a1a"),
        "eventTicket": {
            "primaryFields": [{"key": "name", "value": guest.name or guest.latin_name}],
            "secondaryFields": [{"key": "category", "value": str(guest.category.name.get_for(language))}],
            "auxiliaryFields": [
                {"key": "when", "value": date_range(event.starts_on, event.ends_on, language)},
                {"key": "code", "value": grouped(guest.code)},
            ],
        },
    }


def _text(credential: Credential) -> str:
    return Signer(ensure_signing_key(credential.event), credential.event.number).text(credential)


def _signature(manifest: bytes, wallet: dict[str, Any]) -> bytes:
    certificate = x509.load_pem_x509_certificate(Path(wallet["certificate"]).read_bytes())
    key = serialization.load_pem_private_key(Path(wallet["key"]).read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise LookupError("the key of a pass is an RSA key")
    builder = pkcs7.PKCS7SignatureBuilder().set_data(manifest).add_signer(certificate, key, hashes.SHA256())
    if wallet["intermediate"]:
        above = x509.load_pem_x509_certificate(Path(wallet["intermediate"]).read_bytes())
        builder = builder.add_certificate(above)
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
    return builder.sign(serialization.Encoding.DER, options)


def _token(claims: dict[str, Any], pem: str) -> str:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise LookupError("the key of a save link is an RSA key")
    parts = [_packed(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT"}, claims)]
    signed = ".".join(parts)
    return f"{signed}.{_packed(key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[start : start + 2], 16)) for start in (1, 3, 5))})"
