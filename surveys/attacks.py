"""Whether figures of linked questions, taken together, give single agencies away: pure functions.

A follow-up tells what the answer was that it follows. So the attacker knows the questionnaire:
conditions, choices that stand alone, all parts of one question. That an answer is not given away is
proved by another world in which it differs, and all that is published or read by name is the same:

1. Two agencies that the same figures count exchange what they say of one practice, where neither
   needs another answer for it; or a few agencies do, within what rounding hides (disclosure.py).
2. They exchange all that they chose in one question.
3. They exchange a question with all its follow-ups.
4. So do agencies that different figures of the question count, where these round the same.

At least two agencies have to be there to exchange with: one of them may be the attacker. What is
not proved counts as given away.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping

from surveys import conditions, disclosure, findings
from surveys.crossing import Adds, Crossing
from surveys.disclosure import NAMED, OTHERS, SMALLEST, Fault, Leak, Published
from surveys.entries import Entry
from surveys.families import (
    NOT_ASKED,
    Family,
    Levels,
    Practice,
    Record,
    clauses_of,
    is_beside_its_parents,
)
from surveys.findings import Unit
from surveys.models import Question, SharingLevel

Shown = Mapping[Practice, list[Published]]
Likeness = tuple[Hashable, ...]
Classes = Mapping[int, Likeness]  # by response: those alike may exchange
Across = tuple[Likeness, Adds]
Tallies = dict[Hashable, Counter[str | None]]
Doubt = tuple[set[int], str]  # responses, and what they seem to have said

ASKED, UNKNOWN = "asked", "unknown"
OPPOSITE = {ASKED: (NOT_ASKED,), NOT_ASKED: (ASKED,), UNKNOWN: (ASKED, NOT_ASKED)}


class Guard:
    """All figures that are shown of linked questions, and whether one more gives anybody away."""

    def __init__(self, family: Family, shown: Shown, smallest: int = SMALLEST) -> None:
        self.family, self.smallest = family, smallest
        self.shown = {practice: [*figures] for practice, figures in shown.items()}
        self._doubts: dict[tuple[Practice, str], list[Doubt]] = {}

    def take(self, practice: Practice, figure: Published) -> bool:
        """Add a figure if it is safe beside the others; say whether it was."""
        is_safe = self.is_safe(practice, figure)
        if is_safe:
            self.add(practice, figure)
        return is_safe

    def add(self, practice: Practice, figure: Published) -> None:
        """Add a figure that has been tried."""
        self.shown.setdefault(practice, []).append(figure)
        for audience in NAMED:
            self._doubts.pop((practice, audience), None)

    def is_safe(self, practice: Practice, figure: Published) -> bool:
        """Whether no agency can be picked out when this figure is shown as well."""
        figures = [*self.shown.get(practice, []), figure]
        if next(disclosure.bounds(figures, self.smallest), None):
            return False
        beside = self._beside(practice[0]) | {practice: figures}
        trial = Guard(self.family, beside, self.smallest)
        trial._doubts = {key: found for key, found in self._doubts.items() if key[0] != practice}
        is_safe = next(trial.derived(), None) is None
        self._doubts |= {key: found for key, found in trial._doubts.items() if key[0] != practice}
        return is_safe

    def leaks(self) -> Iterator[tuple[Practice, Leak]]:
        """Yield what the figures of these questions, taken together, tell of single agencies."""
        for practice, figures in self.shown.items():
            yield from ((practice, leak) for leak in disclosure.bounds(figures, self.smallest))
        yield from self.derived()

    def derived(self) -> Iterator[tuple[Practice, Leak]]:
        """Yield what follows from the figures together, though each by itself is safe."""
        first = {key: (key, part) for key, part in reversed(self.shown)}
        for audience, levels in NAMED.items():
            attack = _Attack(self.family, self.shown, levels)
            for practice, figures in self.shown.items():
                names = tuple(figure.name for figure in figures)
                for number, value in attack.left(practice, self._doubted(practice, audience)):
                    text = f"{audience}: {number} agencies must have said {value!r}"
                    yield practice, Leak(Fault.DERIVED, audience, names, text, number, value)
            for key, practice in first.items():
                if number := attack.known_asked(key):
                    names = tuple(figure.name for figure in self.shown[practice])
                    text = f"{audience}: of {number} agencies it is known whether they were asked"
                    yield practice, Leak(Fault.ASKED, audience, names, text, number)

    def _beside(self, key: str) -> dict[Practice, list[Published]]:
        """Return the figures of a question, and of those that conditions link with it."""
        linked = self.family.linked[key]
        return {one: figures for one, figures in self.shown.items() if one[0] in linked}

    def _doubted(self, practice: Practice, audience: str) -> list[Doubt]:
        place = practice, audience
        if place not in self._doubts:
            found = disclosure.derived(self.shown[practice], NAMED[audience])
            self._doubts[place] = [*found]
        return self._doubts[place]


class Table:
    """The figures of one release over the fixed groups, each decided beside all the others."""

    def __init__(self, guard: Guard, label: str) -> None:
        self.guard, self.label = guard, label
        self.counted: dict[str, dict[Practice, set[int]]] = defaultdict(dict)  # by group

    def keep(self, practice: Practice, group: str, responses: set[int]) -> None:
        """Note that a figure of an earlier release stays."""
        self.counted[group][practice] = responses

    def decide(self, practice: Practice, group: str, units: list[Unit]) -> Published | None:
        """Return the figure if it is safe; at need without those not named. None: it is hidden.

        That of a follow-up is shown only beside what it tells of its parents, over them all.
        """
        family = self.guard.family
        question = family.by_key[practice[0]]
        is_shares = question.type in findings.SHARED_OUT
        those = [unit for unit in units if group in unit.groups]
        named = [unit for unit in those if unit.sharing != SharingLevel.COUNTED]
        for chosen in (those, named) if len(named) < len(those) else (those,):
            figure = Published(f"{self.label}/{group}", tuple(chosen), is_shares)
            said = {unit.response for unit in chosen}
            if not is_beside_its_parents(question, said, self.counted[group], family.by_key):
                continue
            if self.guard.take(practice, figure):
                self.counted[group][practice] = said
                return figure
        return None


class _Attack:
    """One kind of reader, and figures of a family that are shown."""

    def __init__(self, family: Family, shown: Shown, levels: Levels) -> None:
        self.family, self.shown, self.levels = family, shown, levels
        self.figures: dict[str, list[Published]] = defaultdict(list)  # by question's key
        for (key, _part), figures in shown.items():
            self.figures[key] += figures
        self._counting: dict[str, dict[int, frozenset[str]]] = {}
        self._classes: dict[str, Classes] = {}
        self._crossings: dict[str, Crossing] = {}

    def counting(self, key: str) -> dict[int, frozenset[str]]:
        """Return the names of the figures of a question that count each response."""
        if key not in self._counting:
            self._counting[key] = _counting(self.figures.get(key, []))
        return self._counting[key]

    def left(self, practice: Practice, doubts: Iterable[Doubt]) -> Iterator[tuple[int, str]]:
        """Yield of how many agencies the answer must be what it is, with the answer."""
        doubts = [*doubts]
        if not doubts:
            return
        said = _said(self.shown[practice])
        ways = [(classes, _tallies(said, classes)) for classes in self._ways(practice[0])]
        for responses, value in doubts:
            left = set(responses)
            for classes, tallies in ways:
                left -= _all_proved(left, value, said, classes, tallies)
            if left:
                yield len(left), value

    def _ways(self, key: str) -> Iterator[Classes]:
        if self.family.by_key[key].type == Question.Type.MULTIPLE_CHOICE:
            yield self._choosing(key)
        for top in [key, *sorted(self.family.before[key])]:
            if self.family.below[top]:
                yield self._with_follow_ups(top)

    def known_asked(self, key: str) -> int:
        """Return of how many agencies it can be found out whether they were asked a follow-up."""
        family = self.family
        if not family.before[key] or not self.figures.get(key):
            return 0
        found: set[int] = set()
        for label in {_label(figure.name) for figure in self.figures[key]}:
            figures = [one for one in self.figures[key] if _label(one.name) == label]
            counted = {unit.response for figure in figures for unit in figure.units}
            asked = {one: self._asked(key, record, counted) for one, record in self._all()}
            left = {one for one, record in self._all() if self._is_attacked(key, record, figures)}
            for top in sorted(family.before[key]):
                left -= _opposed(left, asked, self._with_follow_ups(top))
                left -= self._opposed_across(left, asked, top)
            found |= left
        return len(found)

    def _all(self) -> Iterable[tuple[int, Record]]:
        return self.family.records.items()

    def _is_attacked(self, key: str, record: Record, figures: list[Published]) -> bool:
        """Whether figures count the agency, or leave it out, and nobody knows why by name."""
        family = self.family
        if not any(_may_count(figure.name, record) for figure in figures):
            return False
        roots = [one for one in family.before[key] if not family.before[one]]
        shown = [self.counting(one) for one in roots if self.figures.get(one)]
        is_counted = record.response in self.counting(key)
        is_elsewhere = any(record.response not in counted for counted in shown)
        if not is_counted and (is_elsewhere or self._is_left_out(key, record, figures)):
            return False  # nothing that is published has to do with it
        return not family.is_asked_known(key, record, self.levels)

    def _is_left_out(self, key: str, record: Record, figures: list[Published]) -> bool:
        """Whether the figures are of named answers, and the agency's would be for totals alone."""
        bound = {self.family.level(one, record) for one in self.family.before[key]}
        every = {unit.sharing for figure in figures for unit in figure.units}
        return SharingLevel.COUNTED in bound - every

    def _asked(self, key: str, record: Record, counted: set[int]) -> str:
        family = self.family
        if record.response in counted:
            return ASKED
        if record.is_open or not record.changed.isdisjoint({key, *family.before[key]}):
            return UNKNOWN
        return ASKED if key in family.applying(record) else NOT_ASKED

    def _choosing(self, key: str) -> Classes:
        """Return who may exchange all choices of one question."""
        place = f"choices of {key}"
        if place not in self._classes:
            parts = [_counting(figs) for (asked, _p), figs in self.shown.items() if asked == key]
            self._classes[place] = {
                response: (*(counted.get(response) for counted in parts), met)
                for response, met in self._free_choosers(key)
            }
        return self._classes[place]

    def _free_choosers(self, key: str) -> Iterator[tuple[int, Hashable]]:
        """Yield whose choices are secret, with what follow-ups ask of them."""
        family = self.family
        for response in self.counting(key):
            record = family.records.get(response)
            if record is None or record.is_open or key in record.changed:
                continue
            if not family.is_told(key, record, self.levels):
                yield response, family.met(key, record.entries.get(key, Entry()))

    def _with_follow_ups(self, top: str) -> Classes:
        """Return who may exchange a question with all its follow-ups, and theirs.

        The figures of the agencies in two waves count who was asked in both: where such a figure
        of a follow-up is shown, nobody may.
        """
        if top not in self._classes:
            family = self.family
            moved = [top, *sorted(family.below[top])]
            names = {f.name for key in moved[1:] for f in self.figures.get(key, [])}
            is_hindered = any("/panel" in name for name in names)
            found = {
                one: self._likeness(top, moved, names, record)
                for one, record in (() if is_hindered else self._all())
            }
            self._classes[top] = {one: like for one, like in found.items() if like is not None}
        return self._classes[top]

    def _opposed_across(self, left: set[int], asked: Mapping[int, str], top: str) -> set[int]:
        """Return who could exchange with agencies that other figures of the question count."""
        kinds = self._across(top) if left else {}
        numbers = Counter((kind, asked[one]) for one, kind in kinds.items())
        proved: dict[Hashable, bool] = {}
        for kind, said in {(kinds[one], asked[one]) for one in left if one in kinds}:
            found: Counter[str] = Counter()
            for (other, theirs), number in numbers.items():
                if theirs in OPPOSITE[said] and kind[0] == other[0]:
                    found[theirs] += number * self._crossings[top].may_exchange(kind[1], other[1])
            proved[kind, said] = all(found[one] >= OTHERS for one in OPPOSITE[said])
        return {one for one in left if one in kinds and proved[kinds[one], asked[one]]}

    def _across(self, top: str) -> dict[int, Across]:
        """Return of each agency that may exchange what it adds to the question's figures."""
        figures = [(place, f) for place, those in self.shown.items() for f in those]
        mine = [(place, f) for place, f in figures if place[0] == top]
        if not mine or self.family.by_key[top].type == Question.Type.MATRIX:
            return {}
        self._crossings[top] = crossing = Crossing([figure for _place, figure in mine])
        said = {place: _said(self.shown[place]) for place, _figure in mine}
        found: dict[int, Across] = {}
        for response, like in self._with_follow_ups(top).items():
            record = self.family.records[response]
            is_in = [response in figure.values for _place, figure in mine]
            may_be = [_may_count(figure.name, record) for _place, figure in mine]
            is_odd = any(
                a != b and "/panel" not in figure.name
                for a, b, (_place, figure) in zip(is_in, may_be, mine, strict=True)
            )
            values = [said[place][_label(f.name)].get(response) for place, f in mine]
            if not is_odd and (adds := crossing.adds(values, is_in)) is not None:
                found[response] = (like[1:], adds)
        return found

    def _likeness(
        self, top: str, moved: list[str], names: set[str], record: Record
    ) -> Likeness | None:
        """Return in what agencies have to be alike; None if this one cannot exchange."""
        family, levels = self.family, self.levels
        outside = sorted({one for key in moved for one in family.parents[key]} - {*moved})
        read = tuple(family.read(key, record, levels) for key in moved)
        fixed = {key for key, known in zip(moved, read, strict=True) if known is not None}
        if not record.changed.isdisjoint({*outside, *fixed}):
            return None
        applying = family.applying(record)
        answered = {key: e for key, e in record.entries.items() if key in applying}
        met = tuple(
            conditions.is_met({"all": [clause]}, answered)
            for key in moved
            for clause in clauses_of(family.by_key[key])
            if clause["question"] in outside
        )
        level = tuple(family.level(key, record) for key in [top, *outside])
        counted = self.counting(top).get(record.response, frozenset())
        may_count = frozenset(name for name in names if _may_count(name, record))
        return (counted, may_count, met, level, read, record.changed & {*moved})


def _label(name: str) -> str:
    return name.partition("/")[0]


def _may_count(name: str, record: Record) -> bool:
    """Whether a figure is over a group to which the agency belongs, and of after it handed in."""
    label, _slash, group = name.partition("/")
    return group in record.groups and label in record.handed_in


def _counting(figures: list[Published]) -> dict[int, frozenset[str]]:
    """Return the names of the figures that count each response."""
    bits: dict[int, int] = defaultdict(int)  # a bit for each figure
    for at, figure in enumerate(figures):
        for response in figure.values:
            bits[response] |= 1 << at
    names = {
        place: frozenset(figure.name for at, figure in enumerate(figures) if place >> at & 1)
        for place in {*bits.values()}
    }
    return {response: names[place] for response, place in bits.items()}


def _said(figures: list[Published]) -> dict[str, dict[int, str]]:
    """Return what each response counted with in each release."""
    found: dict[str, dict[int, str]] = defaultdict(dict)
    for figure in figures:
        found[_label(figure.name)].update(figure.values)
    return found


def _tallies(said: Mapping[str, Mapping[int, str]], classes: Classes) -> dict[str, Tallies]:
    """Count by release what those who are alike said; None: nothing that counts."""
    found: dict[str, Tallies] = {}
    for label, values in said.items():
        tallies: Tallies = defaultdict(Counter)
        found[label] = tallies
        for response, like in classes.items():
            tallies[like][values.get(response)] += 1
    return found


def _all_proved(
    left: set[int],
    value: str,
    said: Mapping[str, Mapping[int, str]],
    classes: Classes,
    tallies: Mapping[str, Tallies],
) -> set[int]:
    """Return who could have said something else in each release, for all that is published."""
    proved = {one for one in left if one in classes}
    for label, values in said.items():
        for one in [one for one in proved if values.get(one) == value]:
            tally = tallies[label][classes[one]]
            if tally.total() - tally[value] < OTHERS:
                proved.discard(one)
    return proved


def _opposed(left: set[int], asked: Mapping[int, str], classes: Classes) -> set[int]:
    """Return who could have been asked, and could have not been."""
    tallies: dict[Hashable, Counter[str]] = defaultdict(Counter)
    for response, like in classes.items():
        tallies[like][asked[response]] += 1
    return {
        one
        for one in left
        if one in classes
        and all(tallies[classes[one]][said] >= OTHERS for said in OPPOSITE[asked[one]])
    }
