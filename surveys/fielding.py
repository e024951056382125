"""Field a survey: open a wave over agencies, invite their coordinators, extend and close it."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import chain, count

from django.db import transaction
from django.utils.text import slugify

from accounts.models import User
from agencies.models import Agency, Membership
from notifications import outbox, resting
from notifications.models import Category
from surveys import authoring, drafting, notices, reaching, waiting
from surveys.models import Invitation, Response, SharingLevel, Survey, Wave

RESERVED_SLUGS = (
    "new",
    "files",
    "instruments",
    "preview",
    "questions",
)  # addresses of our own beside the waves'


class NobodyAsked(Exception):
    """A wave needs at least one agency."""


class MixedAgencies(Exception):
    """Demonstration agencies and real ones never answer in one wave."""


class Unfinished(Exception):
    """The survey has problems that must be mended before it is fielded."""


class ClosesTooEarly(Exception):
    """A new closing time lies in the future and after the present one."""


class HasBeenHeardOf(Exception):
    """An agency was invited, has looked or has answered, or totals are published."""


class NotOpenNow(Exception):
    """Only a wave that has opened and not closed yet can be closed."""


@dataclass(frozen=True)
class Plan:
    """When a wave asks, under which title, and how widely its answers may be read."""

    title: str
    opens_at: datetime
    closes_at: datetime
    time_zone: str
    widest_sharing: str = SharingLevel.PUBLIC


@transaction.atomic
def open_wave(*, survey: Survey, plan: Plan, agencies: Collection[Agency], now: datetime) -> Wave:
    """Ask these agencies from `plan.opens_at` on; the survey is frozen. Nobody is told yet.

    The same plan over the same agencies again is the wave that there is already. Raises
    NobodyAsked, MixedAgencies or Unfinished.
    """
    kinds = {agency.is_demo for agency in agencies}
    if not kinds:
        raise NobodyAsked
    if len(kinds) > 1:
        raise MixedAgencies
    survey = Survey.objects.select_for_update(of=("self",), no_key=True).get(pk=survey.pk)
    if there := _there_already(survey, plan, agencies):
        return there
    if survey.frozen_at is None and reaching.problems(survey):
        raise Unfinished
    authoring.freeze(survey=survey, now=now)
    wave = Wave.objects.create(
        survey=survey,
        slug=_free_slug(plan.title),
        title=plan.title,
        opens_at=plan.opens_at,
        closes_at=plan.closes_at,
        time_zone=plan.time_zone,
        widest_sharing=plan.widest_sharing,
        fielded_at=now,
        is_demo=kinds.pop(),
    )
    Response.objects.bulk_create(Response(wave=wave, agency=agency) for agency in agencies)
    return wave


@transaction.atomic
def invite(*, wave: Wave, now: datetime) -> int:
    """Invite the coordinators who have not been invited yet; returns how many they are.

    Agencies that have submitted are left alone; pressing twice invites nobody twice.
    """
    wave = _hold(wave)
    responses = {r.agency_id: r for r in wave.responses.unsubmitted().select_related("agency")}
    for response in responses.values():
        response.wave = wave
    asked = set(
        Invitation.objects.filter(response__wave=wave).values_list("response_id", "person_id")
    )
    coordinators = [
        (responses[m.agency_id], m.person)
        for m in Membership.objects.coordinating()
        .filter(agency__in=responses, person__is_active=True)
        .select_related("person")
        if (responses[m.agency_id].pk, m.person_id) not in asked
    ]
    _add_invitations(coordinators, now)
    return len(coordinators)


def unreached(wave: Wave) -> list[Agency]:
    """Return the agencies that were invited and have not submitted, and whom no mail reaches."""
    rows = Invitation.objects.filter(response__in=wave.responses.unsubmitted())
    asked = rows.select_related("person", "response__agency").order_by("response__agency__name")
    invited = [(invitation.response.agency, invitation.person) for invitation in asked]
    people = {person for _agency, person in invited if person.is_active}
    reached = set(resting.reached(people, Category.SURVEYS))
    heard = {agency for agency, person in invited if person in reached}
    return list(dict.fromkeys(agency for agency, _person in invited if agency not in heard))


@transaction.atomic
def extend(*, wave: Wave, closes_at: datetime, now: datetime) -> int:
    """Give everybody until `closes_at`, also in a wave that has closed.

    Returns how many people are told: those who still work on a response that can take longer now.
    Raises ClosesTooEarly.
    """
    wave = _hold(wave)
    if closes_at <= max(now, wave.closes_at):
        raise ClosesTooEarly
    wave.closes_at = closes_at
    wave.save(update_fields=["closes_at"])
    longer = wave.responses.unsubmitted().exclude(extended_until__gte=closes_at)
    return _tell_of_more_time(list(longer.order_by("pk")), now)


@transaction.atomic
def extend_one(*, response: Response, closes_at: datetime, now: datetime) -> int:
    """Give one agency until `closes_at`, also when the wave has closed for the others.

    Returns how many people are told. Raises ClosesTooEarly or drafting.AlreadySubmitted.
    """
    rows = Response.objects.select_related("wave")
    response = rows.select_for_update(of=("self",), no_key=True).get(pk=response.pk)
    if response.state == Response.State.SUBMITTED:
        raise drafting.AlreadySubmitted
    if closes_at <= max(now, response.closes_at):
        raise ClosesTooEarly
    response.extended_until = closes_at
    response.save(update_fields=["extended_until"])
    return _tell_of_more_time([response], now)


@transaction.atomic
def close(*, wave: Wave, reason: str, now: datetime) -> int:
    """Take no more answers from now on, of agencies with more time neither; remind nobody.

    Returns how many people are told: those who still work on a response. Raises NotOpenNow.
    """
    wave = _hold(wave)
    if not wave.is_open(now) or now == wave.opens_at:
        raise NotOpenNow
    at_work = people_at_work(unfinished(wave), now)
    wave.closes_at = now
    wave.save(update_fields=["closes_at"])
    wave.responses.update(extended_until=None)
    owed = [notices.about(response) for response in wave.responses.all()]
    outbox.withdraw(*owed, reason="the survey was closed", now=now)
    outbox.queue(notices.closed(response, person, reason, now) for response, person in at_work)
    return len(at_work)


def unfinished(wave: Wave) -> list[Response]:
    """Return the responses that are not handed in, by the agency's name."""
    rows = wave.responses.unsubmitted().select_related("wave__survey", "agency")
    return list(rows.order_by("agency__name", "pk"))


def people_at_work(responses: Sequence[Response], now: datetime) -> list[tuple[Response, User]]:
    """Return those for whom the responses wait and who have heard of them already."""
    tasks = waiting.tasks(responses)
    return [
        (response, task.person)
        for response in responses
        for task in tasks[response.pk]
        if task.told_at is not None and task.told_at <= now
    ]


@transaction.atomic
def delete(*, wave: Wave) -> None:
    """Delete a wave of which no agency has heard; nobody is told. Twice deletes once.

    Who opens, answers or invites at the same moment waits, and finds nothing; or was first. Raises
    HasBeenHeardOf.
    """
    held = Wave.objects.select_for_update(of=("self",)).filter(pk=wave.pk).first()
    if held is None:
        return
    list(held.responses.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    refuse_if_heard_of(held)
    held.delete()


def refuse_if_heard_of(wave: Wave) -> None:
    """Raise HasBeenHeardOf where deleting would take something away from somebody."""
    if has_been_heard_of(wave):
        raise HasBeenHeardOf


def has_been_heard_of(wave: Wave) -> bool:
    """Whether an agency was invited, has looked or has answered, or totals are published."""
    return wave.responses.reached().exists() or wave.releases.exists()


def _add_invitations(coordinators: list[tuple[Response, User]], now: datetime) -> None:
    Invitation.objects.bulk_create(
        (Invitation(response=r, person=person, invited_at=now) for r, person in coordinators),
        ignore_conflicts=True,
    )
    outbox.queue(notices.invitation(r, person, now) for r, person in coordinators)


def _tell_of_more_time(responses: list[Response], now: datetime) -> int:
    owed = [notices.extended(*one, now) for one in people_at_work(responses, now)]
    outbox.queue(owed)
    return len(owed)


def _hold(wave: Wave) -> Wave:
    """Lock the wave: whoever moves its end holds it."""
    return Wave.objects.select_for_update(of=("self",), no_key=True).get(pk=wave.pk)


def _there_already(survey: Survey, plan: Plan, agencies: Collection[Agency]) -> Wave | None:
    asked = {agency.pk for agency in agencies}
    for wave in survey.waves.filter(**asdict(plan)).order_by("pk"):
        if {*wave.responses.values_list("agency", flat=True)} == asked:
            return wave
    return None


def _free_slug(title: str) -> str:
    base = slugify(title)[:70] or "wave"
    taken = {*Wave.objects.filter(slug__startswith=base).values_list("slug", flat=True)}
    taken.update(RESERVED_SLUGS)
    numbered = (f"{base}-{number}" for number in count(2))
    return next(slug for slug in chain([base], numbered) if slug not in taken)
