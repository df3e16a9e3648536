"""How many badges a second one process prints into one PDF, without portraits and with them, from the rows of the database
to the file. Run by the bench with the settings of the bench."""

import json
import sys
import time
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

ROUNDS = 3  # the best of them: what else the machine does costs caches and clock, and none of it is ours


def print_badges(number: int, *, photo: bool) -> dict[str, Any]:
    """Print that many badges of the bench's event, all scripts mixed as they were seeded."""
    _design(number, photo=photo)
    _printed(3)  # fonts are read once in a process
    return min((_printed(number) for _round in range(ROUNDS)), key=lambda row: row["cpu_seconds"]) | {"photo": photo}


def _printed(number: int) -> dict[str, Any]:
    from checkin.badges import badges_pdf
    from checkin.models import Credential

    began, cpu = time.perf_counter(), time.process_time()
    credentials = list(Credential.objects.for_badges().filter(event__slug="bench").order_by("pk")[:number])
    pdf = badges_pdf(credentials)
    return {
        "badges": len(credentials),
        "seconds": time.perf_counter() - began,
        "cpu_seconds": time.process_time() - cpu,  # of all threads
        "bytes": len(pdf),
    }


def _design(number: int, *, photo: bool) -> None:
    """A design for all categories, and a portrait for everybody who is to be printed with one."""
    from checkin.actions import save_design
    from checkin.models import BadgeDesign, Credential
    from plenary.core.actions import SYSTEM
    from plenary.events.models import Event
    from registration.actions.identity import save_portrait
    from registration.models import Category, Portrait

    event = Event.objects.get(slug="bench")
    design = BadgeDesign.objects.filter(event=event).first() or BadgeDesign(event=event, name="Bench")
    design.photo = photo
    save_design(design, categories=list(Category.objects.filter(event=event)), by=SYSTEM)
    wanted = Credential.objects.filter(event=event).order_by("pk").values_list("registration", flat=True)
    have = set(Portrait.objects.filter(registration__event=event).values_list("registration", flat=True))
    for place, registration in enumerate(wanted[: number if photo else 0]):
        if registration not in have:
            save_portrait(registration_id=registration, portrait=_portrait(place), by=SYSTEM)


def _portrait(place: int) -> Any:
    """A face as guests send it: another one for each, as large as a photograph of this size."""
    from registration.rules.portraits import HEIGHT, WIDTH
    from registration.uploads import CheckedPortrait

    noise = Image.effect_noise((WIDTH, HEIGHT), 18).convert("RGB")  # the grain that makes a photograph large
    face = Image.new("RGB", (WIDTH, HEIGHT), (90 + place % 90, 120, 160))
    draw = ImageDraw.Draw(face)
    draw.ellipse((130, 90, 410, 470), fill=(200 - place % 60, 160, 130))
    draw.ellipse((20, 480, 520, 1000), fill=(40, 50 + place % 80, 60))
    drawn = BytesIO()
    Image.blend(face, noise, 0.25).save(drawn, "JPEG", quality=88)
    return CheckedPortrait("face.jpg", "image/jpeg", drawn.getvalue(), "clean")


if __name__ == "__main__":
    import django

    django.setup()
    rows = [print_badges(int(sys.argv[1]), photo=photo) for photo in (False, True)]
    print(json.dumps({"rows": rows}))
