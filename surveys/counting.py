"""What totals are made of: what agencies said of each practice, and what was published of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from agencies.models import Agency
from surveys import comparing, conditions, entries, findings
from surveys.disclosure import Published
from surveys.entries import Entry
from surveys.families import Family, Practice, Record
from surveys.findings import Unit
from surveys.models import Answer, AnswerRevision, Choice, Figure, Question, Release, Wave

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

Said = dict[Practice, list[Unit]]


def questions_of(wave: Wave) -> list[Question]:
    """Return the questions that totals are made of."""
    return [one for one in comparing.questions_of(wave.survey) if findings.is_counted(one)]


def linked(wave: Wave) -> list[list[Question]]:
    """Return all questions of a wave, those together that conditions link, in their order."""
    questions = comparing.questions_of(wave.survey)
    by_key = {question.key: question for question in questions}
    families: dict[str, list[Question]] = {}
    for question in questions:
        question.widest_sharing = wave.widest_sharing
        joined = {
            id(families[key]): families[key]
            for key in sorted(conditions.behind(question, by_key))
            if key in families
        }
        whole = [*(one for found in joined.values() for one in found), question]
        families |= {one.key: whole for one in whole}
    order = {question.key: at for at, question in enumerate(questions)}
    unique = {id(found): found for found in families.values()}.values()
    return [sorted(found, key=lambda one: order[one.key]) for found in unique]


def parts_of(question: Question) -> list[str]:
    """Return the parts of which figures are made; one without a name where there are none."""
    return [choice.value for choice in comparing.parts_of(question)] or [""]


def family(wave: Wave, questions: list[Question], label: str) -> Family:
    """Return linked questions with what agencies have handed in; `label` is the next release."""
    options = {q.key: [choice.value for choice in entries.options(q)] for q in questions}
    alone = {q.key: frozenset(_alone(q)) for q in questions}
    return Family(questions, options, alone, _records(wave, questions, label))


def _alone(question: Question) -> Iterator[str]:
    for choice in question.choices.all():
        if choice.axis == Choice.Axis.OPTION and choice.is_exclusive:
            yield choice.value


def _records(wave: Wave, questions: list[Question], label: str) -> dict[int, Record]:
    keys = {question.pk: question.key for question in questions}
    handed_in = _handed_in(wave)
    submitted = {*wave.responses.submitted().values_list("pk", flat=True)}
    for response in submitted:
        handed_in.setdefault(response, set()).add(label)
    answers = Answer.objects.filter(
        response__wave=wave, response__state="submitted", question__in=keys, applies=True
    )
    given: dict[int, dict[str, Entry]] = defaultdict(dict)
    rows = answers.values_list("response", "question", "value", "not_reported", "readable_as")
    for response, question, value, not_reported, sharing in rows:
        given[response][keys[question]] = Entry(value, not_reported, sharing)
    changed = _changed(wave, keys)
    return {
        pk: Record(
            response=pk,
            groups=groups,
            handed_in=frozenset(handed_in[pk]),
            entries=given[pk],
            changed=frozenset(changed[pk] if pk in submitted else keys.values()),
            is_open=pk not in submitted,
        )
        for pk, groups in places(wave).items()
        if pk in handed_in
    }


def places(wave: Wave) -> dict[int, frozenset[str]]:
    """Return the groups of each response's agency."""
    told = wave.responses.values_list("pk", "agency__level", "agency__population_band")
    return {pk: in_groups(level, band) for pk, level, band in told}


def _handed_in(wave: Wave) -> dict[int, set[str]]:
    """Return by which releases each response that counted in any had been handed in."""
    counted = Release.counted.through.objects.filter(
        release__wave=wave, answerrevision__response__wave=wave
    )
    found: dict[int, set[str]] = defaultdict(set)
    rows = counted.values_list("answerrevision__response", "release__number").distinct()
    for response, number in rows:
        found[response].add(str(number))
    return found


def _changed(wave: Wave, keys: Mapping[int, str]) -> dict[int, set[str]]:
    """Return which answers are not what they were in an earlier release that counted the agency."""
    first: dict[int, Release] = {}
    counted = Release.counted.through.objects.filter(release__wave=wave)
    releases = wave.releases.in_bulk()
    pairs = counted.values_list("answerrevision__response", "release").distinct()
    for response, release in pairs:
        one = releases[release]
        if response not in first or one.number < first[response].number:
            first[response] = one
    found: dict[int, set[str]] = defaultdict(set)
    if not first:
        return found
    said: dict[tuple[int, int], object] = {}
    revisions = AnswerRevision.objects.filter(response__in=first, question__in=keys)
    rows = revisions.order_by("revision").values_list(
        "response", "question", "changed_at", "value", "not_reported"
    )
    for response, question, at, *says in rows:
        place = response, question
        if at > first[response].published_at and said.get(place) != says:
            found[response].add(keys[question])
        said[place] = says
    return found


def units(wave: Wave, those: Family) -> Said:
    """Return what each agency says of each practice of questions that totals are made of."""
    counted = [question for question in those.questions if findings.is_counted(question)]
    by_key = {question.pk: question for question in counted}
    parts = {question.pk: parts_of(question) for question in counted}
    found: Said = {(q.key, part): [] for q in counted for part in parts[q.pk]}
    answers = Answer.objects.countable().filter(
        response__wave=wave, question__in=by_key, not_reported="", value__isnull=False
    )
    revisions = _revisions(wave, by_key)
    place = ("response__agency__level", "response__agency__population_band")
    rows = answers.order_by("response").values_list(
        "response", "question", "value", "readable_as", *place
    )
    for response, key, value, sharing, level, band in rows:
        question, groups = by_key[key], in_groups(level, band)
        for part in parts[key]:
            said = findings.value_of(question, part, value)
            if said is not None:
                turns = those.turns(question.key, part, value, response)
                unit = Unit(revisions[response, key], response, said, groups, sharing, turns)
                found[question.key, part].append(unit)
    return found


def _revisions(wave: Wave, questions: Iterable[int]) -> dict[tuple[int, int], int]:
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
    return in_groups(agency.level, agency.population_band)


@cache
def in_groups(level: str, band: str) -> frozenset[str]:
    """Return the groups in which agencies of this level and band of population count."""
    size = SIZES.get(band)
    return frozenset({"", f"level:{level}"} | ({f"size:{size}"} if size else set()))


def published(wave: Wave, those: Family) -> dict[Practice, list[Published]]:
    """Return all shown figures of the wave's answers by practice, with the levels as they are now.

    A later wave's release holds some, too: what the agencies said that answered in both. A figure
    that was kept from an earlier release is there once.
    """
    by_key = {question.pk: question for question in those.questions}
    counted = Figure.counted.through.objects.filter(
        figure__question__in=by_key, answerrevision__response__wave=wave, figure__as_of=None
    )
    shown = Figure.objects.filter(pk__in=counted.values("figure"))
    figures = shown.select_related("release__wave").in_bulk()
    answers = Answer.objects.filter(response__wave=wave, question__in=by_key)
    said = answers.values_list("response", "question", "readable_as")
    levels = {(response, question): level for response, question, level in said}
    agency = "answerrevision__response__agency"
    rows = counted.order_by("figure").values_list(
        *("figure", "answerrevision", "answerrevision__response", "answerrevision__value"),
        *(f"{agency}__level", f"{agency}__population_band"),
    )
    behind: dict[int, list[Unit]] = {}
    for pk, revision, response, value, *place in rows:
        figure, question = figures[pk], by_key[figures[pk].question_id]
        told = findings.value_of(question, figure.part, value)
        turns = those.turns(question.key, figure.part, value, response)
        level = levels[response, figure.question_id]
        unit = Unit(revision, response, told, in_groups(*place), level, turns)
        behind.setdefault(pk, []).append(unit)
    found: dict[Practice, list[Published]] = defaultdict(list)
    for pk, its in behind.items():
        figure, question = figures[pk], by_key[figures[pk].question_id]
        is_shares = question.type in findings.SHARED_OUT
        found[question.key, figure.part].append(Published(_name(figure), tuple(its), is_shares))
    return dict(found)


def _name(figure: Figure) -> str:
    release = figure.release
    is_panel = figure.group in (PANEL, PANEL_BEFORE)
    return f"{f'{release.wave.slug} ' if is_panel else ''}{release.number}/{figure.group}"
