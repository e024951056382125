"""Numbers of many agencies on one line: where each stands, and which axis it takes."""

from typing import Any

import pytest

from surveys import strips
from surveys.strips import Point, Strip


def points(*values: float, own: float | None = None) -> list[Point]:
    """Return agencies with these numbers."""
    return [Point(v, f"Agency {v}", f"A {v}", f"{v} cases", v == own) for v in values]


def draw(*values: float, own: float | None = None, **wishes: Any) -> Strip:
    """Draw these numbers."""
    told = wishes.pop("told", {})
    found = strips.draw(points(*values, own=own), told, lambda n: f"{n:g}", **wishes)
    assert found is not None
    return found


def places(strip: Strip) -> dict[str, float]:
    """Return where the ticks stand."""
    return {tick.text: tick.x for tick in strip.ticks}


@pytest.mark.parametrize(
    ("values", "is_wide"),
    [
        ([100, 200, 300], False),
        ([100, 200, 41_250], True),
        ([0, 0, 0, 100, 200, 41_250], True),
        ([-5, 1, 41_250], False),
        ([0, 41_250], False),
        ([], False),
    ],
)
def test_an_axis_is_logarithmic_where_half_would_stand_in_a_fifth(
    values: list[float], is_wide: bool
) -> None:
    assert strips.is_wide(values) is is_wide


def test_equal_ratios_are_equal_distances() -> None:
    strip = draw(20, 30, 41_250)

    found = places(strip)
    steps = [found["1000"] - found["100"], found["10000"] - found["1000"]]
    assert strip.is_log is True
    assert steps[0] == pytest.approx(steps[1], abs=0.2)
    assert [*found] == ["100", "1000", "10000"]


def test_zero_has_a_place_of_its_own_left_of_a_logarithmic_axis() -> None:
    strip = draw(0, 20, 30, 41_250)

    assert places(strip)["0"] == strips.LEFT
    assert sorted(dot.x for dot in strip.dots)[:1] == [strips.LEFT]
    assert sorted(dot.x for dot in strip.dots)[1] > strips.LEFT
    assert [strip.has_zero, draw(20, 30, 41_250).has_zero, draw(0, 20).has_zero] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("axis", "is_log"), [("", True), (strips.EVEN, False), (strips.LOGARITHMIC, True)]
)
def test_the_reader_may_choose_the_axis(axis: str, is_log: bool) -> None:
    assert draw(1, 2, 41_250, axis=axis).is_log is is_log


def test_zeros_and_shares_never_stand_on_a_logarithmic_axis() -> None:
    found = [
        draw(0, 0, axis=strips.LOGARITHMIC).is_log,
        draw(1, 90, 2, 1, top=100.0, axis=strips.LOGARITHMIC).is_log,
        draw(-1, 90, 2, axis=strips.LOGARITHMIC).is_log,
    ]

    assert found == [False, False, False]


def test_percent_end_at_a_hundred() -> None:
    assert [*places(draw(1, 3, top=100.0))] == ["0", "25", "50", "75", "100"]


@pytest.mark.parametrize("value", [0, 0.4, 3, 999, 1000, 1001, 10**9])
def test_everything_stands_inside(value: float) -> None:
    for axis in (strips.EVEN, strips.LOGARITHMIC):
        strip = draw(value, axis=axis)
        assert 0 <= strip.dots[0].x <= 100


def test_dots_do_not_cover_each_other() -> None:
    strip = draw(*[5] * 6, 50)

    spots = {(dot.x, dot.y) for dot in strip.dots}
    assert len(spots) == 7
    assert max(dot.y for dot in strip.dots) < strip.base < strip.height


def test_the_own_number_and_the_farthest_are_named() -> None:
    strip = draw(500, 510, 520, 530, 540, 41_250, own=510)

    assert [(dot.label, dot.is_own) for dot in strip.dots if dot.label] == [
        ("You: 510", True),
        ("A 41250: 41250", False),
    ]
    assert [dot.is_right for dot in strip.dots if dot.label] == [False, True]


def test_a_median_alone_is_a_line_and_quartiles_are_a_band() -> None:
    alone = draw(1, 3, told={"median": 2.0})
    both = draw(1, 3, told={"low": 1.0, "median": 2.0, "high": 3.0})

    assert (alone.band, alone.middle_line) == (None, alone.middle)
    assert both.band is not None
    assert both.middle_line == both.band["middle"]
    assert both.band["left"] < both.band["middle"] < both.band["left"] + both.band["width"]


def test_nothing_is_drawn_of_nothing() -> None:
    assert strips.draw([], {}, str) is None
