"""Which waves a trend runs over, which questions it can follow, and which agencies were in both."""

from collections.abc import Collection, Mapping

from surveys.models import Question, Response, Survey, Wave, WaveQuerySet

MOST = 12  # earlier waves to choose among
VERSIONS = 20  # of a survey, as far back as a trend is followed

_Steps = dict[int, Question]  # one question as each version asks it, by the version's key


def earlier(wave: Wave, among: WaveQuerySet | None = None) -> list[Wave]:
    """Return the waves of this survey before this one, the last first; demonstrations apart.

    `among` are those to choose from, such as those that a reader may see.
    """
    waves = (Wave.objects.all() if among is None else among).filter(
        survey__in=[survey.pk for survey in line(wave.survey)],
        fielded_at__isnull=False,
        is_demo=wave.is_demo,
        opens_at__lt=wave.opens_at,
    )
    return list(waves.select_related("survey").order_by("-opens_at", "-pk")[:MOST])


def before(wave: Wave) -> Wave | None:
    """Return the wave before this one, or None."""
    return next(iter(earlier(wave)), None)


def line(survey: Survey) -> list[Survey]:
    """Return this version and those that it came from, the newest first."""
    found = [survey]
    while found[-1].previous is not None and len(found) < VERSIONS:
        found.append(found[-1].previous)
    return found


def comparable(keys: Collection[str], now: Survey, then: Survey) -> set[str]:
    """Return those of these questions whose answers compare with those to an earlier version.

    Each version from `then` to `now` asks the question, and none after `then` says that its
    wording cannot be compared. One query, none within a version.
    """
    if now.pk == then.pk:
        return set(keys)
    asked = Question.objects.filter(survey__key=now.key, key__in=keys)
    steps: dict[str, _Steps] = {key: {} for key in keys}
    for question in asked.select_related("survey"):
        steps[question.key][question.survey_id] = question
    return {key for key in keys if _leads(steps[key], now.pk, then.pk)}


def _leads(steps: _Steps, here: int, goal: int) -> bool:
    """Whether comparable versions lead back from one to the other; each step is taken once."""
    while here != goal:
        question = steps.pop(here, None)
        if question is None or question.is_comparable is False:
            return False
        here = question.survey.previous_id or 0
    return goal in steps


def in_both(now: Wave, then: Wave) -> Mapping[int, int]:
    """Return the agency of each response of those that handed in both times."""
    handed_in = Response.objects.submitted()
    both = handed_in.filter(wave=now, agency__in=handed_in.filter(wave=then).values("agency"))
    responses = handed_in.filter(wave__in=[now, then], agency__in=both.values("agency"))
    return dict(responses.values_list("pk", "agency"))
