"""For whom a response waits: who is reminded of it, and of what."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import User
from agencies.models import Membership
from surveys import teamwork
from surveys.models import Answer, Invitation, Response, Section, SectionWork

Stage = SectionWork.Stage


@dataclass
class Task:
    """What one person has still to do in a response."""

    person: User
    told_at: datetime | None = None  # when they heard of it; None: nobody has invited them yet
    to_fill: list[Section] = field(default_factory=list)
    to_sign: list[Section] = field(default_factory=list)
    coordinates: bool = False  # something is left that nobody else has, if only to submit it


@dataclass
class _Agency:
    """The people of one response's agency who matter here."""

    coordinators: dict[int, User]
    members: dict[int, User]


def tasks(responses: Sequence[Response]) -> dict[int, list[Task]]:
    """Return what waits for whom, by the response's key; six queries for any number of them.

    The responses come with their waves and have not been handed in.
    """
    sections: dict[int, list[Section]] = defaultdict(list)
    surveys = {response.wave.survey_id for response in responses}
    asked = Section.objects.filter(survey__in=surveys, questions__isnull=False).distinct()
    for section in asked.order_by("position", "pk"):
        sections[section.survey_id].append(section)
    works = _works(responses)
    invited = {
        (row.response_id, row.person_id): row.invited_at
        for row in Invitation.objects.filter(response__in=responses)
    }
    people = _people(responses)
    return {
        response.pk: _tasks(
            response,
            [(one, works.get((response.pk, one.pk))) for one in sections[response.wave.survey_id]],
            people[response.agency_id],
            invited,
        )
        for response in responses
    }


def _works(responses: Iterable[Response]) -> dict[tuple[int, int], SectionWork]:
    """Return who has what; a sign-off that an answer has taken back counts as open."""
    works = list(SectionWork.objects.filter(response__in=responses))
    signed = [work for work in works if work.stage == Stage.SIGNED_OFF]
    said: dict[tuple[int, int], list[Answer]] = defaultdict(list)
    answers = Answer.objects.filter(response__in=[work.response_id for work in signed])
    for answer in answers.select_related("question") if signed else []:
        said[answer.response_id, answer.question.section_id].append(answer)
    for work in signed:
        if teamwork.has_lapsed(work, said[work.response_id, work.section_id]):
            work.stage = Stage.OPEN
    return {(work.response_id, work.section_id): work for work in works}


def _people(responses: Iterable[Response]) -> dict[int, _Agency]:
    found: dict[int, _Agency] = defaultdict(lambda: _Agency({}, {}))
    places = Membership.objects.active().filter(person__is_active=True)
    agencies = {response.agency_id for response in responses}
    for place in places.filter(agency__in=agencies).select_related("person").order_by("pk"):
        found[place.agency_id].members[place.person_id] = place.person
        if place.role == Membership.Role.COORDINATOR:
            found[place.agency_id].coordinators[place.person_id] = place.person
    return found


def _tasks(
    response: Response,
    sections: list[tuple[Section, SectionWork | None]],
    agency: _Agency,
    invited: dict[tuple[int, int], datetime],
) -> list[Task]:
    found: dict[int, Task] = {}
    orphans = False  # sections that nobody in particular has
    for section, work in sections:
        stage = work.stage if work else Stage.OPEN
        if work and stage == Stage.READY:
            for person in _reviewers(response, agency):
                _task(found, person, work.staged_at).to_sign.append(section)
        elif stage != Stage.SIGNED_OFF:
            owner = agency.members.get(work.owner_id or 0) if work else None
            if owner and work:
                _task(found, owner, work.given_at).to_fill.append(section)
            orphans = orphans or owner is None
    if orphans or not found or response.opened_at is None:
        for person in agency.coordinators.values():
            at = invited.get((response.pk, person.pk))
            task = _task(found, person, at and max(at, response.wave.opens_at))
            task.coordinates = True
    return list(found.values())


def _task(found: dict[int, Task], person: User, told_at: datetime | None) -> Task:
    task = found.setdefault(person.pk, Task(person))
    task.told_at = max(filter(None, (task.told_at, told_at)), default=None)
    return task


def _reviewers(response: Response, agency: _Agency) -> list[User]:
    named = agency.members.get(response.reviewer_id or 0)
    return [named] if named else list(agency.coordinators.values())
