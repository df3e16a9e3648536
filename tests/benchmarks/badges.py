"""How many badges a second one process prints into one PDF. Run by the bench with the settings of the bench."""

import json
import sys
import time


def print_badges(number: int) -> dict[str, float]:
    """Print that many badges of the bench's event, all scripts mixed as they were seeded."""
    from checkin.badges import badges_pdf
    from checkin.models import Credential

    credentials = list(Credential.objects.for_badges().filter(event__slug="bench").order_by("pk")[:number])
    badges_pdf(credentials[:3])  # fonts are read once in a process
    began, cpu = time.perf_counter(), time.process_time()
    pdf = badges_pdf(credentials)
    seconds = time.perf_counter() - began
    return {
        "badges": len(credentials),
        "seconds": seconds,
        "cpu_seconds": time.process_time() - cpu,
        "bytes": len(pdf),
    }


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(print_badges(int(sys.argv[1]))))  # noqa: T201
