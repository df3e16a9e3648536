"""The example client of the documentation, run as an operator would: against the served product, with a cut network."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from checkin.models import Admission, Scan
from tests.factories.checkin import CheckpointFactory, badge_text, make_credential, make_device
from tests.factories.events import EventFactory

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "turnstile.py"
NOWHERE = "http://127.0.0.1:9"  # a port nobody listens at


@pytest.fixture
def gate(tmp_path):
    event = EventFactory(slug="summit")
    CheckpointFactory(event=event, slug="main")
    credential = make_credential(event)
    _device, token = make_device(event, "Turnstile 1")

    def run(server: str, *codes: str, token: str = token) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, str(EXAMPLE), server, "main", str(tmp_path / "scans.sqlite3")],
            input="\n".join(codes), capture_output=True, text=True, check=False, timeout=60,
            env={**os.environ, "TOKEN": token},
        )  # fmt: skip

    return run, badge_text(credential)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_example_turnstile_admits_refuses_and_says_stop_when_it_is_locked_out(gate, live_server):
    run, text = gate
    assert run(live_server.url, text, text, "E1:NONSENSE").stdout.split() == ["admit", "refuse", "refuse"]
    locked = run(live_server.url, text, token="unknown")
    assert locked.returncode != 0
    assert "not enrolled" in locked.stderr


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_example_turnstile_replays_what_it_let_in_without_a_network_once(gate, live_server):
    run, text = gate
    assert run(NOWHERE, text, text).stdout.split() == ["offline", "offline"]
    assert not Scan.objects.exists()
    assert run(live_server.url, text).stdout.split() == ["refuse"]  # after the two that waited
    told = list(Scan.objects.order_by("received_at", "scanned_at").values_list("verdict", "offline"))
    assert sorted(told) == [("admit", True), ("conflict", True), ("refuse", False)]
    assert Admission.objects.count() == 1
    run(live_server.url)
    assert Scan.objects.count() == 3


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_scan_whose_answer_got_lost_is_sent_again_with_its_id_and_counts_once(
    gate, live_server, tmp_path, monkeypatch
):
    run, text = gate
    monkeypatch.syspath_prepend(str(EXAMPLE.parent))
    import turnstile

    from checkin.models import Device
    from tests.factories.checkin import make_device as another

    _device, token = another(Device.objects.get().event, "Turnstile 2")
    gate_2 = turnstile.Turnstile(live_server.url, token, "main", str(tmp_path / "two.sqlite3"))
    send = gate_2._send

    def lost(scans):
        send(scans)
        raise OSError("the answer was lost")

    monkeypatch.setattr(gate_2, "_send", lost)
    assert gate_2.pass_badge(text) == "offline"
    monkeypatch.setattr(gate_2, "_send", send)
    assert gate_2.deliver() == 1
    assert list(Scan.objects.values_list("verdict", flat=True)) == ["admit"]
    assert run
