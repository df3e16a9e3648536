"""An event's accent colour made safe to read: shades that keep their contrast on light and on dark ground. Pure functions."""

import colorsys
import re
from dataclasses import dataclass

# The grounds that text in the accent may stand on; the same values stand in css/tokens.css.
LIGHT_GROUNDS = ("#ffffff", "#f5f3ee")
DARK_GROUNDS = ("#14161b", "#20242c")
FORMULA = 1  # part of the stylesheet's address, which is cached for ever: raise it when a shade is computed differently
READABLE = 4.5  # WCAG 2.2, 1.4.3
SOLEMN = 7.0  # 1.4.6: for whole bands of colour with text on them
_HEX = re.compile(r"#?([0-9a-fA-F]{6})")
RGB = tuple[float, float, float]


@dataclass(frozen=True)
class Accent:
    """Shades of one colour: `ink` for text and lines, `deep` for bands under white text, `tint` for quiet grounds."""

    ink: str
    ink_on_dark: str
    deep: str
    tint: str
    tint_on_dark: str


def parse(colour: str) -> RGB:
    """Channels from 0 to 1; raises ValueError."""
    found = _HEX.fullmatch(colour)
    if found is None:
        raise ValueError(f"not a colour: {colour!r}")
    digits = found[1]
    red, green, blue = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    return red, green, blue


def to_hex(colour: RGB) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in colour)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parse(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _mix(colour: str, ground: str, part: float) -> str:
    red, green, blue = (g + (c - g) * part for c, g in zip(parse(colour), parse(ground), strict=True))
    return to_hex((red, green, blue))


def readable_on(colour: str, grounds: tuple[str, ...], *, least: float = READABLE) -> str:
    """The colour itself if it can be read on all grounds, else the nearest lighter or darker shade that can."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*parse(colour))
    darken = luminance(grounds[0]) > 0.5
    for step in range(101):
        distance = step / 100
        shade = lightness * (1 - distance) if darken else lightness + (1 - lightness) * distance
        candidate = to_hex(colorsys.hls_to_rgb(hue, shade, saturation))
        if all(contrast(candidate, ground) >= least for ground in grounds):
            return candidate
    return "#000000" if darken else "#ffffff"


def accent(colour: str) -> Accent:
    """All shades of an accent; `ink` against the light grounds also carries white text on it."""
    return Accent(
        ink=readable_on(colour, LIGHT_GROUNDS),
        ink_on_dark=readable_on(colour, DARK_GROUNDS),
        deep=readable_on(colour, ("#ffffff",), least=SOLEMN),
        tint=_mix(colour, LIGHT_GROUNDS[0], 0.08),
        tint_on_dark=_mix(colour, DARK_GROUNDS[0], 0.16),
    )


def stylesheet(colour: str) -> str:
    """The custom properties of an accent, for light and dark; browsers that know no `light-dark()` stay light."""
    shades = accent(colour)
    return (
        f":root{{--accent:{shades.ink};--on-accent:#fff;--accent-deep:{shades.deep};--accent-tint:{shades.tint}}}\n"
        "@supports (color:light-dark(#000,#fff)){:root{"
        f"--accent:light-dark({shades.ink},{shades.ink_on_dark});"
        f"--on-accent:light-dark(#fff,{DARK_GROUNDS[0]});"
        f"--accent-tint:light-dark({shades.tint},{shades.tint_on_dark})}}}}\n"
    )
