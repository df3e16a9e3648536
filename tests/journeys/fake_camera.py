"""A camera for Chromium: pictures of badges as a phone would take them, at an angle, blurred, in bad light, as a film file.

Chromium plays a `.mjpeg` (JPEGs one after the other) in a loop as its camera; a new film is seen when a page next asks
for the camera.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import numpy as np
import qrcode
from PIL import Image, ImageDraw, ImageFilter, ImageFont

FRAME = (1280, 720)
FRAMES_A_SECOND = 30
FOCAL_LENGTH = 1005  # pixels: a phone's main camera sees about 65 degrees across
CARD_MM = (105, 148)  # A6
DOTS = 8  # pixels of the card's drawing per millimetre
CODE_MM = 38


@dataclass(frozen=True)
class View:
    """How a badge is held before the camera: millimetres and degrees; `light` 1 is a bright hall."""

    distance: float = 260
    yaw: float = 0
    pitch: float = 0
    roll: float = 0
    blur: float = 0
    light: float = 1
    grain: float = 2
    aside: float = 0  # to the right of the camera's middle


STRAIGHT = View()
TILTED = View(yaw=32, pitch=14, roll=18)
UNSTEADY = View(roll=-8, blur=1.6)
DARK = View(light=0.25, grain=5)
TINY = View(distance=1400)  # half a pixel for each module: nobody could read it
HARD = View(distance=300, yaw=24, roll=14, blur=0.9, light=0.35, grain=6)


@dataclass(frozen=True)
class Shot:
    """A stretch of film: a code in view, or nothing but the hall."""

    text: str | None
    view: View = STRAIGHT
    seconds: float = 1.0
    name: str = "Amina Person"
    harm: str = ""  # one of HARMS
    beside: str | None = None  # a second badge in the same picture


class FakeCamera:
    """A film that Chromium takes for its camera."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "camera.mjpeg"  # Chromium tells the format by the name
        self.play(Shot(None))

    @property
    def arguments(self) -> list[str]:
        """For Chromium's command line; the permission is given as a person would who taps “Allow”."""
        return [
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={self.path}",
        ]

    def show(self, text: str | None, view: View = STRAIGHT) -> None:
        """Hold one code before the camera, for ever."""
        self.play(Shot(text, view))

    def play(self, *shots: Shot) -> None:
        """A film of several shots, again and again."""
        fresh = self.path.with_suffix(".new")
        with fresh.open("wb") as film:
            for shot in shots:
                # Three pictures in turn, each with its own grain: a still picture would flatter the reader.
                pictures = [jpeg(photograph(shot, seed)) for seed in range(3)]
                for number in range(max(3, round(shot.seconds * FRAMES_A_SECOND))):
                    film.write(pictures[number % 3])
        fresh.replace(self.path)  # at once: Chromium may be reading


def jpeg(picture: Image.Image) -> bytes:
    data = BytesIO()
    picture.convert("RGB").save(data, "JPEG", quality=85)
    return data.getvalue()


def photograph(shot: Shot, seed: int = 0) -> Image.Image:
    """One picture of the shot; the camera looks at the middle of the code."""
    random = np.random.default_rng(seed)
    picture = hall(random)
    if shot.text is not None:
        hold(picture, shot, shot.view, shot.text, random)
    if shot.beside is not None:
        hold(picture, shot, replace(shot.view, aside=-shot.view.aside), shot.beside, random)
    if shot.view.blur:
        picture = picture.filter(ImageFilter.GaussianBlur(shot.view.blur))
    light = np.asarray(picture, dtype=float) * shot.view.light + random.normal(0, shot.view.grain, FRAME[::-1])
    return Image.fromarray(light.clip(0, 255).astype("uint8"))


def hold(picture: Image.Image, shot: Shot, view: View, text: str, random: np.random.Generator) -> None:
    """Put a badge into the picture."""
    drawn, outline = card(text, shot.name), Image.new("L", (CARD_MM[0] * DOTS, CARD_MM[1] * DOTS), 255)
    if shot.harm:
        HARMS[shot.harm](drawn, outline)
    coefficients = perspective(project(view, jitter=random.uniform(-2, 2, 2)), drawn.size)
    held = drawn.transform(FRAME, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC)
    picture.paste(held, (0, 0), outline.transform(FRAME, Image.Transform.PERSPECTIVE, coefficients))


def invert(drawn: Image.Image, _outline: Image.Image) -> None:
    """Light on dark, as some wallets and dark screens show it."""
    drawn.paste(drawn.point(lambda tone: 255 - tone))


def dim(drawn: Image.Image, _outline: Image.Image) -> None:
    """A phone's screen at its darkest in a bright hall."""
    drawn.paste(drawn.point(lambda tone: 18 + tone // 8))


def gloss(drawn: Image.Image, _outline: Image.Image) -> None:
    """A lamp mirrored in the plastic over a part of the code, with a soft edge."""
    (x, y), half = code_middle(), CODE_MM * DOTS // 2
    lamp = Image.new("L", drawn.size, 0)
    ImageDraw.Draw(lamp).ellipse((x - half // 6, y - half // 8, x + half // 3, y + half // 3), fill=255)
    drawn.paste(255, (0, 0), lamp.filter(ImageFilter.GaussianBlur(DOTS)))


def tear(_drawn: Image.Image, outline: Image.Image) -> None:
    """The corner of the badge is off, and with it a little of the code, at the corner that carries no finder."""
    (x, y), half = code_middle(), CODE_MM * DOTS // 2
    right, bottom = x + half, y + half
    off = [
        (right + half, bottom - half * 5 // 3),
        (outline.width, outline.height),
        (right - half * 5 // 3, bottom + half),
    ]
    ImageDraw.Draw(outline).polygon(off, fill=0)


def tear_through(_drawn: Image.Image, outline: Image.Image) -> None:
    """The right half of the code is off, and a finder with it."""
    outline.paste(0, (code_middle()[0], 0, outline.width, outline.height))


HARMS = {"inverted": invert, "dimmed": dim, "glossy": gloss, "torn": tear, "torn through": tear_through}


def hall(random: np.random.Generator) -> Image.Image:
    """What is behind the badge: soft shapes of middling grey."""
    patches = random.normal(115, 28, (10, 16)).clip(30, 220).astype("uint8")
    return Image.fromarray(patches).resize(FRAME, Image.Resampling.BICUBIC)


def card(text: str, name: str) -> Image.Image:
    """A badge: coloured band, name, and the code on white below."""
    width, height = (side * DOTS for side in CARD_MM)
    drawn = Image.new("L", (width, height), 248)
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((0, 0, width, height // 6), fill=70)
    pen.text((width // 2, height // 3), name, fill=15, anchor="mm", font=ImageFont.load_default(size=76))
    code = code_picture(text)
    drawn.paste(code, ((width - code.width) // 2, code_middle()[1] - code.height // 2))
    return drawn


def code_picture(text: str) -> Image.Image:
    """The QR code as badges carry it: level M, square modules."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    code.add_data(text)
    code.make(fit=True)
    modules = np.array(code.get_matrix())
    scale = max(1, round(CODE_MM * DOTS / (len(modules) - 8)))
    return Image.fromarray(np.where(modules, 12, 248).astype("uint8").repeat(scale, 0).repeat(scale, 1))


def code_middle() -> tuple[int, int]:
    return CARD_MM[0] * DOTS // 2, round(CARD_MM[1] * DOTS * 0.72)


def project(view: View, jitter: Sequence[float]) -> list[tuple[float, float]]:
    """Where the card's corners fall in the picture: turned in space around the code, then through a pinhole."""
    turn = rotation(view)
    middle = np.array([*code_middle(), 0]) / DOTS
    corners = [(0, 0), (CARD_MM[0], 0), CARD_MM, (0, CARD_MM[1])]
    seen = []
    for x, y in corners:
        point = turn @ (np.array([x, y, 0]) - middle) + np.array([jitter[0] + view.aside, jitter[1], view.distance])
        seen.append(
            (FRAME[0] / 2 + FOCAL_LENGTH * point[0] / point[2], FRAME[1] / 2 + FOCAL_LENGTH * point[1] / point[2])
        )
    return seen


def rotation(view: View) -> np.ndarray:
    yaw, pitch, roll = (math.radians(angle) for angle in (view.yaw, view.pitch, view.roll))
    around_y = np.array([[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]])
    around_x = np.array([[1, 0, 0], [0, math.cos(pitch), -math.sin(pitch)], [0, math.sin(pitch), math.cos(pitch)]])
    around_z = np.array([[math.cos(roll), -math.sin(roll), 0], [math.sin(roll), math.cos(roll), 0], [0, 0, 1]])
    return around_y @ around_x @ around_z


def perspective(corners: Sequence[tuple[float, float]], size: tuple[int, int]) -> list[float]:
    """The eight numbers Pillow wants: from a point of the picture back to a point of the card's drawing."""
    width, height = size
    equations, targets = [], []
    for (x, y), (u, v) in zip(corners, [(0, 0), (width, 0), (width, height), (0, height)], strict=True):
        equations += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        targets += [u, v]
    return [float(number) for number in np.linalg.solve(np.array(equations), np.array(targets))]
