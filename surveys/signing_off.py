"""Call a section ready, agree to it or return it: four eyes before an agency hands in."""

from datetime import datetime

from django.db import transaction

from accounts import concurrency
from accounts.models import User
from notifications import outbox
from surveys import assigning, notices, teamwork
from surveys.models import Response, Section, SectionWork
from surveys.permissions import reviewers
from surveys.reading import Part, Sheet

Stage = SectionWork.Stage


class NotReady(Exception):
    """A section is signed off or returned after somebody has called it ready."""


@transaction.atomic
def mark_ready(*, response: Response, section: Section, by: User, now: datetime) -> None:
    """Say that a section can be signed off, and tell who does; twice tells nobody twice.

    Raises drafting.AlreadySubmitted or drafting.NotOpen.
    """
    response = assigning.hold(response, now)
    work = assigning.work_on(response, section)
    has_lapsed = teamwork.has_lapsed(work, response.answers.filter(question__section=section))
    if work.stage in (Stage.READY, Stage.SIGNED_OFF) and not has_lapsed:
        return
    work.readied_by = by
    _reach(work, Stage.READY, by, now)
    people = reviewers(response).exclude(pk=by.pk)
    outbox.queue(notices.ready(response, person, now) for person in people)


@transaction.atomic
def sign_off(*, response: Response, section: Section, seen: str, by: User, now: datetime) -> None:
    """Agree to a section as it was seen, by its teamwork.edition(); twice changes nothing.

    It holds while the answers say the same.

    Raises NotReady, ChangedMeanwhile, drafting.AlreadySubmitted or drafting.NotOpen.
    """
    response = assigning.hold(response, now)
    work = assigning.work_on(response, section)
    answers = list(response.answers.filter(question__section=section))
    if work.stage == Stage.SIGNED_OFF and not teamwork.has_lapsed(work, answers):
        return
    if work.stage != Stage.READY:
        raise NotReady
    if teamwork.edition(answers) != seen:
        raise concurrency.ChangedMeanwhile
    work.agreed, work.reason = seen, ""
    _reach(work, Stage.SIGNED_OFF, by, now)


@transaction.atomic
def send_back(
    *, response: Response, section: Section, reason: str, by: User, now: datetime
) -> None:
    """Return a section with a note to its owner, or to who called it ready.

    Raises NotReady, drafting.AlreadySubmitted or drafting.NotOpen.
    """
    response = assigning.hold(response, now)
    work = assigning.work_on(response, section)
    if work.stage not in (Stage.READY, Stage.SIGNED_OFF):
        raise NotReady
    work.reason = reason
    _reach(work, Stage.RETURNED, by, now)
    person = work.owner or work.readied_by
    if person and person != by:
        outbox.queue([notices.returned(work, person, now)])


def unsigned(sheet: Sheet) -> list[Part]:
    """Return the sections with questions that apply to which nobody has agreed."""
    signed = sheet.response.works.filter(stage=Stage.SIGNED_OFF)
    agreed = dict(signed.values_list("section", "agreed"))
    return [
        part
        for part in sheet.parts
        if part.total and agreed.get(part.section.pk) != teamwork.edition(teamwork.answers_of(part))
    ]


def _reach(work: SectionWork, stage: SectionWork.Stage, by: User, now: datetime) -> None:
    work.stage, work.staged_by, work.staged_at = stage, by, now
    work.save()
