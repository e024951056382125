"""Answers that agencies exchange, and whether all figures then stand: pure functions."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
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

    def stands(self, moved: Mapping[Class, int]) -> bool:
        """Whether every figure is still as published."""
        names: Counter[str] = Counter()
        for one, number in moved.items():
            for name in one:
                names[name] += number
        return all(
            self._is_same(name, self.value, -number) and self._is_same(name, self.other, number)
            for name, number in names.items()
        )

    def _is_same(self, name: str, value: str, change: int) -> bool:
        count, number = self.totals[name][value], self.totals[name].total()
        if not 0 <= count + change <= number:
            return False
        if (count == 0) != (count + change == 0):
            return False  # a figure lists the values that were given
        return rounded(count + change, number) == rounded(count, number)

    def reach(self, one: Class, moved: int) -> bool:
        """Whether the class has that many agencies to move."""
        have = self.classes[one][self.value if moved > 0 else self.other]
        return abs(moved) <= have


def repaired(moved: dict[Class, int], exchange: Exchange, depth: int = DEPTH) -> bool:
    """Whether a few more exchanges leave every figure as published."""
    if exchange.stands(moved):
        return True
    if not depth:
        return False
    for one in exchange.classes:
        for step in (1, -1):
            then: dict[Any, int] = moved | {one: moved.get(one, 0) + step}
            is_new = abs(then[one]) > abs(moved.get(one, 0))
            if is_new and exchange.reach(one, then[one]) and repaired(then, exchange, depth - 1):
                return True
    return False
