"""Exchanges of agencies that different figures count, where rounding hides them: pure functions.

Two agencies exchange a question with all its follow-ups. Figures of the question that count just
one of them change then; they stay as published if the share rounds the same, or if both numbers lie
in the same gap between those that make the median and the quartiles.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor

from surveys.disclosure import Published
from surveys.findings import MANY, rounded

Adds = tuple[tuple[bool, str], ...]  # by figure: whether it may count the agency, and as what


@dataclass(frozen=True)
class _Shares:
    """One figure's counts."""

    counts: Mapping[str, int]
    number: int

    def place(self, value: str) -> str:
        """Return what an agency adds."""
        return value

    def stands(self, old: str, new: str) -> bool:
        """Whether it is as published with one answer in the place of another one."""
        if old == new:
            return True
        changes = ((old, -1), (new, 1))
        return all(self._is_same(self.counts.get(value, 0), by) for value, by in changes)

    def _is_same(self, count: int, by: int) -> bool:
        if count == 0 or count + by == 0:
            return False  # a figure lists the values that were given
        return rounded(count + by, self.number) == rounded(count, self.number)


class _Numbers:
    """Between which of the numbers that make its median and quartiles a number lies."""

    def __init__(self, numbers: list[float]) -> None:
        last = len(numbers) - 1
        quarters = (1, 2, 3) if len(numbers) >= MANY else (2,)
        ends = {end(last * at / 4) for at in quarters for end in (floor, ceil)}
        said = sorted(numbers)
        self.pivots = sorted({said[at] for at in ends})

    def place(self, value: str) -> str:
        """Return the gap in which a number lies; nothing if it is one of those numbers."""
        number = float(value)
        at = bisect_left(self.pivots, number)
        return "" if number in self.pivots else str(at)

    def stands(self, old: str, new: str) -> bool:
        """Whether both numbers lie in the same gap."""
        return old == new != ""


class Crossing:
    """The figures of one question, and which exchanges leave them as they are."""

    def __init__(self, figures: list[Published]) -> None:
        self.figures = figures
        self.kinds = [self._kind(figure) for figure in figures]

    def _kind(self, figure: Published) -> _Shares | _Numbers:
        if figure.is_shares:
            return _Shares(Counter(figure.values.values()), len(figure.units))
        return _Numbers([float(unit.value) for unit in figure.units])

    def adds(self, values: list[str | None], may_count: list[bool]) -> Adds | None:
        """Return what an agency adds to each figure; None if one has no value of it."""
        if None in values:
            return None
        return tuple(
            (is_in, kind.place(str(value)))
            for kind, value, is_in in zip(self.kinds, values, may_count, strict=True)
        )

    def may_exchange(self, one: Adds, other: Adds) -> bool:
        """Whether all figures stand when two agencies exchange what they add."""
        return all(
            a[0] == b[0] or kind.stands(*((a[1], b[1]) if a[0] else (b[1], a[1])))
            for kind, a, b in zip(self.kinds, one, other, strict=True)
        )
