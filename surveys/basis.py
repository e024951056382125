"""What a release is made of, and which of its figures the next one keeps.

A figure changes, appears or disappears only where at least as many agencies changed something
behind it as a figure needs. Otherwise it would tell what the few did: it stays as it is, shown or
hidden, and readers cannot tell whether nobody changed anything or a few did.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from surveys import counting
from surveys.counting import Said
from surveys.disclosure import SMALLEST
from surveys.families import Family
from surveys.models import Figure, Question, Release, Wave

Basis = dict[int, dict[int, int]]  # by question: the revision that each response counted with


def of(those: Family, said: Said) -> Basis:
    """Return what agencies say now to the questions of which totals are made."""
    found: Basis = {those.by_key[key].pk: {} for key, _part in said}
    for (key, _part), units in said.items():
        found[those.by_key[key].pk] |= {unit.response: unit.revision for unit in units}
    return found


def stored(release: Release | None, wave: Wave, questions: Iterable[int]) -> Basis:
    """Return what agencies said to these questions when the release was made."""
    found: Basis = defaultdict(dict)
    if release is None:
        return found
    rows = Release.counted.through.objects.filter(
        release=release,
        answerrevision__question__in=[*questions],
        answerrevision__response__wave=wave,
    )
    told = ("answerrevision", "answerrevision__question", "answerrevision__response")
    for revision, question, response in rows.values_list(*told):
        found[question][response] = revision
    return found


def differing(now: Mapping[int, object], then: Mapping[int, object]) -> set[int]:
    """Return those that say something else, or only count now, or only did then."""
    return {one for one in now.keys() | then.keys() if now.get(one) != then.get(one)}


def made_in(figure: Figure) -> Release:
    """Return the release in which the figure was made; those after it have only kept it.

    Changes count from there on: what few do in each of many releases adds up, and who goes and
    comes back has changed nothing.
    """
    return figure.as_of or figure.release


class Earlier:
    """What agencies said to some questions when figures were made; each release is read once."""

    def __init__(self, wave: Wave, questions: Collection[int]) -> None:
        self.wave, self.questions = wave, questions
        self._bases: dict[int, Basis] = {}

    def behind(self, figure: Figure) -> Basis:
        """Return what was said when this figure was made."""
        release = made_in(figure)
        if release.pk not in self._bases:
            self._bases[release.pk] = stored(release, self.wave, self.questions)
        return self._bases[release.pk]


class Kept:
    """The figures of the last release, and which of them stay."""

    def __init__(self, last: Release | None, wave: Wave, now: Basis) -> None:
        self.last, self.wave, self.now = last, wave, now
        self.figures: dict[tuple[int, str, str], Figure] = {}
        self.counted: dict[int, dict[int, int]] = defaultdict(dict)  # by figure: response, revision
        self.places: dict[int, frozenset[str]] = {}
        self._earlier = Earlier(wave, now)
        if last:
            self._load(last)

    def _load(self, last: Release) -> None:
        figures = Figure.objects.filter(release=last, question__in=self.now)
        found = figures.exclude(group__in=[counting.PANEL, counting.PANEL_BEFORE])
        for figure in found.select_related("as_of", "release"):
            self.figures[figure.question_id, figure.part, figure.group] = figure
        through = Figure.counted.through.objects
        told = ("figure", "answerrevision__response", "answerrevision")
        for pk, response, revision in through.filter(figure__in=found).values_list(*told):
            self.counted[pk][response] = revision
        self.places = counting.places(self.wave)

    def figure(
        self, release: Release, question: Question, part: str, group: str
    ) -> tuple[Figure, dict[int, int]] | None:
        """Return a figure that stays as it is, with what it counts; None if it is made anew."""
        old = self.figures.get((question.pk, part, group))
        if old is None:
            return None
        then = self._earlier.behind(old).get(question.pk, {})
        changed = differing(self.now[question.pk], then)
        if sum(group in self.places[one] for one in changed) >= SMALLEST:
            return None
        counted = {} if old.number is None else self.counted[old.pk]
        return copied(old, release), counted


def copied(old: Figure, release: Release) -> Figure:
    """Return the figure as it stands in the next release; not stored yet."""
    place = {"question_id": old.question_id, "part": old.part, "group": old.group}
    says = {"number": old.number, "shown": old.shown}
    return Figure(release=release, as_of=made_in(old), **says, **place)


def kept_places(those: Family) -> dict[tuple[int, str, str, int, str], list[int]]:
    """Return by what a figure is of, and where it was made, the later releases that kept it."""
    found: dict[tuple[int, str, str, int, str], list[int]] = defaultdict(list)
    pks = [question.pk for question in those.questions]
    kept = Figure.objects.filter(question__in=pks, as_of__isnull=False)
    place = ("question", "part", "release__wave__slug", "as_of__number", "group")
    for *where, number in kept.order_by("pk").values_list(*place, "release__number"):
        question, part, wave, made, group = where
        found[question, part, wave, made, group].append(number)
    return found


def revisions(bases: Iterable[Basis]) -> Collection[int]:
    """Return all revisions of these."""
    return {pk for basis in bases for said in basis.values() for pk in said.values()}
