"""The forum's guest list in every state an invitation can have, its letterhead, and visa letters asked for and issued."""

from __future__ import annotations

import io
from datetime import timedelta

from django.utils import timezone
from PIL import Image as Drawing
from PIL import ImageDraw

from plenary.core.actions import GUEST, Actor
from plenary.core.fields import Label
from plenary.events.models import Event
from registration.actions import Particulars
from registration.actions.invitation_replies import accept_invitation, decline_invitation, send_substitute
from registration.actions.invitations import add_invitation, send_invitations
from registration.actions.letters import save_letter_data, set_seal
from registration.actions.visas import issue_visa_letters, note_authority, open_case
from registration.letter_texts import built_in_text
from registration.models import Category, Invitation, Letterhead, LetterTemplate, Registration
from registration.rules import State
from registration.rules.letters import LetterKind
from registration.uploads import Checked

# mailbox, form of address, name, Latin name, organisation, function, nationality, language, what happens
GUESTS = (
    ("s.lindqvist", "H.E.", "Sofia Lindqvist", "", "Ministry of Environment", "Minister", "SE", "en", "held"),
    ("o.keita", "Mme", "Oumou Keïta", "", "Autorité du bassin du Niger", "Secrétaire exécutive", "ML", "fr", "sent"),
    (
        "l.almansouri",
        "معالي",
        "ليلى المنصوري",
        "Layla Al Mansouri",
        "وزارة الطاقة والبنية التحتية",
        "وكيلة الوزارة",
        "AE",
        "ar",
        "accepted",
    ),
    ("k.tanaka", "Prof.", "田中健", "Ken Tanaka", "Institute of Hydrology", "Director", "JP", "en", "declined"),
    (
        "a.volkov",
        "Д-р",
        "Андрей Волков",
        "Andrei Volkov",
        "Институт водных проблем",
        "Заведующий отделом",
        "KZ",
        "ru",
        "substituted",
    ),
    ("m.fuentes", "Sra.", "María Fuentes", "", "Consejo Hídrico Andino", "Presidenta", "PE", "es", "sent"),
    ("chen.yun", "教授", "陈云", "Chen Yun", "河流研究中心", "主任", "SG", "zh-hans", "listed"),
    ("h.okafor", "Dr", "Ngozi Okafor", "", "Lake Chad Commission", "Adviser", "NG", "en", "listed"),
)


def make_invitations(event: Event, categories: dict[str, Category], staff: dict[str, Actor]) -> None:
    """Letterhead and texts, the list, its replies, and the letters desk: through the actions, as in earnest."""
    by = staff["office"]
    _letter_data(event, by)
    category = next(category for category in categories.values() if not category.public)
    for told in GUESTS:
        _invite(event, category, told, by)
    _letters(event, staff)


def _letter_data(event: Event, by: Actor) -> None:
    head = Letterhead(
        event=event,
        institution=event.name,
        address=Label({"en": "Secretariat of the forum\nwww.forum.example · office@forum.example"}),
        signatory=Label({"en": "Dr Ioana Popescu"}),
        signatory_title=Label(
            {
                "en": "Secretary-General",
                "zh-hans": "秘书长",
                "fr": "Secrétaire générale",
                "es": "Secretaria General",
                "ru": "Генеральный секретарь",
                "ar": "الأمينة العامة",
            }
        ),
    )
    save_letter_data(head, by=by)
    set_seal(letterhead=head, checked=Checked("seal.png", "image/png", _seal()), by=by)
    for kind in LetterKind:
        subject, body = built_in_text(kind)
        save_letter_data(LetterTemplate(event=event, kind=kind, subject=subject, body=body), by=by)


def _seal() -> bytes:
    """Two rings and a wave: a seal of nobody."""
    drawing = Drawing.new("RGBA", (360, 360), (0, 0, 0, 0))
    pen = ImageDraw.Draw(drawing)
    for inset, width in ((8, 10), (36, 4)):
        pen.ellipse((inset, inset, 360 - inset, 360 - inset), outline="#a3262acc", width=width)
    for row in range(3):
        for place in range(3):
            left, top = 84 + place * 64, 130 + row * 36
            pen.arc((left, top, left + 64, top + 44), 0, 180, fill="#a3262acc", width=8)
    stream = io.BytesIO()
    drawing.save(stream, "PNG")
    return stream.getvalue()


def _invite(event: Event, category: Category, told: tuple[str, ...], by: Actor) -> None:
    mailbox, salutation, name, latin, organisation, job_title, nationality, language, fate = told
    last_day = min(timezone.now().date() + timedelta(days=30), event.starts_on - timedelta(days=1))
    invitation = add_invitation(
        Invitation(
            event=event,
            category=category,
            email=f"{mailbox}@invited.example",
            salutation=salutation,
            name=name,
            latin_name=latin,
            organisation=organisation,
            job_title=job_title,
            nationality=nationality,
            language=language,
            prominent=fate == "held",
            companions_allowed=1 if fate in {"held", "accepted"} else 0,
            reply_by=max(last_day, timezone.now().date()),
        ),
        by=by,
    )
    if fate in {"held", "listed"}:
        return
    if report := send_invitations([invitation.pk], by=by).refused:
        raise RuntimeError(f"the demonstration's invitations could not be sent: {'; '.join(report.values())}")
    if fate == "accepted":
        accept_invitation(invitation_id=invitation.pk, language=language)
    elif fate == "declined":
        decline_invitation(
            invitation_id=invitation.pk, text="I am in the field that week. I wish the forum every success."
        )
    elif fate == "substituted":
        person = Particulars(
            email="d.akhmetova@invited.example", name="Дана Ахметова", latin_name="Dana Akhmetova", nationality="KZ"
        )
        send_substitute(invitation_id=invitation.pk, particulars=person, language="ru")


def _letters(event: Event, staff: dict[str, Actor]) -> None:
    """Of the approved guests some have asked for a letter, some have it, and one waits for the authority's."""
    approved = sorted(
        Registration.objects.filter(event=event, state=State.APPROVED).exclude(nationality="CN"),
        key=lambda one: one.latin_name or one.name,  # keys are drawn by lot
    )[:5]
    cases = [open_case(registration_id=registration.pk, by=GUEST) for registration in approved]
    issue_visa_letters([case.registration_id for case in cases[:3]], by=staff["office"])
    if cases:
        note_authority(case_id=cases[0].pk, state="requested", by=staff["office"])
