"""Whether published figures give single agencies away: pure functions.

The attacker knows every agency's level and size, who was counted where, everything that is named
to him, all figures of all releases, and what one agency knows of itself. Agencies that stand in
just the same figures cannot be told apart; they are a class. An agency's answer is derived when
its whole class must have given it, in every way of filling the figures in. Of numbers, a median or
quartile must not leave all secret agencies on one side of it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from math import ceil, floor
from typing import Any

from surveys import findings
from surveys.findings import Unit, rounded
from surveys.models import READ_BY_ALL, READ_BY_MEMBERS

SMALLEST = 5  # agencies
DEPTH = 3  # agencies whose answers are exchanged with the suspect's
NAMED = {  # what each audience reads by name
    "public": READ_BY_ALL,
    "members": READ_BY_MEMBERS,
}

Class = frozenset[str]  # the names of the figures that count an agency
State = dict[Class, Counter[str]]


@dataclass(frozen=True)
class Published:
    """One shown figure: which agencies it counts, as which release and group."""

    name: str  # "2/level:city"
    units: tuple[Unit, ...]
    is_shares: bool = True


class Fault(StrEnum):
    """What is wrong with published figures."""

    FEW = "few"  # a figure counts fewer agencies than it needs
    KNOWN = "known"  # all but a few of a figure's agencies are known by name
    ALIKE = "alike"  # all agencies of a figure that are not named say the same, or all but one
    ONE_SIDE = "one_side"  # a number in the middle tells in which half of them all those are
    DIFFERENCE = "difference"  # a subtraction of figures leaves few agencies
    DERIVED = "derived"  # some agencies must have given one answer
    ASKED = "asked"  # whether some agencies were asked a follow-up must be one way


@dataclass(frozen=True)
class Leak:
    """Something that published figures tell of single agencies, and to whom."""

    fault: Fault
    audience: str  # "public" or "members"
    figures: tuple[str, ...]  # by name: those that tell it together
    text: str
    number: int = 0  # of agencies
    value: str = ""  # what they must have answered


@dataclass(frozen=True)
class Kind:
    """What is alike of many agencies: in which figures they stand, who reads them, what they say.

    All that can be found out is the same for each of them, so they are counted, not looked at.
    """

    names: Class
    sharing: str
    value: str


Kinds = Counter[Kind]


def is_safe(figures: list[Published], smallest: int = SMALLEST) -> bool:
    """Whether these figures of one practice, taken together, give nobody away."""
    if any(len(figure.units) < smallest for figure in figures):
        return False
    return next(leaks(figures, smallest), None) is None


def leaks(figures: list[Published], smallest: int = SMALLEST) -> Iterator[Leak]:
    """Say what an attacker can take from these figures of one practice."""
    kinds = _kinds(figures)
    shares = [figure for figure in figures if figure.is_shares]
    for audience, levels in NAMED.items():
        for figure in figures:
            if found := _fault(_in(figure.name, kinds), levels, figure, smallest):
                fault, number, words = found
                text = f"{figure.name}, {audience}: {words}"
                yield Leak(fault, audience, (figure.name,), text, number)
        for names, name, rest in _differences(figures, kinds):
            number = _secret(rest, levels).total()
            if 0 < number < smallest:
                text = f"{name}, {audience}: the difference is {number} agencies"
                yield Leak(Fault.DIFFERENCE, audience, names, text, number)
        for units, value in derived(shares, levels):
            names = tuple(figure.name for figure in figures if _counts(figure, units))
            text = f"{audience}: {len(units)} agencies must have said {value!r}"
            yield Leak(Fault.DERIVED, audience, names, text, len(units), value)


def derived(figures: list[Published], levels: frozenset[str]) -> Iterator[tuple[set[int], str]]:
    """Yield the agencies whose answer must be what it is, with the answer.

    `levels` are those that the attacker reads by name. He may also be one of the agencies.
    """
    kinds = _kinds(figures)
    classes = _classes(_secret(kinds, levels))
    totals = {figure.name: _said(_in(figure.name, kinds)) for figure in figures}
    for insider in [None, *((one, value) for one, found in classes.items() for value in found)]:
        hidden = {one: Counter(found) for one, found in classes.items()}
        if insider:
            hidden[insider[0]][insider[1]] -= 1
        for one, found in hidden.items():
            held = [value for value, number in found.items() if number]
            if len(held) == 1 and not _could_differ(one, held[0], hidden, totals):
                yield {unit.response for unit in _members(one, figures, levels)}, held[0]


def _counts(figure: Published, responses: set[int]) -> bool:
    return any(unit.response in responses for unit in figure.units)


def _kinds(figures: list[Published]) -> Kinds:
    """Count the agencies that are alike."""
    places: dict[int, int] = defaultdict(int)  # by revision: a bit for each figure
    for at, figure in enumerate(figures):
        for unit in figure.units:
            places[unit.revision] |= 1 << at
    units = {unit.revision: unit for figure in figures for unit in figure.units}
    found = Counter((places[one.revision], one.sharing, str(one.value)) for one in units.values())
    names = {
        place: frozenset(figure.name for at, figure in enumerate(figures) if place >> at & 1)
        for place in {*places.values()}
    }
    return Counter({Kind(names[place], *said): n for (place, *said), n in found.items()})


def _secret(kinds: Kinds, levels: frozenset[str]) -> Kinds:
    return Counter({kind: n for kind, n in kinds.items() if kind.sharing not in levels})


def _in(name: str, kinds: Kinds) -> Kinds:
    return Counter({kind: n for kind, n in kinds.items() if name in kind.names})


def _without(name: str, kinds: Kinds) -> Kinds:
    return Counter({kind: n for kind, n in kinds.items() if name not in kind.names})


def _said(kinds: Kinds) -> Counter[str]:
    found: Counter[str] = Counter()
    for kind, number in kinds.items():
        found[kind.value] += number
    return found


def _fault(
    counted: Kinds, levels: frozenset[str], figure: Published, smallest: int
) -> tuple[Fault, int, str] | None:
    """Say what is wrong with one figure alone: too few agencies, or all say the same."""
    if len(figure.units) < smallest:
        return Fault.FEW, len(figure.units), f"{len(figure.units)} agencies"
    secret = _secret(counted, levels)
    number = secret.total()
    if not number:
        return None
    if number < smallest:
        return Fault.KNOWN, number, f"all but {number} agencies are known by name"
    if max(_said(secret).values()) > number - 2:
        return Fault.ALIKE, number, "all say the same, or all but one"
    words = "" if figure.is_shares else _bound(number, _said(counted - secret), figure)
    return (Fault.ONE_SIDE, number, words) if words else None


def _bound(secret: int, named: Counter[str], figure: Published) -> str:
    """Say in which half of the numbers all secret agencies, or all but one, must be.

    At least half of all stand at or below a median, and as many at or above it; about half stand
    between the quartiles. Who is known by name is taken off: the rest must be secret agencies.
    """
    told = findings.spread_of([float(unit.value) for unit in figure.units])
    number, last, middle = len(figure.units), len(figure.units) - 1, told["median"]
    known = [(float(value), times) for value, times in named.items()]
    below = sum(times for one, times in known if one <= middle)
    above = sum(times for one, times in known if one >= middle)
    halves = {
        "at or below the median": floor(last / 2) + 1 - below,
        "at or above the median": number - ceil(last / 2) - above,
    }
    if "low" in told:
        inside = sum(times for one, times in known if told["low"] <= one <= told["high"])
        halves["between the quartiles"] = floor(last * 3 / 4) + 1 - ceil(last / 4) - inside
    found = (where for where, least in halves.items() if least > secret - 2)
    return next((f"all, or all but one, are {where}" for where in found), "")


def _differences(
    figures: list[Published], kinds: Kinds
) -> Iterator[tuple[tuple[str, ...], str, Kinds]]:
    """Yield what a subtraction leaves: one figure less another, or less all its parts.

    With it the names of the figures, and the subtraction in words.
    """
    inside = {figure.name: _in(figure.name, kinds) for figure in figures}
    for (one, ones), (other, others) in combinations(inside.items(), 2):
        is_older = one.partition("/")[2] == other.partition("/")[2]
        if ones.keys() < others.keys() or is_older:
            yield (other, one), f"{other} less {one}", _without(one, others)
        if others.keys() < ones.keys() or is_older:
            yield (one, other), f"{one} less {other}", _without(other, ones)
    for whole, counted in inside.items():
        rests: dict[str, tuple[tuple[str, ...], Kinds]] = {}
        for part, those in inside.items():
            if those.keys() < counted.keys():
                kind = part.partition(":")[0]
                names, rest = rests.get(kind, ((whole,), counted))
                rests[kind] = (*names, part), _without(part, rest)
        for kind, (names, rest) in rests.items():
            yield names, f"{whole} less {kind}", rest


def _members(one: Class, figures: list[Published], levels: frozenset[str]) -> list[Unit]:
    """Return the agencies of a class whose answers are secret."""
    held = {figure.name: {unit.revision for unit in figure.units} for figure in figures}
    units = {unit.revision: unit for figure in figures for unit in figure.units}
    return [
        unit
        for unit in units.values()
        if unit.sharing not in levels
        and {name for name, ids in held.items() if unit.revision in ids} == one
    ]


def _classes(kinds: Kinds) -> State:
    found: State = defaultdict(Counter)
    for kind, number in kinds.items():
        found[kind.names][kind.value] += number
    return dict(found)


def _could_differ(
    one: Class,
    value: str,
    classes: State,
    totals: Mapping[str, Counter[str]],
) -> bool:
    """Whether an agency of the class can have said something else, and the figures stand."""
    options = {value for counts in totals.values() for value in counts} - {value}
    for other in options:
        if _repaired({one: 1}, _Exchange(value, other, classes, totals), DEPTH):
            return True
    return False


@dataclass(frozen=True)
class _Exchange:
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
        return rounded(count + change, number) == rounded(count, number)

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
