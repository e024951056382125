"""Answers that agencies exchange, and whether all figures then stand: pure functions."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from surveys.findings import rounded

DEPTH = 3  # agencies whose answers are exchanged with the suspect's

Class = frozenset[str]  # the names of the figures that count an agency
State = dict[Class, Counter[str]]


@dataclass(frozen=True)
class Exchange:
    """Answers that change places: agencies that said `value` say `other`, and the reverse."""

    value: str
    other: str
    classes: State
    totals: Mapping[str, Counter[str]]

    def broken(self, moved: Mapping[Class, int]) -> dict[str, int]:
        """Return the figures that are not as published any more, and by how many agencies."""
        names: Counter[str] = Counter()
        for one, number in moved.items():
            for name in one:
                names[name] += number
        found = {}
        for name, number in names.items():
            said = self.totals[name]
            least, most = _room(said[self.value], said[self.other], said.total())
            if not least <= number <= most:
                found[name] = number - (most if number > most else least)
        return found

    def reach(self, one: Class, moved: int) -> bool:
        """Whether the class has that many agencies to move."""
        have = self.classes[one][self.value if moved > 0 else self.other]
        return abs(moved) <= have


@lru_cache(maxsize=100_000)
def _room(count: int, other: int, number: int) -> tuple[int, int]:
    """Return how many agencies can move either way while a figure of so many stands.

    `count` of them said one thing, `other` the other. Further than can be moved is not looked.
    """
    ends = []
    for step in (-1, 1):
        end = 0
        while abs(end) <= DEPTH and all(
            _is_same(said, change, number)
            for said, change in ((count, -end - step), (other, end + step))
        ):
            end += step
        ends.append(end)
    return ends[0], ends[1]


def _is_same(count: int, change: int, number: int) -> bool:
    if not 0 <= count + change <= number:
        return False
    if (count == 0) != (count + change == 0):
        return False  # a figure lists the values that were given
    return rounded(count + change, number) == rounded(count, number)


def repaired(moved: dict[Class, int], exchange: Exchange, depth: int = DEPTH) -> bool:
    """Whether a few more agencies can exchange so that all figures are as published.

    Of a figure that is not, some class has to move, and one way only: no other is tried.
    """
    broken = exchange.broken(moved)
    if not broken:
        return True
    name, excess = max(broken.items(), key=lambda one: (abs(one[1]), one[0]))
    if abs(excess) > depth:
        return False
    step = -1 if excess > 0 else 1
    for one in exchange.classes:
        then: dict[Any, int] = moved | {one: moved.get(one, 0) + step}
        is_new = name in one and abs(then[one]) > abs(moved.get(one, 0))
        if is_new and exchange.reach(one, then[one]) and repaired(then, exchange, depth - 1):
            return True
    return False
