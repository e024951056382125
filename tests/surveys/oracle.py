"""Brute force over all worlds of a small wave: what published figures and names leave possible.

It shares nothing with the portal: it gets the questionnaire, what is true, and what is told, as
plain data, and enumerates all assignments of answers that fit. What is the same in all is known.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from statistics import median
from typing import Any

Value = Any
Record = tuple[Value, ...]  # what one agency answers, question by question; None: not asked
ORDER = {"organisers": 0, "counted": 1, "members": 2, "public": 3}
LEVELS = {"public": ("public",), "members": ("public", "members")}


@dataclass(frozen=True)
class Asked:
    """One question: what can be answered, and what the answer to another one must be like."""

    key: str
    kind: str  # "one", "several", "rows" or "number"
    options: tuple[str, ...]  # of a number: those that agencies may say
    rows: tuple[str, ...] = ()
    alone: str = ""  # an option that is not combined with others
    after: str = ""  # the question that it follows
    when: tuple[str, tuple[str, ...]] = ("is", ())  # "is", "has" or "lacks" one; "above" a number
    again: str = ""  # the question whose answer this one is later: the same, if not changed

    def answers(self) -> list[Value]:
        """Return all answers there are."""
        if self.kind in ("one", "number"):
            return [*self.options]
        if self.kind == "rows":
            return [*product(self.options, repeat=len(self.rows))]
        some = [*product((True, False), repeat=len(self.options))]
        chosen = [tuple(o for o, on in zip(self.options, s, strict=True) if on) for s in some]
        return [c for c in chosen if c and (len(c) == 1 or self.alone not in c)]

    def is_asked_after(self, answer: Value) -> bool:
        """Whether it is asked, after this answer to the other question."""
        if answer is None:
            return False
        how, wanted = self.when
        if how == "above":
            return float(answer) > float(wanted[0])
        given = answer if isinstance(answer, tuple) else (answer,)
        return not set(given) & {*wanted} if how == "lacks" else bool(set(given) & {*wanted})

    def parts(self) -> tuple[str, ...]:
        """Return the parts of which figures are made."""
        return {"several": self.options, "rows": self.rows}.get(self.kind, ("",))

    def says(self, part: str, answer: Value) -> str:
        """Return what an answer says of one part."""
        if self.kind == "several":
            return "yes" if part in answer else "no"
        return str(answer[self.rows.index(part)] if self.kind == "rows" else answer)


@dataclass(frozen=True)
class Agency:
    """What one agency answers, with the level of each answer, and its groups."""

    record: Record
    levels: Mapping[str, str]
    groups: frozenset[str]
    absent: frozenset[str] = frozenset()  # keys of what it had not handed in
    changed: frozenset[str] = frozenset()  # keys of what it says anew


@dataclass(frozen=True)
class Figure:
    """What everybody reads of one practice over one group."""

    key: str
    part: str
    group: str
    number: int
    shares: Mapping[str, int | None]  # percent, rounded to five; None: nobody says it
    is_named_only: bool = False  # answers for totals alone are left out
    median: float | None = None  # of numbers, in the place of shares

    def most(self, value: str) -> int:
        """Return how many agencies can say this at most."""
        if self.median is not None:
            return self.number
        every = range(self.number + 1)
        return max((n for n in every if self._share(n) == self.shares[value]), default=0)

    def _share(self, count: int) -> int | None:
        return percent(count, self.number) if count else None

    def is_as_told(self, counts: Mapping[str, int]) -> bool:
        """Whether so many agencies can have said each."""
        if sum(counts.values()) != self.number:
            return False
        if self.median is None:
            return all(self._share(n) == self.shares[value] for value, n in counts.items())
        said = sorted(float(value) for value, n in counts.items() for _ in range(n))
        return median(said) == self.median


@dataclass
class Wave:
    """A questionnaire, its agencies, and what is published of them."""

    asked: list[Asked]
    agencies: list[Agency]
    figures: list[Figure]
    places: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.places = {one.key: at for at, one in enumerate(self.asked)}

    def records(self, agency: Agency | None = None) -> list[Record]:
        """Return every record that the questionnaire allows, of this agency or any."""
        found: list[Record] = [()]
        for one in self.asked:
            found = [(*old, said) for old in found for said in self._next(one, old, agency)]
        return found

    def _next(self, one: Asked, old: Record, agency: Agency | None) -> list[Value]:
        """Return what can be said next."""
        is_absent = agency is not None and one.key in agency.absent
        if is_absent or (one.after and not one.is_asked_after(old[self.places[one.after]])):
            return [None]
        if agency and one.again and one.key not in agency.changed | agency.absent:
            return [said] if (said := old[self.places[one.again]]) is not None else []
        return one.answers()

    def known(self, audience: str, insider: int | None) -> list[str]:
        """Say what this reader finds out of secret answers.

        Whether a follow-up was asked does not count where the figures of the questions before it
        say so: a table of choices tells, for example, that nobody chose one of them.
        """
        found = self.found(audience, insider)
        for at, one in enumerate(self.asked):
            if any(f" {one.key} asked" in said for said in found):
                before = {other.key for other in self.asked[:at]}
                figures = [figure for figure in self.figures if figure.key in before]
                plain = Wave(self.asked, self.agencies, figures).found(audience, insider)
                found = [s for s in found if f" {one.key} asked" not in s or s not in plain]
        return found

    def found(self, audience: str, insider: int | None) -> list[str]:
        """Say what is the same of a secret answer in all worlds."""
        possible = self._possible(audience, insider)
        found = []
        for at, agency in enumerate(self.agencies):
            for place, one in enumerate(self.asked):
                if at == insider or self._is_told(one, agency, audience):
                    continue
                name = f"{audience} {insider}: {at} {one.key}"
                seen = {record[place] for record in possible[at]}
                is_asked = {said is not None for said in seen}
                if (
                    one.after
                    and len(is_asked) == 1
                    and not self._is_parent_told(one, agency, audience)
                ):
                    found.append(f"{name} asked: {None not in seen}")
                if agency.record[place] is None or agency.levels[one.key] == "organisers":
                    continue
                for part in one.parts():
                    told = {said if said is None else one.says(part, said) for said in seen}
                    if len(told) == 1:
                        found.append(f"{name} {part} = {told.pop()}")
        return found

    def _is_told(self, one: Asked, agency: Agency, audience: str) -> bool:
        """Whether the answer is read by name, or that there is none follows from one that is."""
        if one.key in agency.absent:
            return True
        if agency.record[self.places[one.key]] is not None:
            return agency.levels[one.key] in LEVELS[audience]
        return self._is_parent_told(one, agency, audience)

    def _is_parent_told(self, one: Asked, agency: Agency, audience: str) -> bool:
        parent = next(other for other in self.asked if other.key == one.after)
        return self._is_told(parent, agency, audience)

    def _possible(self, audience: str, insider: int | None) -> list[set[Record]]:
        """Return what each agency can have answered, in any world that fits all that is told.

        What agencies add up to is one number: five bits for each figure and value.
        """
        cells = [(f, v) for f in self.figures for v in f.shares]
        every = [self._ways(at, audience, insider, cells) for at in range(len(self.agencies))]
        over = _packed([16] * len(cells))
        most = over + _packed([figure.most(value) for figure, value in cells])
        ahead = [{0}]
        for ways in every:
            sums = {old + way for old in ahead[-1] for way in ways}
            ahead.append({s for s in sums if (most - s) & over == over})
        back = {s for s in ahead[-1] if self._is_as_told(s, cells)}
        possible: list[set[Record]] = []
        for at in range(len(every) - 1, -1, -1):
            before, records = set(), set()
            for way, those in every[at].items():
                olds = {old for old in ahead[at] if old + way in back}
                if olds:
                    before |= olds
                    records |= those
            back = before
            possible.append(records)
        return possible[::-1]

    def _ways(
        self, at: int, audience: str, insider: int | None, cells: list[tuple[Figure, str]]
    ) -> dict[int, set[Record]]:
        """Return what the agency can add to the figures, with the records that add it."""
        agency = self.agencies[at]
        found: dict[int, set[Record]] = defaultdict(set)
        for record in [agency.record] if at == insider else self.records(agency):
            if any(
                self._is_told(one, agency, audience) and record[place] != agency.record[place]
                for place, one in enumerate(self.asked)
            ):
                continue
            for levels in self._levels(agency, record, audience, is_own=at == insider):
                found[self._adds(agency, record, levels, cells)].add(record)
        return found

    def _levels(
        self, agency: Agency, record: Record, audience: str, *, is_own: bool
    ) -> Iterable[dict[str, str]]:
        """Yield at which levels these answers can be; of a secret follow-up nobody knows."""
        choices = []
        for one, said in zip(self.asked, record, strict=True):
            is_free = one.after and not is_own and not self._is_told(one, agency, audience)
            choices.append(
                ("organisers", "counted", "members")
                if is_free and said is not None
                else (agency.levels[one.key],)
            )
        for levels in product(*choices):
            given = dict(zip(self.places, levels, strict=True))
            if all(
                said is None or self._can_be_read(one, agency, given)
                for one, said in zip(self.asked, record, strict=True)
            ):
                yield given

    def _can_be_read(self, one: Asked, agency: Agency, levels: Mapping[str, str]) -> bool:
        """Whether the answer can have its level beside what it follows, and what it was before."""
        if one.after and ORDER[levels[one.key]] > ORDER[levels[one.after]]:
            return False
        is_same = one.again and one.key not in agency.changed
        return not is_same or levels[one.key] == levels[one.again]

    def _adds(
        self,
        agency: Agency,
        record: Record,
        levels: Mapping[str, str],
        cells: list[tuple[Figure, str]],
    ) -> int:
        found = []
        for figure, value in cells:
            place = self.places[figure.key]
            said, level = record[place], levels[figure.key]
            is_in = figure.group in agency.groups and said is not None and level != "organisers"
            if is_in and figure.is_named_only:
                is_in = level != "counted"
            found.append(int(is_in and self.asked[place].says(figure.part, said) == value))
        return _packed(found)

    def _is_as_told(self, sums: int, cells: list[tuple[Figure, str]]) -> bool:
        counts: dict[int, dict[str, int]] = defaultdict(dict)
        for at, (figure, value) in enumerate(cells):
            counts[id(figure)][value] = sums >> 5 * at & 31
        return all(figure.is_as_told(counts[id(figure)]) for figure in self.figures)


def _packed(numbers: list[int]) -> int:
    return sum(number << 5 * at for at, number in enumerate(numbers))


def percent(count: int, number: int) -> int:
    """Return a share in percent, to five."""
    return 5 * round(20 * count / number)
