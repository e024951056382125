"""Which waves a trend runs over, which questions it can follow, and which agencies were in both."""

from collections.abc import Mapping

from surveys import versions
from surveys.models import Response, Survey, Wave, WaveQuerySet

MOST = 12  # earlier waves to choose among
VERSIONS = 20  # of a survey, as far back as a trend is followed


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


def broken(now: Survey, then: Survey) -> set[str]:
    """Return the keys of the questions whose answers cannot be compared between two versions.

    One step between them that is a break is enough. A question that one of them lacks is in it.
    """
    keys: set[str] = set()
    for survey in line(now):
        if survey.pk == then.pk:
            return keys
        keys |= {change.key for change in versions.changes(survey) if change.is_break}
    return set(now.questions.values_list("key", flat=True))  # no version of one another


def in_both(now: Wave, then: Wave) -> Mapping[int, int]:
    """Return the agency of each response of those that handed in both times."""
    handed_in = Response.objects.submitted()
    both = handed_in.filter(wave=now, agency__in=handed_in.filter(wave=then).values("agency"))
    responses = handed_in.filter(wave__in=[now, then], agency__in=both.values("agency"))
    return dict(responses.values_list("pk", "agency"))
