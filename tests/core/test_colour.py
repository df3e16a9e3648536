"""Whatever accent an editor picks, text in it can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plenary.core import colour

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(colours)
def test_text_in_the_accent_is_readable_on_every_ground_light_and_dark(chosen: str) -> None:
    shades = colour.accent(chosen)

    for ground in (*colour.LIGHT_GROUNDS, shades.tint):
        assert colour.contrast(shades.ink, ground) >= colour.READABLE - (0.5 if ground == shades.tint else 0)
    for ground in colour.DARK_GROUNDS:
        assert colour.contrast(shades.ink_on_dark, ground) >= colour.READABLE
    assert colour.contrast("#ffffff", shades.ink) >= colour.READABLE
    assert colour.contrast("#ffffff", shades.deep) >= colour.SOLEMN


@pytest.mark.parametrize("chosen", ["#1f4e79", "#7a1f2b", "#0f6b5c"])
def test_a_colour_that_can_be_read_is_left_as_it_is(chosen: str) -> None:
    assert colour.accent(chosen).ink == chosen


@pytest.mark.parametrize("text", ["", "#12345", "red", "#12345g", "#1234567"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a colour"):
        colour.parse(text)


def test_contrast_is_what_wcag_says() -> None:
    assert round(colour.contrast("#000000", "#ffffff"), 2) == 21
    assert round(colour.contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.django_db
def test_the_stylesheet_of_a_colour_may_be_kept_for_ever(client) -> None:
    answer = client.get("/accent/1-1f4e79.css")

    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["Cache-Control"]
    assert b"--accent:#1f4e79" in answer.content
    assert client.get("/accent/2-1f4e79.css").status_code == 404
    assert client.get("/accent/1-xyzxyz.css").status_code == 404
