"""The geometry of portraits: which part of a picture becomes the face on the badge. No database, no pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass

WIDTH, HEIGHT = 540, 700  # pixels of every stored portrait: 35 × 45 mm at 392 dots an inch, as passports have it
LEAST_WIDTH = 360  # pixels of the chosen part; less than that is a blur on a door's screen
PLACES = ("upper", "middle", "lower")  # what is kept where no script chose


@dataclass(frozen=True)
class Box:
    """A part of a picture in its pixels, with the proportions of a portrait."""

    left: int
    top: int
    width: int
    height: int

    def as_edges(self) -> tuple[int, int, int, int]:
        return self.left, self.top, self.left + self.width, self.top + self.height


def height_of(width: float) -> float:
    return width * HEIGHT / WIDTH


def widest(width: int, height: int) -> int:
    """The width of the largest portrait that fits into a picture."""
    return min(width, math.floor(height * WIDTH / HEIGHT))


def chosen_box(width: int, height: int, *, left: float, top: float, share: float) -> Box:
    """The part a guest chose: its corner and its width as shares of the picture, brought back inside it."""
    kept = max(1, min(round(share * width), widest(width, height)))
    tall = max(1, min(round(height_of(kept)), height))
    return Box(
        left=min(max(round(left * width), 0), width - kept),
        top=min(max(round(top * height), 0), height - tall),
        width=kept,
        height=tall,
    )


def placed_box(width: int, height: int, place: str = "middle") -> Box:
    """The largest portrait of a picture: from the middle sideways, and from the top, the middle or the bottom."""
    kept = widest(width, height) or 1
    tall = max(1, min(round(height_of(kept)), height))
    top = {"upper": 0, "middle": (height - tall) // 2, "lower": height - tall}[place]
    return Box(left=(width - kept) // 2, top=top, width=kept, height=tall)
