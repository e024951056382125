"""Publish the totals of a wave as a frozen release, and try to take single agencies from it."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import islice

from django.db import transaction

from accounts.models import User
from agencies.models import Agency
from surveys import comparing, disclosure, findings, matching
from surveys.disclosure import Published
from surveys.findings import Unit
from surveys.models import (
    Answer,
    AnswerRevision,
    Figure,
    Question,
    Release,
    SharingLevel,
    Wave,
)

SIZES = {  # the directory's bands, merged so that groups are large
    "under_50k": "small",
    "50k_250k": "small",
    "250k_1m": "middle",
    "1m_5m": "large",
    "5m_10m": "large",
    "over_10m": "large",
}
GROUPS = (  # the fixed tables: all agencies, and each of these alone; never two at once
    "",
    *(f"level:{level}" for level in Agency.Level.values),
    *(f"size:{size}" for size in dict.fromkeys(SIZES.values())),
)
PANEL, PANEL_BEFORE = "panel", "panel-before"  # agencies in two waves: what they say, and said

AT_ONCE = 100_000  # answers that are looked at at once, so that memory stays bounded
ROWS = 10_000  # in one insert

Practice = tuple[Question, str]
Kept = list[tuple[Figure, Published | None]]


class TooSoon(Exception):
    """Too few agencies answered or changed anything since; figures would show which."""

    def __init__(self, changed: int) -> None:
        super().__init__(f"{changed} agencies changed")
        self.changed = changed


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


@transaction.atomic
def publish(*, wave: Wave, by: User | None, now: datetime) -> Release:
    """Freeze the totals of this moment; a figure that would give an agency away is hidden.

    Earlier releases stay published, so each figure is tried together with them. The panel, agencies
    that also answered in the wave before, is one table more. Raises TooSoon when fewer agencies
    than a figure needs have changed since.
    """
    before = matching.before(wave)
    wave = _hold(wave, before)
    release = Release.objects.create(
        wave=wave,
        number=_next_number(wave),
        published_at=now,
        published_by=by,
        earlier=before,
        handed_in=_handed_in(wave, before),
    )
    panel = _Panel(release) if before else None
    for questions in _portions(wave):
        _keep(_figures(release, questions, panel))
    return release


def audit(wave: Wave, *, smallest: int = disclosure.SMALLEST) -> Iterator[Leak]:
    """Try to derive single agencies from all that was published of the wave, and say what is found.

    What agencies let be read by name counts as known, as it is now.
    """
    for questions in _portions(wave):
        by_key = {question.pk: question for question in questions}
        for (pk, part), figures in _published(wave, questions).items():
            for found in disclosure.leaks(figures, smallest):
                places = tuple(_place(wave, name) for name in found.figures)
                said = (found.text, found.number, found.value)
                yield Leak(by_key[pk], part, found.fault, found.audience, places, *said)


def changed_since(wave: Wave) -> int:
    """Return how many agencies answered, withdrew or changed something since the last release."""
    return len(_changed(wave, wave.releases.order_by("-number").first()))


class _Panel:
    """The agencies that answered in the wave before as well: a figure for each of the two."""

    def __init__(self, release: Release) -> None:
        assert release.earlier is not None  # noqa: S101 who calls has seen to it
        self.release, self.then = release, release.earlier
        self.agency = matching.in_both(release.wave, self.then)
        self.asked = {one.key: one for one in _counted_questions(self.then)}
        now, then = release.wave.survey, self.then.survey
        self.same = matching.comparable(self.asked.keys(), now, then)

    def read(self, questions: list[Question]) -> None:
        """Bring what was answered to the same questions, and published of them, the wave before."""
        keys = {question.key for question in questions} & self.same
        asked = [question for key, question in self.asked.items() if key in keys]
        self.said = {
            (question.key, part): (question, units)
            for (question, part), units in _units(self.then, asked).items()
        }
        self.published = _published(self.then, asked)

    def figures(
        self, question: Question, part: str, now: list[Unit], beside: list[Published]
    ) -> Kept:
        """Return the panel's figures of both waves, or both hidden where one is not safe."""
        if (question.key, part) not in self.said:
            return []
        asked, then = self.said[question.key, part]
        was = self.published.get((asked.pk, part), [])
        found: tuple[Published | None, Published | None] = (None, None)
        for only_named in (False, True):
            pair = self._matched(now, then, question, only_named=only_named)
            if disclosure.is_safe([*beside, pair[0]]) and disclosure.is_safe([*was, pair[1]]):
                found = pair
                break
        return [
            (_figure(self.release, question, part, PANEL, found[0]), found[0]),
            (_figure(self.release, asked, part, PANEL_BEFORE, found[1]), found[1]),
        ]

    def _matched(
        self, now: list[Unit], then: list[Unit], question: Question, *, only_named: bool
    ) -> tuple[Published, Published]:
        """Keep the agencies that say something of the practice both times."""
        sides = [
            {
                self.agency[unit.response]: unit
                for unit in units
                if unit.response in self.agency
                and not (only_named and unit.sharing == SharingLevel.COUNTED)
            }
            for units in (now, then)
        ]
        both = sorted(sides[0].keys() & sides[1].keys())
        is_shares = question.type in findings.SHARED_OUT
        name = f"{self.release.wave.slug} {self.release.number}"
        return (
            Published(f"{name}/{PANEL}", tuple(sides[0][one] for one in both), is_shares),
            Published(f"{name}/{PANEL_BEFORE}", tuple(sides[1][one] for one in both), is_shares),
        )


def _hold(wave: Wave, before: Wave | None) -> Wave:
    """Lock the waves whose answers are published, so that nothing is published beside."""
    keys = [one.pk for one in (wave, before) if one]
    held = Wave.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    return {one.pk: one for one in held.filter(pk__in=keys)}[wave.pk]


def _handed_in(wave: Wave, before: Wave | None) -> dict[str, int]:
    """Return how many agencies have handed in, by group."""
    places = wave.responses.submitted().values_list("agency__level", "agency__population_band")
    found = Counter(group for place in places for group in _groups(*place))
    both = matching.in_both(wave, before) if before else {}
    return dict(found) | ({PANEL: len({*both.values()})} if before else {})


def _next_number(wave: Wave) -> int:
    last = wave.releases.order_by("-number").first()
    if last is None:
        return 1
    changed = len(_changed(wave, last))
    if changed < disclosure.SMALLEST:
        raise TooSoon(changed)
    return last.number + 1


def _changed(wave: Wave, last: Release | None) -> set[int]:
    """Return the responses whose counted answers are not those of the last release."""
    found: set[int] = set()
    for questions in _portions(wave):
        counted = Figure.counted.through.objects.filter(
            figure__release=last,
            figure__question__in=questions,
            answerrevision__response__wave=wave,
        )
        then = counted.values_list("answerrevision", "answerrevision__response").distinct()
        units = _units(wave, questions).values()
        after = {(unit.revision, unit.response) for said in units for unit in said}
        found |= {response for _revision, response in after ^ {*then}}
    return found


def _counted_questions(wave: Wave) -> list[Question]:
    return [one for one in comparing.questions_of(wave.survey) if findings.is_counted(one)]


def _portions(wave: Wave) -> Iterator[list[Question]]:
    """Yield the questions that totals are made of, as many together as memory has room for."""
    questions = _counted_questions(wave)
    size = max(1, AT_ONCE // max(1, wave.responses.submitted().count()))
    for start in range(0, len(questions), size):
        yield questions[start : start + size]


def _figures(release: Release, questions: list[Question], panel: _Panel | None) -> Kept:
    """Return the figures of these questions, each tried beside all that is published already."""
    earlier = _published(release.wave, questions)
    if panel:
        panel.read(questions)
    kept: Kept = []
    for (question, part), found in _units(release.wave, questions).items():
        beside = earlier.get((question.pk, part), [])
        for group in GROUPS:
            figure = _shown(question, f"{release.number}/{group}", _in(group, found), beside)
            kept.append((_figure(release, question, part, group, figure), figure))
            beside += [figure] if figure else []
        kept += panel.figures(question, part, found, beside) if panel else []
    return kept


def _units(wave: Wave, questions: list[Question]) -> dict[Practice, list[Unit]]:
    """Return what each agency says of each practice of questions that totals are made of."""
    by_key = {question.pk: question for question in questions}
    parts = {q.pk: [c.value for c in comparing.parts_of(q)] or [""] for q in questions}
    found: dict[Practice, list[Unit]] = {
        (question, part): [] for question in questions for part in parts[question.pk]
    }
    answers = Answer.objects.countable().filter(
        response__wave=wave, question__in=questions, not_reported="", value__isnull=False
    )
    revisions = _revisions(wave, questions)
    place = ("response__agency__level", "response__agency__population_band")
    rows = answers.order_by("response").values_list(
        "response", "question", "value", "readable_as", *place
    )
    for response, key, value, readable_as, level, band in rows:
        question, groups = by_key[key], _groups(level, band)
        for part in parts[key]:
            said = findings.value_of(question, part, value)
            if said is not None:
                unit = Unit(revisions[response, key], response, said, groups, readable_as)
                found[question, part].append(unit)
    return found


def _revisions(wave: Wave, questions: list[Question]) -> dict[tuple[int, int], int]:
    """Return the newest revision of each answer; a level that changes alone is no new answer."""
    revisions = AnswerRevision.objects.filter(response__wave=wave, question__in=questions)
    rows = revisions.order_by("revision").values_list(
        "response", "question", "pk", "value", "not_reported"
    )
    kept: dict[tuple[int, int], tuple[list[object], int]] = {}
    for response, question, pk, *says in rows:
        place = response, question
        if place not in kept or kept[place][0] != says:
            kept[place] = (says, pk)
    return {place: pk for place, (_says, pk) in kept.items()}


def groups_of(agency: Agency) -> frozenset[str]:
    """Return the groups of the fixed tables in which an agency counts."""
    return _groups(agency.level, agency.population_band)


@cache
def _groups(level: str, band: str) -> frozenset[str]:
    size = SIZES.get(band)
    return frozenset({"", f"level:{level}"} | ({f"size:{size}"} if size else set()))


def _in(group: str, units: list[Unit]) -> list[Unit]:
    return [unit for unit in units if group in unit.groups]


def _shown(
    question: Question, name: str, units: list[Unit], beside: list[Published]
) -> Published | None:
    """Return the figure if it is safe beside the others; at need without those not named."""
    is_shares = question.type in findings.SHARED_OUT
    named = [unit for unit in units if unit.sharing != SharingLevel.COUNTED]
    for chosen in (units, named) if len(named) < len(units) else (units,):
        figure = Published(name, tuple(chosen), is_shares)
        if disclosure.is_safe([*beside, figure]):
            return figure
    return None


def _figure(
    release: Release, question: Question, part: str, group: str, found: Published | None
) -> Figure:
    figure = Figure(release=release, question=question, part=part, group=group)
    if found:
        figure.number = len(found.units)
        figure.shown = findings.tally(question, found.units)
    return figure


def _keep(kept: Kept) -> None:
    Figure.objects.bulk_create([figure for figure, _found in kept])
    counted = Figure.counted.through
    rows = (
        counted(figure_id=figure.pk, answerrevision_id=unit.revision)
        for figure, found in kept
        if found
        for unit in found.units
    )
    while some := list(islice(rows, ROWS)):
        counted.objects.bulk_create(some)


def _published(wave: Wave, questions: list[Question]) -> dict[tuple[int, str], list[Published]]:
    """Return all figures ever shown of the wave's answers, with the levels as they are now.

    By practice. A later wave's release holds some, too: what the agencies said that answered in
    both. Those withdrawn are among them: what was seen stays known, so they keep what they count.
    """
    by_key = {question.pk: question for question in questions}
    counted = Figure.counted.through.objects.filter(
        figure__question__in=questions, answerrevision__response__wave=wave
    )
    shown = Figure.objects.filter(pk__in=counted.values("figure"))
    figures = shown.select_related("release__wave").in_bulk()
    answers = Answer.objects.filter(response__wave=wave, question__in=questions)
    said = answers.values_list("response", "question", "readable_as")
    levels = {(response, question): level for response, question, level in said}
    agency = "answerrevision__response__agency"
    rows = counted.order_by("figure").values_list(
        *("figure", "answerrevision", "answerrevision__response", "answerrevision__value"),
        *(f"{agency}__level", f"{agency}__population_band"),
    )
    units: dict[int, list[Unit]] = {}
    for pk, revision, response, value, *place in rows:
        figure = figures[pk]
        told = findings.value_of(by_key[figure.question_id], figure.part, value)
        level = levels[response, figure.question_id]
        unit = Unit(revision, response, told, _groups(*place), level)
        units.setdefault(pk, []).append(unit)
    found: dict[tuple[int, str], list[Published]] = defaultdict(list)
    for pk, those in units.items():
        figure = figures[pk]
        is_shares = by_key[figure.question_id].type in findings.SHARED_OUT
        published = Published(_name(figure), tuple(those), is_shares)
        found[figure.question_id, figure.part].append(published)
    return dict(found)


def _name(figure: Figure) -> str:
    release = figure.release
    is_panel = figure.group in (PANEL, PANEL_BEFORE)
    return f"{f'{release.wave.slug} ' if is_panel else ''}{release.number}/{figure.group}"


def _place(wave: Wave, name: str) -> Place:
    """Return where the figure of this name stands; _name() has made it."""
    where, _slash, group = name.partition("/")
    *slug, number = where.split(" ")
    return Place(slug[0] if slug else wave.slug, int(number), group)
