"""Letters: numbered without gaps, kept as they were issued, verified by anybody who holds one, withdrawn for good."""

import json

import pypdfium2
import pytest
from django.utils import translation

from plenary.core.actions import Actor
from plenary.core.languages import LANGUAGES
from plenary.core.links import make_link
from plenary.core.models import HistoryEntry
from plenary.core.outbox import Withdrawn
from plenary.events.rules import ApprovalState
from registration.actions import Refused
from registration.actions.letters import issue_letter, revoke_letter, save_letter_data, set_seal
from registration.letter_texts import built_in_text
from registration.letters import letter_attachment, letter_pdf, verification_address
from registration.models import Letter, LetterTemplate
from registration.rules import State
from registration.rules.letters import PLACEHOLDERS, LetterKind, unknown_placeholders
from registration.uploads import Checked
from tests.factories.events import EventFactory
from tests.factories.letters import InvitationFactory, LetterheadFactory
from tests.factories.registration import CategoryFactory, RegistrationFactory
from tests.registration.files import picture

pytestmark = pytest.mark.django_db
OFFICER = Actor("Officer Lin")
VISA = LetterKind.VISA_SUPPORT


def approved(**facts):
    return RegistrationFactory(state=State.APPROVED, **facts)


def text_of(document: bytes) -> str:
    """The text layer, its lines joined."""
    with pypdfium2.PdfDocument(document) as pdf:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in pdf).split())


def colours_in(document: bytes) -> set[tuple[int, int, int]]:
    with pypdfium2.PdfDocument(document) as pdf:
        return set(pdf[0].render(scale=1).to_pil().convert("RGB").get_flattened_data())


def page(letter: Letter) -> str:
    return verification_address(letter).split("8000")[1]


def test_letters_of_an_event_and_kind_are_numbered_from_one_without_gaps():
    category = CategoryFactory(event=EventFactory(acronym="FORUM"))
    letters = [issue_letter(kind=VISA, subject=approved(category=category), by=OFFICER) for _n in range(2)]
    with pytest.raises(Refused):
        issue_letter(kind=VISA, subject=RegistrationFactory(category=category), by=OFFICER)
    letters.append(issue_letter(kind=VISA, subject=approved(category=category), by=OFFICER))
    assert [letter.reference for letter in letters] == ["FORUM/V/0001", "FORUM/V/0002", "FORUM/V/0003"]
    formal = issue_letter(
        kind=LetterKind.INVITATION, subject=InvitationFactory(category=category, reply_by="2030-01-01"), by=OFFICER
    )
    assert formal.reference == "FORUM/I/0001"


def test_the_same_guest_gets_the_same_letter_again_and_another_only_after_it_was_withdrawn():
    guest = approved()
    first = issue_letter(kind=VISA, subject=guest, by=OFFICER)
    assert issue_letter(kind=VISA, subject=guest, by=Actor("Officer Two")) == first
    assert HistoryEntry.objects.of(first).count() == 1
    revoke_letter(letter_id=first.pk, by=OFFICER, reason="Wrong name")
    assert issue_letter(kind=VISA, subject=guest, by=OFFICER).number == 2


def test_an_issued_letter_stays_as_it_was_when_name_text_or_letterhead_change():
    head = LetterheadFactory()
    guest = approved(name="Amina Osman")
    letter = issue_letter(kind=VISA, subject=guest, by=OFFICER)
    guest.name = "Somebody Else"
    guest.save()
    head.institution = {"en": "Another House"}
    head.save()
    LetterTemplate.objects.create(kind=VISA, subject={"en": "New"}, body={"en": "New"})
    said = text_of(letter_pdf(Letter.objects.with_subject().get()))
    assert "Amina Osman" in said
    assert "Institute of Water and Climate" in said
    assert "Somebody Else" not in said
    assert letter.content != ""


@pytest.mark.parametrize("language", [language.code for language in LANGUAGES])
@pytest.mark.parametrize("kind", list(LetterKind))
def test_a_letter_is_set_in_every_language_with_its_number(language, kind):
    LetterheadFactory()
    if kind == VISA:
        subject = approved(language=language, name="李明", latin_name="Li Ming")
    else:
        subject = InvitationFactory(language=language, name="李明", latin_name="Li Ming", reply_by="2030-02-01")
    letter = issue_letter(kind=kind, subject=subject, by=OFFICER)
    content = json.loads(letter.content)
    assert not [text for text in [content["subject"], *content["paragraphs"]] if "{" in text]
    document = letter_pdf(Letter.objects.with_subject().get(pk=letter.pk))
    assert document.startswith(b"%PDF")
    last = letter.reference.rsplit("/", 1)[1]
    assert last in text_of(document)  # in a text layer read from right to left its parts may stand in another order


@pytest.mark.parametrize("kind", list(LetterKind))
def test_the_built_in_texts_use_known_placeholders_only_in_all_languages(kind):
    subject, body = built_in_text(kind)
    assert set(subject) == set(body) == {language.code for language in LANGUAGES}
    for text in [*subject.values(), *body.values()]:
        assert unknown_placeholders(text, PLACEHOLDERS[kind]) == []


@pytest.mark.parametrize("text", ["Dear {nmae},", "Dear {name.__class__},", "{name!r}", "open { brace", "{reply_by}"])
def test_a_text_with_a_wrong_placeholder_is_not_saved(text):
    template = LetterTemplate(kind=VISA, subject={"en": "Letter"}, body={"en": "Good", "fr": text})
    with pytest.raises(Refused, match="Unknown placeholder"):
        save_letter_data(template, by=OFFICER)
    assert not LetterTemplate.objects.exists()


def test_a_text_of_the_event_goes_before_the_general_one_and_that_before_the_built_in_one():
    guest = approved()
    for event, word in [(None, "General"), (guest.event, "Own")]:
        save_letter_data(
            LetterTemplate(event=event, kind=VISA, subject={"en": word}, body={"en": "{name}"}), by=OFFICER
        )
    assert json.loads(issue_letter(kind=VISA, subject=guest, by=OFFICER).content)["subject"] == "Own"
    assert json.loads(issue_letter(kind=VISA, subject=approved(), by=OFFICER).content)["subject"] == "General"


def test_a_letter_whose_text_needs_what_is_not_known_is_not_issued_and_takes_no_number():
    LetterTemplate.objects.create(kind=VISA, subject={"en": "Visa"}, body={"en": "Passport {passport_number}"})
    guest = approved()
    with pytest.raises(Refused, match="passport number"):
        issue_letter(kind=VISA, subject=guest, by=OFFICER)
    LetterTemplate.objects.all().delete()
    assert issue_letter(kind=VISA, subject=guest, by=OFFICER).number == 1


def test_nothing_that_people_typed_is_read_as_a_placeholder_or_as_markup():
    guest = approved(name="Eve {code} #import $x$ \\", organisation="{name} *bold*")
    letter = issue_letter(kind=VISA, subject=guest, by=OFFICER)
    said = text_of(letter_pdf(Letter.objects.with_subject().get(pk=letter.pk)))
    assert "Eve {code} #import $x$ \\" in said
    assert "{name} *bold*" in said


def test_a_seal_is_printed_and_a_later_one_changes_no_letter():
    head = LetterheadFactory()
    set_seal(letterhead=head, checked=Checked("seal.png", "image/png", picture()), by=OFFICER)
    guest = approved()
    letter = issue_letter(kind=VISA, subject=guest, by=OFFICER)
    set_seal(letterhead=head, checked=None, by=OFFICER)
    with_seal = letter_pdf(Letter.objects.with_subject().get(pk=letter.pk))
    later = issue_letter(kind=VISA, subject=approved(), by=OFFICER)
    navy = (0, 0, 128)
    assert navy in colours_in(with_seal)
    assert navy not in colours_in(letter_pdf(Letter.objects.with_subject().get(pk=later.pk)))


# -- the page that verifies ---------------------------------------------------------------------------------------------
def test_the_page_says_genuine_with_number_and_initials_and_without_the_name(client):
    letter = issue_letter(kind=VISA, subject=approved(name="أمينة عثمان", latin_name="Amina Osman"), by=OFFICER)
    response = client.get(page(letter))
    said = response.content.decode()
    assert response.status_code == 200
    assert "This letter is genuine" in said
    assert letter.reference in said
    assert "A. O." in said
    assert "Osman" not in said
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_the_page_says_withdrawn_when_the_letter_the_registration_or_the_event_fell(client):
    for fall in ("letter", "registration", "event"):
        guest = approved()
        letter = issue_letter(kind=VISA, subject=guest, by=OFFICER)
        if fall == "letter":
            revoke_letter(letter_id=letter.pk, by=OFFICER, reason="Wrong dates")
        elif fall == "registration":
            type(guest).objects.filter(pk=guest.pk).update(state=State.CANCELLED)
        else:
            type(guest.event).objects.filter(pk=guest.event.pk).update(approval=ApprovalState.CANCELLED)
        said = client.get(page(letter)).content.decode()
        assert "no longer valid" in said, fall
        assert "genuine" not in said


@pytest.mark.parametrize("language", ["ar", "en", "es", "fr", "ru", "zh-hans"])
def test_the_page_of_a_letter_that_was_issued_anew_points_to_the_newer_one_in_every_language(client, language):
    guest = approved()
    old = issue_letter(kind=VISA, subject=guest, by=OFFICER)
    address = page(old).replace("/en/", f"/{language}/", 1)
    revoke_letter(letter_id=old.pk, by=OFFICER, reason="Wrong dates")
    alone = client.get(address)
    assert (alone.context["replaced"], "notice--danger" in alone.content.decode()) == (False, True)
    new = issue_letter(kind=VISA, subject=guest, by=OFFICER)
    told = client.get(address)
    assert told.context["replaced"]
    assert old.reference in told.content.decode()
    assert new.reference not in told.content.decode()
    assert "notice--success" in client.get(page(new).replace("/en/", f"/{language}/", 1)).content.decode()


def test_forged_foreign_and_cut_links_are_unknown(client):
    letter = issue_letter(kind=VISA, subject=approved(), by=OFFICER)
    token = page(letter).split("/")[-2]
    forged = [
        token[:-1],
        token[:10] + ("A" if token[10] != "A" else "B") + token[11:],
        make_link("guest", letter.pk),
        "x",
    ]
    for wrong in forged:
        response = client.get(f"/en/letter/{wrong}/")
        assert response.status_code == 404
        assert "This letter is unknown" in response.content.decode()
    assert client.post(page(letter)).status_code == 405


def test_the_code_on_the_letter_leads_to_the_page_in_the_readers_language():
    with translation.override("ar"):
        letter = issue_letter(kind=VISA, subject=approved(language="fr"), by=OFFICER)
    assert "/fr/letter/" in verification_address(letter)


def test_a_withdrawn_letter_leaves_with_no_mail():
    letter = issue_letter(kind=VISA, subject=approved(), by=OFFICER)
    name, document, media_type = letter_attachment(str(letter.pk), "en")
    assert name.endswith("-v-0001.pdf")
    assert (document[:4], media_type) == (b"%PDF", "application/pdf")
    revoke_letter(letter_id=letter.pk, by=OFFICER, reason="Wrong name")
    with pytest.raises(Withdrawn):
        letter_attachment(str(letter.pk), "en")


def test_no_letter_goes_out_before_the_plan_is_in_force():
    guest = approved(category=CategoryFactory(event=EventFactory(approval=ApprovalState.DRAFT)))
    with pytest.raises(Refused, match="not in force"):
        issue_letter(kind=VISA, subject=guest, by=OFFICER)
