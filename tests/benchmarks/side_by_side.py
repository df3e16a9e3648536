"""Both databases at every size in one table, beside what the peer needs on the same machine. A pure function."""

from collections.abc import Iterable
from typing import Any

# pretix 2026.8.0 on PostgreSQL, two cores, two workers: one scan over the API, whatever the number of guests.
PEER_CPU_MS = 45.0  # the better end of 45 to 54
PEER_PER_SECOND = 41.0  # the better end of 33 to 41, at 32 clients
FACTOR = 15  # times its throughput is what is asked for
HEAD = ("database", "guests", "CPU ms", "in a batch", "refused", "scans/s", "in batches", "x pretix", "x by CPU")


def lines(rows: Iterable[dict[str, Any]]) -> list[str]:
    """The table, where scans were measured: CPU milliseconds a scan, the best scans a second of any number of clients."""
    found: dict[tuple[str, int], dict[str, list[dict[str, Any]]]] = {}
    for row in rows:
        if row["name"] in ("scan", "batch of 100 scans", "refused duplicate"):
            found.setdefault((row["database"], row["size"]), {}).setdefault(row["name"], []).append(row)
    if not found:
        return []
    return [
        "",
        f"{HEAD[0]:<12}{HEAD[1]:>10}" + "".join(f"{title:>11}" for title in HEAD[2:]),
        *(_line(*key, by_name) for key, by_name in found.items()),
        f"pretix needs {PEER_CPU_MS:.0f} ms of CPU for a scan and does {PEER_PER_SECOND:.0f} a second at best; "
        f"{FACTOR} times that is asked for.",
    ]


def _line(database: str, size: int, by_name: dict[str, list[dict[str, Any]]]) -> str:
    cpu = {name: min(row["cpu_ms"] for row in measured) for name, measured in by_name.items()}
    speed = {name: max(row["per_second"] for row in measured) for name, measured in by_name.items()}
    alone, batch = cpu.get("scan"), cpu.get("batch of 100 scans")
    cells = [
        _number(alone, 2),
        _number(batch, 3),
        _number(cpu.get("refused duplicate"), 2),
        _number(speed.get("scan"), 0),
        _number(speed.get("batch of 100 scans"), 0),
        _number(speed["scan"] / PEER_PER_SECOND if "scan" in speed else None, 1),
        _number(PEER_CPU_MS / alone if alone else None, 1),
    ]
    return f"{database:<12}{size:>10,}" + "".join(cells)


def _number(value: float | None, digits: int) -> str:
    return f"{value:>11,.{digits}f}" if value is not None else f"{'':>11}"
