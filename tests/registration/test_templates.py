"""The office's own texts of mails: checked when saved, used by every mail, in the guest's language, safe whatever was typed."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from plenary.core.actions import Actor
from plenary.core.models import Message
from plenary.events.actions import create_event
from plenary.events.models import Event
from registration import actions, emails
from registration.actions.delegations import send_workspace_link
from registration.actions.templates import TextRefused, remove_template, save_template
from registration.emails import registrations, waiting
from registration.emails.checking import template_problems
from registration.emails.kinds import KINDS, MEANINGS
from registration.emails.overrides import OwnText
from registration.emails.setting import MailText, UnknownKind, set_mail
from registration.emails.trial import built_in_text, trial_mail
from registration.models import Registration
from registration.rules import State
from registration.rules.placeholders import Fault, blocks, fill, names_in, problems
from tests.factories.communication import template
from tests.factories.delegations import DelegationFactory, MemberFactory
from tests.factories.events import EventFactory
from tests.factories.payments import owing
from tests.factories.registration import CategoryFactory, RegistrationFactory

OFFICE = Actor("Office")
database = pytest.mark.django_db


# -- the syntax ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "values", "filled"),
    [
        ("Dear {name},", {"name": "Amina"}, "Dear Amina,"),
        ("{{name}}", {"name": "Amina"}, "{name}"),
        ("{name}", {"name": "{code}", "code": "X"}, "{code}"),
        ("{unknown}!", {}, "!"),
        ("{name.__class__} {0} { name }", {"name": "A"}, "{name.__class__} {0} { name }"),
        ("أهلاً {name}", {"name": "ليلى"}, "أهلاً ليلى"),
    ],
)
def test_a_placeholder_is_filled_once_and_nothing_else_is_a_command(text, values, filled):
    assert fill(text, values) == filled


@given(st.text(), st.text())
def test_whatever_was_typed_arrives_as_it_was_typed(before, value):
    text = before.replace("{", "").replace("}", "")
    assert fill(f"{text}{{name}}", {"name": value}) == text + value


@given(st.text())
def test_a_text_without_problems_names_known_placeholders_alone(text):
    if not problems(text, known={"name", "link"}):
        assert set(names_in(text)) <= {"name", "link"}


def test_faults_are_named_with_the_nearest_known_word():
    found = problems("{nam} } {link", known={"name", "code"}, needed=["code"])
    assert [(p.fault, p.nearest) for p in found] == [
        (Fault.STRAY_BRACE, ""),
        (Fault.STRAY_BRACE, ""),
        (Fault.UNKNOWN, "name"),
        (Fault.MISSING, ""),
    ]


def test_paragraphs_stand_between_empty_lines_however_lines_end():
    assert blocks("one\r\ntwo\r\n \r\nthree\n\n\n") == ["one\ntwo", "three"]


def test_every_placeholder_of_every_kind_is_explained_and_every_needed_one_known():
    for kind in KINDS.values():
        assert set(kind.placeholders) <= MEANINGS.keys()
        assert set(kind.needed) <= set(kind.placeholders)


def test_every_mail_the_product_sets_is_of_a_kind_whose_text_the_office_can_replace():
    sources = {file.name: file.read_text() for file in Path(registrations.__file__).parent.glob("*.py")}
    setting = "".join(text for name, text in sources.items() if name not in {"kinds.py", "trial.py"})
    found = set(re.findall(r'"((?:registration|payment|invitation|letter|issue|delegation)\.[a-z_]+)"', setting))
    found |= {f"delegation.{name}" for name in re.findall(r'_set\(delegation, "([a-z_]+)"', sources["delegations.py"])}
    writers = {*registrations._BY_TARGET.values(), *registrations._BACK_IN_QUEUE.values(), waiting.left_list}
    found |= {f"registration.{write.__name__.strip('_')}" for write in writers}
    assert found == set(KINDS)


@database
def test_a_mail_of_a_kind_nobody_registered_cannot_be_set():
    with pytest.raises(UnknownKind):
        set_mail("payment.forgotten", lambda known: MailText("", "", []), event=EventFactory(), language="en")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_begun_from_its_built_in_text_and_that_text_can_be_saved(kind):
    for language in ("en", "zh-hans"):
        text = built_in_text(kind, language)
        found = template_problems(KINDS[kind], channel="mail", subject=text.subject, body=text.body, button=text.button)
        assert not found


# -- saving --------------------------------------------------------------------------------------------------------------
@database
@pytest.mark.parametrize(
    ("facts", "field", "says"),
    [
        ({"body": "Dear {nmae}"}, "body", "Did you mean {name}?"),
        ({"body": "Dear {zzzzzz}"}, "body", "Possible: {event}"),
        ({"body": "Dear {name"}, "body", "near “Dear {name”"),
        ({"kind": "registration.confirm", "body": "Please confirm."}, "body", "{link} is missing"),
        ({"kind": "registration.confirm", "body": "Dear {name}, {link}"}, "body", "{name} is unknown"),
        ({"kind": "registration.rejected", "body": "Sorry."}, "body", "{reason} is missing"),
        ({"subject": "{link}"}, "subject", "unknown"),
        ({"subject": " "}, "subject", "Write a subject"),
        ({"body": ""}, "body", "Write the text"),
        ({"kind": "nothing"}, "kind", "no such message"),
        ({"channel": "sms", "subject": ""}, "body", "by mail alone"),
        ({"kind": "registration.approved", "channel": "sms", "body": "я" * 500}, "body", "longer than 6 parts"),
    ],
)
def test_a_text_that_would_not_work_is_refused_with_the_way_out(facts, field, says):
    with pytest.raises(TextRefused) as refused:
        save_template(template(**facts), by=OFFICE)
    assert says in " ".join(refused.value.problems[field])


@database
def test_one_kind_has_one_text_in_one_language():
    event = EventFactory()
    save_template(template(event), by=OFFICE)
    save_template(template(), by=OFFICE)
    for again in (template(event), template()):
        with pytest.raises(TextRefused) as refused, transaction.atomic():
            save_template(again, by=OFFICE)
        assert "kind" in refused.value.problems


# -- use -----------------------------------------------------------------------------------------------------------------
def received(event=None, language="en", **facts) -> Message:
    category = CategoryFactory(event=Event.objects.get(pk=event.pk)) if event else CategoryFactory()
    registration = RegistrationFactory(category=category, state=State.UNCONFIRMED, language=language, **facts)
    actions.confirm_address(registration_id=registration.pk)
    return Message.objects.of(registration).get()


@database
def test_an_own_text_arrives_in_arabic_with_the_button_in_its_place():
    event = EventFactory()
    save_template(
        template(
            event,
            language="ar",
            subject="شكراً: {event}",
            body="السيدة {name}،\n\nوصلنا طلبك {code}.\n\n{link}\n\nإلى اللقاء",
            button="صفحتي",
        ),
        by=OFFICE,
    )
    message = received(event, "ar", name="ليلى")
    assert message.subject == f"شكراً: {event.name['en']}"
    assert "السيدة ليلى،" in message.text
    assert 'dir="rtl"' in message.html
    assert "صفحتي" in message.html
    assert "/ar/my/" in message.text
    assert message.text.index("/ar/my/") < message.text.index("إلى اللقاء")
    assert received(event, "en").subject.startswith("We have received")


@database
def test_the_nearer_text_wins_and_without_any_the_built_in_one_speaks():
    event = EventFactory()
    everywhere, here = template(subject="Everywhere"), template(event, subject="Here")
    save_template(everywhere, by=OFFICE)
    assert received(event).subject == "Everywhere"
    save_template(here, by=OFFICE)
    assert received(event).subject == "Here"
    assert received(EventFactory(mail_edition=event.mail_edition + 1)).subject == "Everywhere"
    remove_template(here, by=OFFICE)
    assert received(event).subject == "Everywhere"
    remove_template(everywhere, by=OFFICE)
    assert received(event).subject.startswith("We have received")
    assert Event.objects.get(pk=event.pk).mail_edition == 0


@database
def test_a_new_event_knows_the_texts_that_hold_everywhere():
    EventFactory()
    save_template(template(subject="Everywhere"), by=OFFICE)
    event = create_event(
        slug="new", by=OFFICE, name={"en": "New"}, starts_on="2031-01-01", ends_on="2031-01-02", time_zone="UTC"
    )
    assert received(event).subject == "Everywhere"


@database
def test_an_unproved_address_never_reads_a_name_not_even_by_a_text_that_got_past_the_check():
    event = EventFactory(mail_edition=7)
    template(event, kind="registration.confirm", body="Dear {name},\n\n{link}").save()
    registration = RegistrationFactory(
        category=CategoryFactory(event=event), state=State.UNCONFIRMED, name="Buy pills now"
    )
    mail = emails.confirm_address(registration)
    assert "Buy pills" not in mail.text + mail.html + mail.subject


@database
def test_what_a_guest_typed_stays_text_in_an_own_text():
    event = EventFactory()
    save_template(template(event, subject="{name}"), by=OFFICE)
    message = received(event, name="<b>{code}</b>\nBcc: all@example.org {{ 7 }}")
    assert "<b>" not in message.html
    assert "{code}" in message.text
    assert "\n" not in message.subject


def payment_reminder(event):
    order = owing(category=CategoryFactory(event=event))
    return emails.payments.reminder(order), {"amount": "€120.00", "reference": order.reference[:4]}


def erasure_refused(event):
    guest = RegistrationFactory(category=CategoryFactory(event=event))
    return emails.erasure_refused(guest, "A court needs them."), {"reason": "A court needs them."}


def place_offered(event):
    guest = RegistrationFactory(
        category=CategoryFactory(event=event), state=State.OFFERED, offer_expires_at=event_day(event)
    )
    return emails.step_mail(guest, before=State.WAITLISTED, reason=""), {
        "deadline": "12:00 (Coordinated Universal Time)"
    }


def delegation_reminder(event):
    delegation = DelegationFactory(event=event, name={"en": "Utopia"}, deadline=event_day(event))
    return emails.delegation_reminder(delegation, missing=4), {"delegation": "Utopia", "missing": "4"}


def event_day(event):
    return datetime(event.starts_on.year, event.starts_on.month, event.starts_on.day, 12, tzinfo=UTC)


@database
@pytest.mark.parametrize("make", [payment_reminder, erasure_refused, place_offered, delegation_reminder])
def test_an_own_text_knows_the_facts_of_its_kind(make):
    event = EventFactory(time_zone="UTC")
    mail, facts = make(event)
    body = "\n\n".join(
        ["Own words.", *(f"{{{name}}}" for name in facts), *(f"{{{n}}}" for n in KINDS[mail.kind].needed)]
    )
    save_template(template(Event.objects.get(pk=event.pk), kind=mail.kind, body=body), by=OFFICE)
    mail, facts = make(Event.objects.get(pk=event.pk))
    assert "Own words." in mail.text
    for fact in facts.values():
        assert fact in mail.text


@database
def test_a_look_shows_what_this_guest_owes_and_an_example_where_there_is_nothing():
    order = owing()
    own = OwnText("S", "{amount} {reference}", "")
    assert "€120.00 RF" in trial_mail("payment.reminder", order.registration, own).text
    looked = trial_mail("delegation.reminder", order.registration, OwnText("S", "{delegation} {missing}", ""))
    assert "(example) 2" in looked.text
    member = MemberFactory(delegation=DelegationFactory(name={"en": "Utopia"}))
    assert "Utopia 2" in trial_mail("delegation.reminder", member, OwnText("S", "{delegation} {missing}", "")).text


@database
def test_a_focal_point_gets_the_link_in_the_offices_words():
    delegation = DelegationFactory(language="fr")
    text = template(delegation.event, kind="delegation.link", language="fr", body="Chère {name},\n\n{link}")
    save_template(text, by=OFFICE)
    delegation.event.refresh_from_db()
    send_workspace_link(delegation_id=delegation.pk, by=OFFICE)
    message = Message.objects.of(delegation).get()
    assert f"Chère {delegation.focal_name}," in message.text
    assert "/fr/delegation/" in message.text


@database
def test_an_event_without_own_texts_pays_no_statement_and_one_with_them_pays_once(statements_of):
    plain = RegistrationFactory(language="en")
    emails.lost_link(plain)
    assert statements_of(lambda: emails.lost_link(plain)) == 0
    event = EventFactory()
    save_template(template(event), by=OFFICE)
    made = RegistrationFactory(category=CategoryFactory(event=Event.objects.get(pk=event.pk)))
    registration = Registration.objects.with_event().get(pk=made.pk)
    assert statements_of(lambda: emails.lost_link(registration)) == 1
    assert statements_of(lambda: emails.lost_link(registration)) == 0
