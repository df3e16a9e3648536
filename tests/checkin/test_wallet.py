"""Badges in wallets, with certificates made here: what Apple's and Google's formats ask for, as far as can be told offline."""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from checkin.actions import withdraw_credentials
from plenary.core.links import make_link
from tests.factories.checkin import badge_text, make_credential
from tests.factories.events import EventFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def wallets(key, tmp_path, settings):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Pass Type ID: pass.example.badge")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "pass.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "key.pem").write_bytes(pem)
    account = {"client_email": "badges@example.iam", "private_key": pem.decode()}
    (tmp_path / "account.json").write_text(json.dumps(account))
    settings.PLENARY_WALLETS = {
        "apple": {
            **{"certificate": str(tmp_path / "pass.pem"), "key": str(tmp_path / "key.pem"), "intermediate": ""},
            **{"type": "pass.example.badge", "team": "TEAM123456", "name": "Institute"},
        },
        "google": {"account_file": str(tmp_path / "account.json"), "issuer": "3388", "name": "Institute"},
    }


@pytest.fixture
def credential():
    return make_credential(EventFactory(slug="summit"), name="王小明", latin_name="Wang Xiaoming")


def token_of(credential):
    guest = credential.registration
    return make_link("guest", guest.pk, guest.link_version)


def test_the_pass_lists_every_file_is_signed_and_opens_the_same_doors(client, wallets, credential):
    answer = client.get(f"/en/badge/{token_of(credential)}/apple/")
    assert answer["Content-Type"] == "application/vnd.apple.pkpass"
    assert "no-store" in answer["Cache-Control"]
    with ZipFile(BytesIO(answer.content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files["manifest.json"])
    assert manifest == {
        name: hashlib.sha1(content, usedforsecurity=False).hexdigest()
        for name, content in files.items()
        if name not in ("manifest.json", "signature")
    }
    [signer] = pkcs7.load_der_pkcs7_certificates(files["signature"])
    assert "pass.example.badge" in signer.subject.rfc4514_string()
    facts = json.loads(files["pass.json"])
    assert facts["barcodes"][0]["message"] == badge_text(credential)
    assert facts["eventTicket"]["primaryFields"][0]["value"] == "王小明"
    assert "icon.png" in files


def test_the_save_link_is_signed_holds_the_badge_and_no_name(client, wallets, credential, key):
    address = client.get(f"/en/badge/{token_of(credential)}/google/")["Location"]
    start, _slash, token = address.rpartition("/")
    assert start == "https://pay.google.com/gp/v/save"
    signed, _dot, signature = token.rpartition(".")
    key.public_key().verify(
        base64.urlsafe_b64decode(signature + "=="), signed.encode(), padding.PKCS1v15(), hashes.SHA256()
    )
    claims = json.loads(base64.urlsafe_b64decode(signed.partition(".")[2] + "=="))
    assert (claims["aud"], claims["typ"]) == ("google", "savetowallet")
    assert claims["payload"]["eventTicketObjects"][0]["barcode"]["value"] == badge_text(credential)
    assert "Wang" not in json.dumps(claims)


def test_without_certificates_there_is_neither_a_button_nor_a_pass(client, settings, credential):
    token = token_of(credential)
    assert [client.get(f"/en/badge/{token}/{wallet}/").status_code for wallet in ("apple", "google")] == [404, 404]
    assert "Wallet" not in client.get(f"/en/my/{token}/").content.decode()


def test_the_own_page_offers_both_and_a_withdrawn_badge_is_gone(client, wallets, credential):
    token = token_of(credential)
    page = client.get(f"/en/my/{token}/").content.decode()
    assert f"/en/badge/{token}/apple/" in page
    assert f"/en/badge/{token}/google/" in page
    withdraw_credentials([credential.registration])
    assert [client.get(f"/en/badge/{token}/{wallet}/").status_code for wallet in ("apple", "google")] == [404, 404]
