"""The geometry of portraits: whatever was chosen, the part kept lies within the picture and has a passport's proportions."""

from hypothesis import given
from hypothesis import strategies as st

from registration.rules.portraits import HEIGHT, WIDTH, chosen_box, placed_box, widest

SIDE = st.integers(40, 12_000)
SHARE = st.floats(-3, 3, allow_nan=False)


def fits(box, width: int, height: int) -> bool:
    inside = 0 <= box.left <= box.left + box.width <= width and 0 <= box.top <= box.top + box.height <= height
    return inside and abs(box.width * HEIGHT - box.height * WIDTH) <= WIDTH


@given(SIDE, SIDE, SHARE, SHARE, SHARE)
def test_a_chosen_part_lies_within_the_picture(width, height, left, top, share):
    assert fits(chosen_box(width, height, left=left, top=top, share=share), width, height)


@given(SIDE, SIDE, st.sampled_from(["upper", "middle", "lower"]))
def test_a_placed_part_is_the_largest_there_is(width, height, place):
    box = placed_box(width, height, place)
    assert fits(box, width, height)
    assert box.width == widest(width, height)


def test_the_three_places_are_top_middle_and_bottom():
    assert [placed_box(540, 2_100, place).top for place in ("upper", "middle", "lower")] == [0, 700, 1_400]
