"""Whether published figures give single agencies away: pure functions.

The attacker knows every agency's level and size, who was counted where, everything that is named
to him, all figures of all releases, and what one agency knows of itself. Agencies that stand in
just the same figures cannot be told apart; they are a class. An agency's answer is derived when
its whole class must have given it, in every way of filling the figures in. Of numbers, a median or
quartile must not leave all secret agencies on one side of it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from math import ceil, floor
from typing import Any

from surveys import findings
from surveys.findings import Unit, rounded
from surveys.models import SharingLevel

SMALLEST = 5  # agencies
DEPTH = 3  # agencies whose answers are exchanged with the suspect's
NAMED = {  # what each audience reads by name
    "public": frozenset({SharingLevel.PUBLIC.value}),
    "members": frozenset({SharingLevel.PUBLIC.value, SharingLevel.MEMBERS.value}),
}

Class = frozenset[str]
State = dict[Class, Counter[str]]


@dataclass(frozen=True)
class Published:
    """One shown figure: which agencies it counts, as which release and group."""

    name: str  # "2/level:city"
    units: tuple[Unit, ...]
    is_shares: bool = True
    ids: frozenset[int] = field(default=frozenset(), compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", frozenset(unit.revision for unit in self.units))


def is_safe(figures: list[Published], smallest: int = SMALLEST) -> bool:
    """Whether these figures of one practice, taken together, give nobody away."""
    return next(leaks(figures, smallest), None) is None


def leaks(figures: list[Published], smallest: int = SMALLEST) -> Iterator[str]:
    """Say in words what an attacker can take from these figures of one practice."""
    for audience, levels in NAMED.items():
        for figure in figures:
            if fault := _fault(_secret(figure.units, levels), figure, smallest):
                yield f"{figure.name}, {audience}: {fault}"
        for name, rest in _differences(figures):
            number = len(_secret(rest, levels))
            if 0 < number < smallest:
                yield f"{name}, {audience}: the difference is {number} agencies"
        shares = [figure for figure in figures if figure.is_shares]
        for units, value in derived(shares, levels):
            yield f"{audience}: {len(units)} agencies must have said {value!r}"


def derived(figures: list[Published], levels: frozenset[str]) -> Iterator[tuple[set[int], str]]:
    """Yield the agencies whose answer must be what it is, with the answer.

    `levels` are those that the attacker reads by name. He may also be one of the agencies.
    """
    classes = _classes(figures, levels)
    allowed = _allowed(figures)
    for insider in [None, *((one, value) for one, found in classes.items() for value in found)]:
        hidden = {one: Counter(found) for one, found in classes.items()}
        if insider:
            hidden[insider[0]][insider[1]] -= 1
        for one, found in hidden.items():
            held = [value for value, number in found.items() if number]
            if len(held) == 1 and not _could_differ(
                one, held[0], hidden, allowed, _totals(figures)
            ):
                yield {unit.response for unit in _members(one, figures, levels)}, held[0]


def _secret(units: Iterable[Unit], levels: frozenset[str]) -> list[Unit]:
    return [unit for unit in units if unit.sharing not in levels]


def _fault(secret: list[Unit], figure: Published, smallest: int) -> str:
    """Say what is wrong with one figure alone: too few agencies, or all say the same."""
    if len(figure.units) < smallest:
        return f"{len(figure.units)} agencies"
    if not secret:
        return ""
    if len(secret) < smallest:
        return f"all but {len(secret)} agencies are known by name"
    commonest = max(Counter(str(unit.value) for unit in secret).values())
    if commonest > len(secret) - 2:
        return "all say the same, or all but one"
    return "" if figure.is_shares else _bound(secret, figure)


def _bound(secret: list[Unit], figure: Published) -> str:
    """Say in which half of the numbers all secret agencies, or all but one, must be.

    At least half of all stand at or below a median, and as many at or above it; about half stand
    between the quartiles. Who is known by name is taken off: the rest must be secret agencies.
    """
    numbers = [float(unit.value) for unit in figure.units]
    told, hidden = findings.spread_of(numbers), {unit.revision for unit in secret}
    named = [float(unit.value) for unit in figure.units if unit.revision not in hidden]
    number, last, middle = len(numbers), len(numbers) - 1, told["median"]
    halves = {
        "at or below the median": floor(last / 2) + 1 - sum(one <= middle for one in named),
        "at or above the median": number - ceil(last / 2) - sum(one >= middle for one in named),
    }
    if "low" in told:
        inside = floor(last * 3 / 4) + 1 - ceil(last / 4)
        known = sum(told["low"] <= one <= told["high"] for one in named)
        halves["between the quartiles"] = inside - known
    found = (where for where, least in halves.items() if least > len(secret) - 2)
    return next((f"all, or all but one, are {where}" for where in found), "")


def _differences(figures: list[Published]) -> Iterator[tuple[str, list[Unit]]]:
    """Yield what a subtraction leaves: one figure less another, or less all its parts."""
    for one, other in combinations(figures, 2):
        for less, more in ((one, other), (other, one)):
            is_older = one.name.partition("/")[2] == other.name.partition("/")[2]
            if less.ids < more.ids or is_older:
                yield f"{more.name} less {less.name}", _without(more, less.ids)
    for whole in figures:
        kinds: dict[str, set[int]] = defaultdict(set)
        for part in figures:
            if part.ids < whole.ids:
                kinds[part.name.partition(":")[0]] |= part.ids
        for kind, ids in kinds.items():
            yield f"{whole.name} less {kind}", _without(whole, ids)


def _without(figure: Published, ids: Iterable[int]) -> list[Unit]:
    gone = set(ids)
    return [unit for unit in figure.units if unit.revision not in gone]


def _members(one: Class, figures: list[Published], levels: frozenset[str]) -> list[Unit]:
    units = {unit.revision: unit for figure in figures for unit in figure.units}
    return [unit for unit in _secret(units.values(), levels) if _class(unit, figures) == one]


def _class(unit: Unit, figures: list[Published]) -> Class:
    return frozenset(figure.name for figure in figures if unit.revision in figure.ids)


def _classes(figures: list[Published], levels: frozenset[str]) -> State:
    units = {unit.revision: unit for figure in figures for unit in figure.units}
    found: State = defaultdict(Counter)
    for unit in _secret(units.values(), levels):
        found[_class(unit, figures)][str(unit.value)] += 1
    return dict(found)


def _totals(figures: list[Published]) -> dict[str, Counter[str]]:
    return {f.name: Counter(str(unit.value) for unit in f.units) for f in figures}


def _allowed(figures: list[Published]) -> dict[str, dict[int, set[int]]]:
    """Return for each figure which counts each published share can stand for."""
    found: dict[str, dict[int, set[int]]] = {}
    for figure in figures:
        counts: dict[int, set[int]] = defaultdict(set)
        for count in range(len(figure.units) + 1):
            counts[rounded(count, len(figure.units))].add(count)
        found[figure.name] = dict(counts)
    return found


def _could_differ(
    one: Class,
    value: str,
    classes: State,
    allowed: Mapping[str, Mapping[int, set[int]]],
    totals: Mapping[str, Counter[str]],
) -> bool:
    """Whether an agency of the class can have said something else, and the figures stand."""
    options = {value for counts in totals.values() for value in counts} - {value}
    for other in options:
        if _repaired({one: 1}, _Exchange(value, other, classes, allowed, totals), DEPTH):
            return True
    return False


@dataclass(frozen=True)
class _Exchange:
    """Answers that change places: agencies that said `value` say `other`, and the reverse."""

    value: str
    other: str
    classes: State
    allowed: Mapping[str, Mapping[int, set[int]]]
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
        count = self.totals[name][value]
        counts = self.allowed[name]
        return any(count in same and count + change in same for same in counts.values())

    def reach(self, one: Class, moved: int) -> bool:
        """Whether the class has that many agencies to move."""
        have = self.classes[one][self.value if moved > 0 else self.other]
        return abs(moved) <= have


def _repaired(moved: dict[Class, int], exchange: _Exchange, depth: int) -> bool:
    if exchange.stands(moved):
        return True
    if not depth:
        return False
    for one in exchange.classes:
        for step in (1, -1):
            then: dict[Any, int] = moved | {one: moved.get(one, 0) + step}
            is_new = abs(then[one]) > abs(moved.get(one, 0))
            if is_new and exchange.reach(one, then[one]) and _repaired(then, exchange, depth - 1):
                return True
    return False
