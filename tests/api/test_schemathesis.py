"""The API against its own description: schemathesis makes requests good and bad, and objects to every answer that
does not fit. All its checks, all its phases; real names and tokens are lent to it, so that it gets past the first door."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from checkin.actions import issue_credentials
from checkin.actions.devices import enrol_directly
from checkin.models import Checkpoint, SigningKey
from checkin.signing import Signer
from plenary.core.actions import SYSTEM
from plenary.core.links import make_link
from plenary.events.models import Event
from registration.models import Invitation, Question
from registration.rules import State
from tests.factories.events import EventFactory, SessionPersonFactory
from tests.factories.letters import InvitationFactory
from tests.factories.registration import CategoryFactory, QuestionFactory, RegistrationFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SECONDS = 80
EXAMPLES = 25
REPLIES = ("decline", "substitute", "register", "create_companion")  # to invitations


@pytest.fixture
def lent() -> dict[str, list[str]]:
    """An event with all that the API can show of it, and the secrets that open it."""
    event = Event.objects.get(pk=EventFactory(slug="forum").pk)
    SessionPersonFactory(session__event=event)
    category = CategoryFactory(event=event, slug="delegate")
    QuestionFactory(event=event, key="hotel", kind=Question.Kind.TEXT)
    guest = RegistrationFactory(category=category, state=State.APPROVED)
    (credential,) = issue_credentials([guest])
    Checkpoint.objects.create(event=event, slug="main", name={"en": "Main entrance"})
    _device, token = enrol_directly(event=event, name="Door 1", by=SYSTEM)
    waiting, coming = (InvitationFactory(category=category, state=state) for state in ("sent", "accepted"))
    Invitation.objects.filter(pk=coming.pk).update(registration=guest, companions_allowed=3)
    invited = [make_link("invitation", one.pk, one.link_version) for one in (waiting, coming)]
    return {
        "device": [token],
        "path.event": ["forum"],
        "path.token": [make_link("guest", guest.pk), make_link("receipt", uuid4(), lifetime=3600), *invited],
        "path.code": ["not_found", "bad_cursor"],
        "query.q": ["Amina"],
        "body.category": ["delegate"],
        "body.scans[*].checkpoint": ["main"],
        "body.scans[*].credential": [Signer(SigningKey.objects.get(event=event), event.number).text(credential)],
    }


def configuration(folder: Path, lent: dict[str, list[str]]) -> Path:
    """Half of the time a lent value, otherwise one made up."""
    lines: list[str] = []
    names = [name for name in lent if name != "device"]
    for number, name in enumerate(names):
        values = ", ".join(f'"{value}"' for value in lent[name])
        lines += [f"[dictionaries.lent{number}]", f"values = [{values}]"]
    lines.append("[parameters]")
    lines += [f'"{name}" = {{ dictionary = "lent{number}", probability = 0.6 }}' for number, name in enumerate(names)]
    # What a category or a form asks is known to its questions, not to a description that is the same for all of them.
    for operation in ("create_registration", "put_second_form", "correct_own_data", *REPLIES):
        lines += [
            "[[operations]]",
            f'include-operation-id = "{operation}"',
            'checks.positive_data_acceptance.expected-statuses = ["2xx", "400", "404", "409", "422", "429"]',
        ]
    file = folder / "schemathesis.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def test_schemathesis_objects_to_nothing(live_server: Any, lent: dict[str, list[str]], tmp_path: Path) -> None:
    run = subprocess.run(
        [
            *(str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(configuration(tmp_path, lent))),
            *("run", f"{live_server.url}/api/v1/openapi.json", "--checks", "all", "--workers", "1", "--seed", "1"),
            *("--max-examples", str(EXAMPLES), "--max-time", str(SECONDS), "--continue-on-failure", "--no-color"),
            *("--request-timeout", "20", "--header", f"Authorization: Bearer {lent['device'][0]}"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS * 4,
    )
    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr[-4_000:]
    # That nothing was found proves something only where enough was tried.
    assert re.search(r"\b(\d{3,}) generated, \1 passed", run.stdout), run.stdout[-4_000:]
