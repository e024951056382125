"""Publish the totals of a wave as a frozen release, and try to take single agencies from it."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q, QuerySet

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

Practice = tuple[Question, str]
Kept = list[tuple[Figure, Published | None]]


class TooSoon(Exception):
    """Too few agencies answered or changed anything since; figures would show which."""

    def __init__(self, changed: int) -> None:
        super().__init__(f"{changed} agencies changed")
        self.changed = changed


@dataclass(frozen=True)
class Leak:
    """Something that the published figures of one practice tell of single agencies."""

    question: Question
    part: str
    text: str


@transaction.atomic
def publish(*, wave: Wave, by: User | None, now: datetime) -> Release:
    """Freeze the totals of this moment; a figure that would give an agency away is hidden.

    Earlier releases stay published, so each figure is tried together with them. The panel, agencies
    that also answered in the wave before, is one table more. Raises TooSoon when fewer agencies
    than a figure needs have changed since.
    """
    before = matching.before(wave)
    wave = _hold(wave, before)
    units = _units(wave)
    release = Release.objects.create(
        wave=wave,
        number=_next_number(wave, units),
        published_at=now,
        published_by=by,
        earlier=before,
        handed_in=_handed_in(wave, before),
    )
    earlier = _published(wave)
    panel = _Panel(release) if before else None
    kept: Kept = []
    for (question, part), found in units.items():
        beside = list(earlier.get((question.pk, part), []))
        for group in GROUPS:
            figure = _shown(question, f"{release.number}/{group}", _in(group, found), beside)
            kept.append((_figure(release, question, part, group, figure), figure))
            beside += [figure] if figure else []
        kept += panel.figures(question, part, found, beside) if panel else []
    _keep(kept)
    return release


def audit(wave: Wave, *, smallest: int = disclosure.SMALLEST) -> Iterator[Leak]:
    """Try to derive single agencies from all that was published of the wave, and say what is found.

    What agencies let be read by name counts as known, as it is now.
    """
    questions = Question.objects.in_bulk()
    for (pk, part), figures in _published(wave).items():
        for text in disclosure.leaks(figures, smallest):
            yield Leak(questions[pk], part, text)


def changed_since(wave: Wave) -> int:
    """Return how many agencies answered, withdrew or changed something since the last release."""
    return len(_changed(wave, _units(wave)))


class _Panel:
    """The agencies that answered in the wave before as well: a figure for each of the two."""

    def __init__(self, release: Release) -> None:
        assert release.earlier is not None  # noqa: S101 who calls has seen to it
        self.release, then = release, release.earlier
        self.agency = matching.in_both(release.wave, then)
        said = _units(then)
        keys = {question.key for question, _part in said}
        same = matching.comparable(keys, release.wave.survey, then.survey)
        self.said = {
            (question.key, part): (question, units)
            for (question, part), units in said.items()
            if question.key in same
        }
        self.published = _published(then)

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
    responses = wave.responses.submitted().select_related("agency")
    found = Counter(group for response in responses for group in groups_of(response.agency))
    both = matching.in_both(wave, before) if before else {}
    return dict(found) | ({PANEL: len({*both.values()})} if before else {})


def _next_number(wave: Wave, units: dict[Practice, list[Unit]]) -> int:
    last = wave.releases.order_by("-number").first()
    changed = len(_changed(wave, units))
    if last and changed < disclosure.SMALLEST:
        raise TooSoon(changed)
    return last.number + 1 if last else 1


def _changed(wave: Wave, units: dict[Practice, list[Unit]]) -> set[int]:
    """Return the responses whose counted answers are not those of the last release."""
    last = wave.releases.order_by("-number").first()
    counted = AnswerRevision.objects.filter(response__wave=wave)
    then = counted.filter(pk__in=_counted(last)) if last else None
    before = {*then.values_list("pk", "response")} if then is not None else set()
    after = {(unit.revision, unit.response) for found in units.values() for unit in found}
    return {response for _revision, response in before ^ after}


def _counted(release: Release) -> list[int]:
    through = Figure.counted.through.objects.filter(figure__release=release)
    return list(through.values_list("answerrevision", flat=True).distinct())


def _units(wave: Wave) -> dict[Practice, list[Unit]]:
    """Return what each agency says of each practice that totals are made of."""
    questions = {q.pk: q for q in comparing.questions_of(wave.survey) if findings.is_counted(q)}
    parts = {q.pk: [c.value for c in comparing.parts_of(q)] or [""] for q in questions.values()}
    found: dict[Practice, list[Unit]] = {
        (question, part): [] for question in questions.values() for part in parts[question.pk]
    }
    answers = Answer.objects.countable().filter(
        response__wave=wave, question__in=questions, not_reported="", value__isnull=False
    )
    revisions = _revisions(wave)
    for answer in answers.select_related("response__agency").order_by("response"):
        question = questions[answer.question_id]
        revision = revisions[answer.response_id, answer.question_id]
        for part in parts[answer.question_id]:
            value = findings.value_of(question, part, answer.value)
            if value is not None:
                groups = groups_of(answer.response.agency)
                unit = Unit(revision, answer.response_id, value, groups, answer.sharing)
                found[question, part].append(unit)
    return found


def _revisions(wave: Wave) -> dict[tuple[int, int], int]:
    """Return the newest revision of each answer; a level that changes alone is no new answer."""
    rows = AnswerRevision.objects.filter(response__wave=wave).order_by("revision")
    kept: dict[tuple[int, int], tuple[object, int]] = {}
    for row in rows:
        place, says = (row.response_id, row.question_id), (row.value, row.not_reported)
        if place not in kept or kept[place][0] != says:
            kept[place] = (says, row.pk)
    return {place: pk for place, (_says, pk) in kept.items()}


def groups_of(agency: Agency) -> frozenset[str]:
    """Return the groups of the fixed tables in which an agency counts."""
    size = SIZES.get(agency.population_band)
    return frozenset({"", f"level:{agency.level}"} | ({f"size:{size}"} if size else set()))


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


def _keep(kept: list[tuple[Figure, Published | None]]) -> None:
    Figure.objects.bulk_create([figure for figure, _found in kept])
    Figure.counted.through.objects.bulk_create(
        Figure.counted.through(figure=figure, answerrevision_id=unit.revision)
        for figure, found in kept
        if found
        for unit in found.units
    )


def _published(wave: Wave) -> dict[tuple[int, str], list[Published]]:
    """Return all shown figures of the wave's answers by practice, with the levels as they are now.

    A later wave's release holds some, too: what the agencies said that answered in both.
    """
    through = Figure.counted.through.objects.filter(answerrevision__response__wave=wave)
    rows = through.select_related(
        "figure__release__wave", "figure__question", "answerrevision__response__agency"
    )
    levels = {
        (response, question): level
        for response, question, level in Answer.objects.filter(response__wave=wave).values_list(
            "response", "question", "sharing"
        )
    }
    units: dict[Figure, list[Unit]] = defaultdict(list)
    for row in rows.order_by("figure"):
        figure, revision = row.figure, row.answerrevision
        level = levels[revision.response_id, revision.question_id]
        value = findings.value_of(figure.question, figure.part, revision.value)
        groups = groups_of(revision.response.agency)
        units[figure].append(Unit(revision.pk, revision.response_id, value, groups, level))
    found: dict[tuple[int, str], list[Published]] = defaultdict(list)
    for figure, counted in units.items():
        name = _name(figure)
        is_shares = figure.question.type in findings.SHARED_OUT
        found[figure.question_id, figure.part].append(Published(name, tuple(counted), is_shares))
    return found


def _name(figure: Figure) -> str:
    release = figure.release
    is_panel = figure.group in (PANEL, PANEL_BEFORE)
    return f"{f'{release.wave.slug} ' if is_panel else ''}{release.number}/{figure.group}"


def listed(wave: Wave) -> QuerySet[Release]:
    """Return the releases, newest first, with how many figures are `shown` and `hidden`."""
    shown = Count("figures", filter=Q(figures__number__isnull=False))
    hidden = Count("figures", filter=Q(figures__number__isnull=True))
    releases = wave.releases.select_related("published_by").annotate(shown=shown, hidden=hidden)
    return releases.order_by("-number")
