"""The certificate of erasure on paper, with the address at which anybody may check it."""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from plenary.core.privacy import Basis, Erasure, Retention
from plenary.core.typesetting import printable, text_run, typeset
from registration.models import ErasureCertificate

TEMPLATE = Path(__file__).parent / "typst" / "erasure.typ"
SHOWN = 32  # letters of the digest in the address: enough that nobody guesses one


def verification_address(certificate: ErasureCertificate) -> str:
    """Where a certificate is checked; the address holds its number and the beginning of its digest."""
    page = reverse("registration:certificate", args=[certificate.number, certificate.digest[:SHOWN]])
    return f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}{page}"


def searched(content: dict[str, Any]) -> str:
    """Of the erasure of one guest: how texts about others were searched, and what that cannot find."""
    if not content.get("searched"):
        return ""
    return _(
        "Texts about others were searched for the name, the address and the telephone number. A nickname, or a family name"
        " alone, cannot be told from those of other people."
    )


def certificate_pdf(certificate: ErasureCertificate) -> bytes:
    """The certificate in the active language."""
    content = certificate.content

    def line(text: Any) -> dict[str, Any]:
        return text_run(printable(str(text)))

    def model_name(label: str) -> str:
        try:
            return capfirst(str(apps.get_model(label)._meta.verbose_name))
        except LookupError:  # of an app that is no longer there
            return label

    data = {
        "title": line(_("Certificate of erasure")),
        "number": line(str(certificate)),
        "facts": [
            [line(_("Event")), line(certificate.event)],
            [line(_("Cause")), line(certificate.get_cause_display())],
            [line(_("Begun")), line(content["begun"])],
            [line(_("Finished")), line(content["finished"])],
            [line(_("Records of persons")), line(len(content["subjects"]))],
            [line(_("Certificate before it")), line(content["previous"])],
            [line(_("Digest")), line(certificate.digest)],
            [line(_("Check it at")), line(verification_address(certificate))],
        ],
        "erased_title": line(_("Erased")),
        "erased_head": [line(_("Record")), line(_("Field")), line(_("Rule")), line(_("How")), line(_("Number"))],
        "erased": [
            [
                line(model_name(entry["model"])),
                line(entry["field"]),
                line(Retention(entry["rule"]).label),
                line(Erasure(entry["way"]).label),
                line(entry["count"]),
            ]
            for entry in content["erased"]
        ],
        "kept_title": line(_("Kept")),
        "kept_head": [line(_("Record")), line(_("Field")), line(_("Rule")), line(_("Ground")), line(_("Until"))],
        "kept": [
            [
                line(model_name(entry["model"])),
                line(entry["field"]),
                line(Retention(entry["rule"]).label),
                line(Basis(entry["ground"]).label),
                line(entry["until"] or "—"),
            ]
            for entry in content["kept"]
        ],
    }
    data["searched"] = line(searched(content))
    document: bytes = typeset(TEMPLATE, {"certificate.json": data})
    return document
