"""Whether published figures of one practice give single agencies away: pure functions.

The attacker knows every agency's level and size, who was counted where, everything that is named
to him, all figures of all releases, and what one agency knows of itself. Agencies that stand in
just the same figures cannot be told apart; they are a class. An agency's answer is derived when
its whole class must have given it, in every way of filling the figures in. Of numbers, a median or
quartile must not leave all secret agencies on one side of it.

What practices tell of each other is tried in families.py, with the same agencies.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import combinations, islice
from math import ceil, floor
from typing import Any

from surveys import findings
from surveys.exchanging import Class, Exchange, State, repaired
from surveys.findings import Unit
from surveys.models import READ_BY_ALL, READ_BY_MEMBERS

SMALLEST = 5  # agencies
OTHERS = 2  # agencies with another answer, so that one is left that the attacker is not
NEAREST = 20  # numbers that are tried instead of an agency's own
NAMED = {  # what each audience reads by name
    "public": READ_BY_ALL,
    "members": READ_BY_MEMBERS,
}


@dataclass(frozen=True)
class Published:
    """One shown figure: which agencies it counts, as which release and group."""

    name: str  # "2/level:city"
    units: tuple[Unit, ...]
    is_shares: bool = True

    @cached_property
    def values(self) -> dict[int, str]:
        """What each response says."""
        return {unit.response: str(unit.value) for unit in self.units}


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
    turns: frozenset[str] | None = None  # what else it could say alone; see Unit

    def can_say(self, value: str) -> bool:
        """Whether this can be said instead, and nothing else changes."""
        return self.turns is None or value in self.turns


Kinds = Counter[Kind]


def is_safe(figures: list[Published], smallest: int = SMALLEST) -> bool:
    """Whether these figures of one practice, taken together, give nobody away."""
    if any(len(figure.units) < smallest for figure in figures):
        return False
    return next(leaks(figures, smallest), None) is None


def leaks(figures: list[Published], smallest: int = SMALLEST) -> Iterator[Leak]:
    """Say what an attacker can take from these figures of a practice that is linked to none."""
    yield from bounds(figures, smallest)
    for audience, levels in NAMED.items():
        for responses, value in derived(figures, levels):
            names = tuple(figure.name for figure in figures if responses & figure.values.keys())
            text = f"{audience}: {len(responses)} agencies must have said {value!r}"
            yield Leak(Fault.DERIVED, audience, names, text, len(responses), value)


def bounds(figures: list[Published], smallest: int = SMALLEST) -> Iterator[Leak]:
    """Say which figures, or subtractions of them, are of too few agencies or too much alike."""
    kinds = _kinds(figures)
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


def derived(figures: list[Published], levels: frozenset[str]) -> Iterator[tuple[set[int], str]]:
    """Yield the responses whose answer must be what it is, with the answer.

    `levels` are those that the attacker reads by name. He may also be one of the agencies.
    """
    members = _members(figures)
    kinds = Counter({kind: len(units) for kind, units in members.items()})
    secret = _secret(kinds, levels)
    is_shares = all(figure.is_shares for figure in figures)
    partners = _partners(secret, is_shares)
    doubtful = [kind for kind in secret if partners[kind] < OTHERS]
    if not doubtful:
        return
    numbers = None if is_shares else _Numbers(figures, [*kinds])
    totals = {figure.name: _said(_in(figure.name, kinds)) for figure in figures}
    insiders = _insiders(members, levels)
    for kind in doubtful:
        if numbers is None:
            could_differ = _could_differ(kind, secret, insiders, totals)
        else:
            could_differ = numbers.could_differ(kind, secret)
        if not could_differ:
            yield {unit.response for unit in members[kind]}, kind.value


def _partners(kinds: Kinds, is_shares: bool) -> Counter[Kind]:
    """Return how many agencies of its class each could exchange its answer with for another one."""
    if not is_shares:
        every, same = Counter[Any](), Counter[Any]()
        for kind, number in kinds.items():
            every[kind.names, kind.turns] += number
            same[kind.names, kind.turns, kind.value] += number
        return Counter(
            {k: every[k.names, k.turns] - same[k.names, k.turns, k.value] for k in kinds}
        )
    classes: dict[Class, list[Kind]] = defaultdict(list)
    for kind in kinds:
        classes[kind.names].append(kind)
    return Counter(
        {k: sum(kinds[o] for o in classes[k.names] if _may_exchange(k, o)) for k in kinds}
    )


def _may_exchange(one: Kind, other: Kind) -> bool:
    return one.value != other.value and one.can_say(other.value) and other.can_say(one.value)


def _kinds(figures: list[Published]) -> Kinds:
    """Count the agencies that are alike."""
    return Counter({kind: len(units) for kind, units in _members(figures).items()})


def _members(figures: list[Published]) -> dict[Kind, list[Unit]]:
    """Return the agencies that are alike, by what is alike."""
    places: dict[int, int] = defaultdict(int)  # by revision: a bit for each figure
    for at, figure in enumerate(figures):
        for unit in figure.units:
            places[unit.revision] |= 1 << at
    units = {unit.revision: unit for figure in figures for unit in figure.units}
    found: dict[Any, list[Unit]] = defaultdict(list)
    for one in units.values():
        found[places[one.revision], one.sharing, str(one.value), one.turns].append(one)
    names = {
        place: frozenset(figure.name for at, figure in enumerate(figures) if place >> at & 1)
        for place in {*places.values()}
    }
    return {Kind(names[place], *said): those for (place, *said), those in found.items()}


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


def _insiders(members: Mapping[Kind, list[Unit]], levels: frozenset[str]) -> set[tuple[Kind, ...]]:
    """Return what each agency knows of itself: all that it ever said, each kind of agency once."""
    found: dict[int, list[Kind]] = defaultdict(list)
    for kind, units in members.items():
        if kind.sharing not in levels:
            for unit in units:
                found[unit.response].append(kind)
    return {tuple(kinds) for kinds in found.values()}


def _could_differ(
    kind: Kind,
    kinds: Kinds,
    insiders: Iterable[tuple[Kind, ...]],
    totals: Mapping[str, Counter[str]],
) -> bool:
    """Whether an agency can have said something else, whichever one the attacker is."""
    options = sorted({value for counts in totals.values() for value in counts} - {kind.value})
    for left in _without_one(kind, kinds, insiders):
        if any(one.names == kind.names and _may_exchange(kind, one) for one in left):
            continue
        ways = (
            Exchange(kind.value, other, _movable(left, kind.value, other), totals)
            for other in options
            if kind.can_say(other)
        )
        if not any(repaired({kind.names: 1}, way) for way in ways):
            return False
    return True


def _without_one(kind: Kind, kinds: Kinds, insiders: Iterable[tuple[Kind, ...]]) -> Iterator[Kinds]:
    """Yield the agencies that the attacker has to guess: all of them, or all but his own."""
    yield kinds
    for insider in insiders:
        if kinds[kind] > insider.count(kind):
            yield kinds - Counter(insider)


def _movable(kinds: Kinds, value: str, other: str) -> State:
    """Count the agencies that say one of two values, and can say the other one."""
    found: State = defaultdict(Counter)
    for kind, number in kinds.items():
        for said, instead in ((value, other), (other, value)):
            if kind.value == said and kind.can_say(instead):
                found[kind.names][said] += number
    return dict(found)


class _Numbers:
    """Numbers that could be other ones, while every median and quartile stays as published."""

    def __init__(self, figures: list[Published], kinds: list[Kind]) -> None:
        self.said = {f.name: [float(unit.value) for unit in f.units] for f in figures}
        self.told = {name: self._told(said) for name, said in self.said.items()}
        self.kinds = kinds

    def could_differ(self, kind: Kind, secret: Kinds) -> bool:
        """Whether an agency can have said another number, whichever one the attacker is."""
        mine = float(kind.value)
        alike = [one for one in self.kinds if one.turns == kind.turns and one.value != kind.value]
        near = sorted(alike, key=lambda one: abs(float(one.value) - mine))
        if any(self._stands([(kind.names, mine, float(o.value))]) for o in near[:NEAREST]):
            return True
        others = islice((one for one in near if secret[one]), NEAREST)
        return sum(secret[one] for one in others if self._is_swapped(kind, one)) >= OTHERS

    def _is_swapped(self, one: Kind, other: Kind) -> bool:
        mine, theirs = float(one.value), float(other.value)
        return self._stands([(one.names, mine, theirs), (other.names, theirs, mine)])

    def _stands(self, changes: list[tuple[Class, float, float]]) -> bool:
        for name in {name for names, _old, _new in changes for name in names}:
            said = [*self.said[name]]
            for names, old, new in changes:
                if name in names:
                    said.remove(old)
                    said.append(new)
            if self._told(said) != self.told[name]:
                return False
        return True

    def _told(self, said: list[float]) -> dict[str, float]:
        return {name: findings.coarse(n) for name, n in findings.spread_of(said).items()}
