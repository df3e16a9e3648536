"""Schedule files for tests: our own small ones, and the real ones that lie beside the repository where they are present."""

from collections.abc import Callable
from pathlib import Path

import pytest

OWN = Path(__file__).parent / "fixtures"
REAL = Path(__file__).parents[3] / "shared" / "data" / "schedules"


def pytest_report_header() -> str:
    present = REAL.is_dir()
    return f"real schedules: {'read from' if present else 'ABSENT, their tests cannot run:'} {REAL}"


@pytest.fixture
def schedule() -> Callable[[str], bytes]:
    """The bytes of one of our own schedule files."""
    return lambda name: (OWN / name).read_bytes()
