"""Draws the demonstration's pictures: waves for the forum, and for each person a monogram instead of an invented face."""

from __future__ import annotations

import io
import math
from importlib.resources import files

from django.core.files.images import ImageFile
from PIL import Image as Drawing
from PIL import ImageDraw, ImageFont
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage

FONT = files("plenary.core") / "fonts" / "NotoSans_700Bold.ttf"
GROUNDS = ("#0b5d6b", "#1a4f8b", "#6a3786", "#8a3f10", "#2b6b2e", "#7a1f2b", "#3d4b66", "#8a6a12")
SIZE = 480
WIDE = (1600, 720)


def monogram(initials: str, number: int) -> bytes:
    """White initials on one of a few quiet colours, with a thin ring."""
    drawing = Drawing.new("RGB", (SIZE, SIZE), GROUNDS[number % len(GROUNDS)])
    pen = ImageDraw.Draw(drawing)
    pen.ellipse((32, 32, SIZE - 32, SIZE - 32), outline="#ffffff", width=3)
    pen.text((SIZE / 2, SIZE / 2), initials, fill="#ffffff", font=ImageFont.truetype(str(FONT), 170), anchor="mm")
    return _png(drawing)


def waves() -> bytes:
    """A pale sun over lines of water."""
    width, height = WIDE
    drawing = Drawing.new("RGB", WIDE, "#dfeceb")
    pen = ImageDraw.Draw(drawing)
    pen.ellipse((1130, 90, 1370, 330), fill="#f7f1dc")
    for row in range(18):
        depth = row / 17
        colour = tuple(int(a + (b - a) * depth) for a, b in zip((150, 198, 200), (8, 62, 84), strict=True))
        base = 300 + row * 26
        swell = [
            (x, base + 16 * math.sin(x / (130 + row * 9) + row * 1.7) + 9 * math.sin(x / 61 + row))
            for x in range(0, width + 8, 8)
        ]
        pen.polygon([*swell, (width, height), (0, height)], fill=colour)
    return _png(drawing)


def _png(drawing: Drawing.Image) -> bytes:
    stream = io.BytesIO()
    drawing.save(stream, "PNG", optimize=False, compress_level=6)
    return stream.getvalue()


def keep(title: str, name: str, data: bytes) -> AbstractImage:
    """A picture of the library."""
    return get_image_model().objects.create(title=title, file=ImageFile(io.BytesIO(data), name=name))
