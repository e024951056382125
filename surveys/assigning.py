"""Say who has which section of a response, and who reviews it."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from agencies.models import Membership
from notifications import outbox
from surveys import notices
from surveys.drafting import AlreadySubmitted, NotOpen
from surveys.models import Response, Section, SectionWork
from surveys.permissions import reviewers


class NotAColleague(Exception):
    """Only people whom the agency has approved take a part in its response."""


@transaction.atomic
def give(
    *, response: Response, section: Section, to: User | None, note: str, by: User, now: datetime
) -> SectionWork:
    """Give a section to a colleague, who is told, or to nobody; the same again changes nothing.

    Raises NotAColleague, drafting.AlreadySubmitted or drafting.NotOpen.
    """
    response = hold(response, now)
    work = work_on(response, section)
    if (work.owner, work.note) == (to, note):
        return work
    _refuse_strangers(response, to)
    work.owner, work.note = to, note
    work.given_at, work.given_by = now, by
    work.save()
    if to and to != by:
        outbox.queue([notices.given(work, to, now)])
    return work


@transaction.atomic
def name_reviewer(*, response: Response, reviewer: User | None, by: User, now: datetime) -> None:
    """Let this colleague sign sections off, or the coordinators; tell of what waits already.

    Raises NotAColleague, drafting.AlreadySubmitted or drafting.NotOpen.
    """
    held = hold(response, now)
    if held.reviewer == reviewer:
        return
    _refuse_strangers(held, reviewer)
    held.reviewer = reviewer
    held.save(update_fields=["reviewer"])
    if held.works.filter(stage=SectionWork.Stage.READY).exists():
        people = reviewers(held).exclude(pk=by.pk)
        outbox.queue(notices.ready(held, person, now) for person in people)


def hold(response: Response, now: datetime) -> Response:
    """Lock the response: whoever shares the work out or agrees to it holds it.

    Raises drafting.AlreadySubmitted, or drafting.NotOpen once it has closed.
    """
    rows = Response.objects.select_related("wave__survey", "agency")
    held = rows.select_for_update(of=("self",), no_key=True).get(pk=response.pk)
    if held.state == Response.State.SUBMITTED:
        raise AlreadySubmitted
    if held.wave.fielded_at is None or now >= held.closes_at:
        raise NotOpen
    return held


def work_on(response: Response, section: Section) -> SectionWork:
    """Return who has the section and how far it is, or a row that says: nobody yet."""
    found = response.works.filter(section=section).select_related("owner", "readied_by").first()
    return found or SectionWork(response=response, section=section)


def _refuse_strangers(response: Response, person: User | None) -> None:
    places = Membership.objects.active().filter(agency=response.agency_id)
    if person and not places.filter(person=person, person__is_active=True).exists():
        raise NotAColleague
