"""An officer's page that a colleague, a desk or the guest has overtaken: who did what, and when; nothing typed is lost."""

import re

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone
from django.utils.formats import date_format

from plenary.core.models import Message
from registration.actions import withdraw
from registration.models import CategoryDesk, Desk, ReasonCode, Review
from registration.rules import State
from tests.factories.registration import RegistrationFactory
from tests.registration.test_viewsets_desks import PROTOCOL, SECURITY, bulk, dossier, hidden, say, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def registration():
    found = RegistrationFactory(name="Amina Diallo")
    for slug in ("protocol", "security"):
        CategoryDesk.objects.create(category=found.category, desk=Desk.objects.get(slug=slug))
    return found


def test_who_decides_on_an_older_page_reads_who_decided_what_and_when_and_keeps_the_words():
    found = RegistrationFactory(name="Amina Diallo")
    one, other = signed_in(PROTOCOL), signed_in(PROTOCOL)
    content = one.get(dossier(found)).content.decode()
    assert f'name="version" value="{found.version}"' in content
    other.post(dossier(found), {"to": "rejected", "reason": "No letter came.", "version": found.version})
    late = {"to": "information_requested", "reason": "Which ministry?", "version": found.version, "seen": ""}
    shown = one.post(dossier(found), late).content.decode()
    today = date_format(timezone.localdate(), "SHORT_DATE_FORMAT")
    assert f"Not approved ({other.user.get_full_name()}, {today}" in shown
    assert "Which ministry?</textarea>" in shown
    found.refresh_from_db()
    assert (found.state, Message.objects.of(found).count()) == (State.REJECTED, 1)
    # Shown anew, the form is of the case as it is now: the officer may still decide, knowing that.
    assert f'name="version" value="{found.version}"' in shown
    assert 'value="submitted" required id="id_to_0" checked' not in shown


def test_what_was_typed_into_a_form_that_is_gone_is_shown_to_be_copied(registration):
    one, other = signed_in(SECURITY), signed_in(PROTOCOL)
    content = one.get(dossier(registration)).content.decode()
    sent = {name: hidden(content, "security", name) for name in ("seen", "version")}
    withdraw(registration_id=registration.pk)
    said = {"act": "verdict", "desk": "security", "verdict": "clear", "note": "Seen at the embassy."} | sent
    held = {"act": "hold", "until": "2099-01-01", "reason": "Waits for the ministry."}
    decided = {"to": "information_requested", "reason": "Which ministry?", "version": sent["version"]}
    for client, data, words in [
        (one, said, "Seen at the embassy."),
        (other, held, "Waits for the ministry."),
        (other, decided, "Which ministry?"),
    ]:
        shown = client.post(dossier(registration), data).content.decode()
        assert f"readonly>{words}</textarea>" in shown
        assert "Withdrawn" in shown
    assert "Withdrawn (the guest, " in shown
    assert not Review.objects.exists()


def test_an_approval_on_a_page_older_than_an_objection_is_refused(registration):
    protocol, security = signed_in(PROTOCOL), signed_in(SECURITY)
    say(protocol, registration, "protocol", "clear")
    say(security, registration, "security", "clear")
    content = protocol.get(dossier(registration)).content.decode()
    form = next(part for part in content.split("<form") if "data-decision" in part)
    seen = re.search(r'name="seen" value="([^"]+)"', form).group(1)
    preview = protocol.get(bulk("approve", [registration])).content.decode()
    ticked = re.search(r'name="seen" value="([^"]+)"', preview).group(1)
    say(security, registration, "security", "object", reason_code=ReasonCode.objects.get(slug="other").pk, note="Seen.")
    sent = {"to": "approved", "version": registration.version, "seen": seen}
    shown = protocol.post(dossier(registration), sent).content.decode()
    assert f"Security desk: Objection ({security.user.get_full_name()}, " in shown
    response = protocol.post(bulk("approve", [registration]), {"confirmed": "on", "seen": ticked})
    [told] = [str(message) for message in get_messages(response.wsgi_request)]
    assert f"Security desk: Objection ({security.user.get_full_name()}, " in told
    registration.refresh_from_db()
    assert registration.state == State.SUBMITTED
