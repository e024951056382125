"""Publish the totals of a wave as a frozen release, and try to take single agencies from it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count, islice
from typing import Any

from django.db import transaction

from accounts.models import User
from jobs.kinds import Progress, silent
from surveys import basis, comparing, counting, disclosure, findings, matching, snapshots
from surveys.attacks import Guard, Table
from surveys.basis import Kept
from surveys.counting import PANEL
from surveys.disclosure import SMALLEST, Published
from surveys.families import Family, Practice
from surveys.matched import Panel, Side
from surveys.models import Figure, Question, Release, Wave

AT_ONCE = 100_000  # answers that are looked at at once, so that memory stays bounded
ROWS = 10_000  # in one insert

Behind = tuple[Figure, list[int]]  # with the revisions that a shown figure counts


class TooSoon(Exception):
    """Too few agencies answered or changed anything since; figures would show which."""

    def __init__(self, changed: int) -> None:
        super().__init__(f"{changed} agencies changed")
        self.changed = changed


class AlreadyPublished(Exception):
    """Since it was asked for, the totals have been published."""

    def __init__(self, release: Release) -> None:
        super().__init__(f"release {release.number}")
        self.release = release


@dataclass(frozen=True)
class Place:
    """Where a figure stands: in which release of which wave, and over which group."""

    wave: str  # its slug; a later wave's release holds panel figures of this one
    release: int
    group: str


@dataclass(frozen=True)
class Leak:
    """Something that the published figures of one practice tell of single agencies."""

    question: Question
    part: str
    fault: disclosure.Fault
    audience: str  # "public" or "members"
    places: tuple[Place, ...]  # the figures that tell it together
    text: str
    number: int = 0  # of agencies
    value: str = ""  # what they must have answered


@snapshots.of_one_moment
@transaction.atomic
def publish(
    *,
    wave: Wave,
    by: User | None,
    now: datetime,
    after: int | None = None,
    progress: Progress = silent,
) -> Release:
    """Freeze the totals of this moment; a figure that would give an agency away is hidden.

    Earlier releases stay published, so each figure is tried together with them. The panel, agencies
    that also answered in the wave before, is one table more. Raises TooSoon when fewer agencies
    than a figure needs have changed since, and AlreadyPublished when there is a release with a
    higher number than `after`, the last one when it was asked for.
    """
    before = matching.before(wave)
    wave = _hold(wave)
    last = _last_of(wave, after)
    release = Release.objects.create(
        wave=wave,
        number=last.number + 1 if last else 1,
        published_at=now,
        published_by=by,
        earlier=before,
        handed_in=_handed_in(wave, before),
    )
    panel = Panel(release, last) if before else None
    done, total = count(1), sum(len(counting.parts_of(q)) for q in counting.questions_of(wave))
    for those in _portions(wave, str(release.number)):
        _Portion(release, last, those, panel).publish(lambda: progress(next(done), total))
    return release


def audit(wave: Wave, *, smallest: int = SMALLEST, progress: Progress = silent) -> Iterator[Leak]:
    """Try to derive single agencies from all that was published of the wave, and say what is found.

    What agencies let be read by name counts as known, as it is now.
    """
    done, total = 0, len(comparing.questions_of(wave.survey))
    for those in _portions(wave, "next"):
        progress(done, total)
        done += len(those.questions)
        guard = Guard(those, counting.published(wave, those), smallest)
        kept = basis.kept_places(those)
        for (key, part), found in guard.leaks():
            question = those.by_key[key]
            made = [_place(wave, name) for name in found.figures]
            again = (
                Place(one.wave, number, one.group)
                for one in made
                for number in kept[question.pk, part, one.wave, one.release, one.group]
            )
            said = (found.text, found.number, found.value)
            yield Leak(question, part, found.fault, found.audience, (*made, *again), *said)


def changed_since(wave: Wave) -> int:
    """Return how many agencies answered, withdrew or changed something since the last release.

    Of all answers that totals are made of, in figures that are shown or hidden alike.
    """
    last = wave.releases.order_by("-number").first()
    changed: set[int] = set()
    for those in _portions(wave, "next"):
        now = basis.of(those, counting.units(wave, those))
        then = basis.stored(last, wave, now)
        for question, said in now.items():
            changed |= basis.differing(said, then.get(question, {}))
    return len(changed)


class _Portion:
    """Some of a wave's questions, whole families of them, while their figures are made."""

    def __init__(
        self, release: Release, last: Release | None, those: Family, panel: Panel | None
    ) -> None:
        self.release, self.those, self.panel = release, those, panel
        self.said = counting.units(release.wave, those)
        self.guard = Guard(those, counting.published(release.wave, those))
        self.now = basis.of(those, self.said)
        self.kept = Kept(last, release.wave, self.now)
        self.table = Table(self.guard, str(release.number))

    def publish(self, step: Callable[[], None]) -> None:
        """Store the figures of these questions, shown or hidden, and what they were made of.

        Calls `step` after each practice.
        """
        if self.panel:
            self.panel.read(Side(self.those, self.said, self.guard))
        figures: list[Behind] = []
        for practice in self.said:
            figures += [self._figure(practice, group) for group in counting.GROUPS]
            figures += self._in_both(practice)
            step()
        Figure.objects.bulk_create([figure for figure, _revisions in figures])
        rows = ((figure.pk, pk) for figure, revisions in figures for pk in revisions)
        _link(Figure.counted.through, "figure_id", rows)
        made_of = basis.revisions([self.now, self.panel.basis if self.panel else {}])
        _link(Release.counted.through, "release_id", ((self.release.pk, pk) for pk in made_of))

    def _figure(self, practice: Practice, group: str) -> Behind:
        """Return a figure: as in the last release, or made anew, or hidden."""
        question = self.those.by_key[practice[0]]
        if kept := self.kept.figure(self.release, question, practice[1], group):
            figure, counted = kept
            if figure.number is not None:
                self.table.keep(practice, group, {*counted})
            return figure, [*counted.values()]
        found = self.table.decide(practice, group, self.said[practice])
        return self._made(question, practice[1], group, found)

    def _in_both(self, practice: Practice) -> list[Behind]:
        """Return the two figures of the agencies that are in the wave before as well."""
        if self.panel is None or not self.panel.is_asked(practice):
            return []
        if old := self.panel.kept(practice):
            return [(basis.copied(one, self.release), _behind(one)) for one in old]
        return [
            self._made(question, practice[1], group, found)
            for question, group, found in self.panel.figures(practice)
        ]

    def _made(self, question: Question, part: str, group: str, found: Published | None) -> Behind:
        figure = Figure(release=self.release, question=question, part=part, group=group)
        if found is None:
            return figure, []
        figure.number = len(found.units)
        figure.shown = findings.tally(question, found.units)
        return figure, [unit.revision for unit in found.units]


def _behind(figure: Figure) -> list[int]:
    if figure.number is None:
        return []
    return [*figure.counted.values_list("pk", flat=True)]


def _link(through: Any, name: str, rows: Iterable[tuple[int, int]]) -> None:
    """Store which answers stand behind figures, or a release, a part of them at a time."""
    made = (through(**{name: pk, "answerrevision_id": revision}) for pk, revision in rows)
    while some := list(islice(made, ROWS)):
        through.objects.bulk_create(some)


def _hold(wave: Wave) -> Wave:
    """Lock the waves of the questionnaire, so that nothing is published beside."""
    of_survey = Wave.objects.filter(survey__key=wave.survey.key)
    return {one.pk: one for one in snapshots.hold(of_survey)}[wave.pk]


def _handed_in(wave: Wave, before: Wave | None) -> dict[str, int]:
    """Return how many agencies have handed in, by group."""
    submitted = {*wave.responses.submitted().values_list("pk", flat=True)}
    places = counting.places(wave).items()
    found = Counter(group for pk, groups in places if pk in submitted for group in groups)
    both = matching.in_both(wave, before) if before else {}
    return dict(found) | ({PANEL: len({*both.values()})} if before else {})


def _last_of(wave: Wave, after: int | None) -> Release | None:
    """Return the last release, if enough agencies have changed something since; or raise."""
    last = wave.releases.order_by("-number").first()
    if last is not None and after is not None and last.number > after:
        raise AlreadyPublished(last)
    if last is not None and (changed := changed_since(wave)) < SMALLEST:
        raise TooSoon(changed)
    return last


def _portions(wave: Wave, label: str) -> Iterator[Family]:
    """Yield the wave's questions, linked ones together, as many as memory has room for."""
    size = max(1, AT_ONCE // max(1, wave.responses.submitted().count()))
    some: list[Question] = []
    for linked in counting.linked(wave):
        if not any(findings.is_counted(question) for question in linked):
            continue
        if some and len(some) + len(linked) > size:
            yield counting.family(wave, some, label)
            some = []
        some += linked
    if some:
        yield counting.family(wave, some, label)


def _place(wave: Wave, name: str) -> Place:
    """Return where the figure of this name stands; _name() has made it."""
    where, _slash, group = name.partition("/")
    *slug, number = where.split(" ")
    return Place(slug[0] if slug else wave.slug, int(number), group)
