"""Numbers of many agencies on one line, as a drawing: pure functions, places in percent.

One agency a hundred times larger than the others would leave them on one spot. The axis is then
logarithmic: equal distances are equal ratios.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from statistics import median
from typing import Any

from django.utils.translation import gettext as _

from surveys import findings

SPREAD = 5  # times the middle: on an even axis, half of the agencies would stand in a fifth of it
LEFT, RIGHT = 3.0, 97.0  # percent: where the axis begins and ends
ZERO = 12.0  # percent: where a logarithmic axis begins when nothing stands left of it
APART = 3.0  # percent between two dots beside each other
LANES = 12  # of dots above each other
ROW, LANE, AXIS = 20, 12, 30  # pixels: a dot with its name, a lane of dots, the axis' words
TICKS = 5
FINE = 1.4  # powers of ten: up to here an axis also marks 2 and 5
FAR_NAMED = 2  # of those far from the others
EVEN, LOGARITHMIC = "even", "log"

Place = Callable[[float], float]


@dataclass(frozen=True)
class Point:
    """One agency's number."""

    value: float
    name: str
    short: str  # the name in the drawing
    text: str  # the number as it is written
    is_own: bool = False

    @property
    def title(self) -> str:
        """Agency and number together."""
        return f"{self.name}: {self.text}"


@dataclass(frozen=True)
class Dot:
    """Where one agency stands; `label` for the few that are named in the drawing."""

    x: float  # percent
    y: int  # pixels
    title: str
    is_own: bool = False
    label: str = ""

    @property
    def is_right(self) -> bool:
        """Whether the name stands left of the dot, since there is no room on its right."""
        return self.x > 50


@dataclass(frozen=True)
class Tick:
    """One mark of the axis."""

    x: float
    text: str

    @property
    def anchor(self) -> str:
        """Which end of the words stands at the mark."""
        return "start" if self.x < 8 else "end" if self.x > 92 else "middle"


@dataclass(frozen=True)
class Strip:
    """The drawing."""

    is_log: bool
    dots: list[Dot]
    ticks: list[Tick]
    base: int  # pixels from above: where the axis is
    band: Mapping[str, float] | None = None  # left, width and middle, in percent
    middle: float | None = None  # percent: the median, where there is no band
    has_zero: bool = False  # whether zero stands apart, left of a logarithmic axis

    @property
    def height(self) -> int:
        """How high the drawing is, in pixels."""
        return self.base + AXIS

    @property
    def middle_line(self) -> float | None:
        """Where the line of the median stands, in percent."""
        return self.band["middle"] if self.band else self.middle


def is_wide(values: Iterable[float]) -> bool:
    """Whether the numbers lie too far apart for an even axis."""
    values = list(values)
    positive = [value for value in values if value > 0]
    if len(positive) < 2 or min(values) < 0:
        return False
    return max(positive) > SPREAD * median(positive)


def draw(
    points: Sequence[Point],
    told: Mapping[str, float],
    write: Callable[[float], str],
    *,
    axis: str = "",
    top: float | None = None,
) -> Strip | None:
    """Draw the numbers over the median and quartiles that were told; None if there is nothing.

    `write` puts a number of the axis into words; `axis` is EVEN, LOGARITHMIC or left to the
    numbers; `top` is where an axis must end, such as 100 percent.
    """
    values = [*(point.value for point in points), *told.values()]
    if not values:
        return None
    positive = [value for value in values if value > 0]
    can_be_log = bool(positive) and min(values) >= 0 and top is None
    is_log = can_be_log and (axis == LOGARITHMIC or (axis != EVEN and is_wide(values)))
    place, marks = _log(values, positive) if is_log else _even(values, top)
    dots, base = _dots(points, place, write)
    band = _band(told, place)
    return Strip(
        is_log=is_log,
        dots=dots,
        ticks=[Tick(place(mark), write(mark)) for mark in marks],
        base=base,
        band=band,
        middle=place(told["median"]) if told and not band else None,
        has_zero=is_log and min(values) == 0,
    )


def _even(values: list[float], top: float | None) -> tuple[Place, list[float]]:
    low, high = min(0.0, *values), top or max(0.0, *values) or 1.0
    step = _step((high - low) / (TICKS - 1))
    first = floor(low / step)
    marks = [step * n for n in range(first, ceil(high / step) + 1)]
    scale = (RIGHT - LEFT) / (marks[-1] - marks[0])
    return lambda value: round(LEFT + scale * (value - marks[0]), 1), marks


def _step(rough: float) -> float:
    """Return the next round number: 1, 2, 2.5 or 5 times a power of ten."""
    power: float = 10.0 ** floor(log10(rough))
    return next(n * power for n in (1, 2, 2.5, 5, 10) if n * power >= rough * 0.999)


def _log(values: list[float], positive: list[float]) -> tuple[Place, list[float]]:
    low, high = _round_down(min(positive)), _round_up(max(positive))
    high = high if high > low else 10 * low
    left = ZERO if min(values) == 0 else LEFT
    scale = (RIGHT - left) / log10(high / low)

    def place(value: float) -> float:
        return round(left + scale * log10(value / low), 1) if value > 0 else LEFT

    marks = _marks(low, high)
    return place, [0.0, *marks] if left == ZERO else marks


def _marks(low: float, high: float) -> list[float]:
    """Return the powers of ten on an axis; on a short one 2 and 5 times them as well."""
    steps = (1, 2, 5) if log10(high / low) <= FINE else (1,)
    powers = range(floor(log10(low)), ceil(log10(high)) + 1)
    marks = [n * 10.0**power for power in powers for n in steps]
    marks = [mark for mark in marks if low <= mark <= high]
    return marks if len(steps) > 1 else marks[:: ceil(len(marks) / TICKS)]


def _round_down(value: float) -> float:
    power: float = 10.0 ** floor(log10(value))
    return max(n * power for n in (1, 2, 5) if n * power <= value)


def _round_up(value: float) -> float:
    power: float = 10.0 ** floor(log10(value))
    return min(n * power for n in (1, 2, 5, 10) if n * power >= value)


def _band(told: Mapping[str, float], place: Place) -> dict[str, float] | None:
    if "low" not in told:
        return None
    left, middle, right = (place(told[name]) for name in ("low", "median", "high"))
    return {"left": left, "width": round(max(right - left, 0.5), 1), "middle": middle}


def _dots(
    points: Sequence[Point], place: Place, write: Callable[[float], str]
) -> tuple[list[Dot], int]:
    """Return the dots, those with names above, and where the axis is under them."""
    own = [point for point in points if point.is_own]
    named = [*own, *_far(points)]
    dots = []
    for row, point in enumerate(named):
        name = _("You") if [point] == own else point.short
        label = f"{name}: {write(point.value)}"
        y = ROW // 2 + ROW * row
        dots.append(Dot(place(point.value), y, point.title, point.is_own, label))
    rest = sorted((one for one in points if one not in named), key=lambda p: (p.value, p.name))
    places = [place(point.value) for point in rest]
    lanes = _lanes(places)
    base = ROW * len(named) + LANE * (max(lanes, default=0) + 2)
    for point, x, lane in zip(rest, places, lanes, strict=True):
        dots.append(Dot(x, base - LANE * (lane + 1), point.title))
    return dots, base


def _lanes(places: Iterable[float]) -> list[int]:
    """Return for dots from left to right in which lane each stands free of the one before."""
    last: list[float] = []
    found = []
    for x in places:
        lane = next((n for n, before in enumerate(last) if x - before >= APART), len(last))
        lane = min(lane, LANES - 1)
        last[lane : lane + 1] = [x]
        found.append(lane)
    return found


def _far(points: Sequence[Point]) -> list[Point]:
    """Return the few that stand farthest above the others."""
    reach = findings.reach([point.value for point in points])
    if reach is None:
        return []
    far = [point for point in points if point.value > reach[1] and not point.is_own]
    return sorted(far, key=lambda point: -point.value)[:FAR_NAMED]


def quartiles(values: Sequence[float]) -> dict[str, Any]:
    """Return median and quartiles of named numbers; nothing of fewer than five."""
    if len(values) < findings.ENOUGH:
        return {}
    low, mid, high = findings.spread(values)
    return {"low": low, "median": mid, "high": high}
