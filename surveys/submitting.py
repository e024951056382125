"""Check a response and hand it in."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import visitors
from accounts.models import User
from agencies.models import Membership
from notifications import outbox
from surveys import entries, notices, reading, signing_off
from surveys.drafting import NotOpen
from surveys.models import Question, Reopening, Response
from surveys.permissions import has_reviewer
from surveys.reading import Item, Part, Sheet


class Incomplete(Exception):
    """Something is missing; `gaps` says what."""

    def __init__(self, gaps: "list[Gap]") -> None:
        super().__init__(f"{len(gaps)} answers are missing")
        self.gaps = gaps


class NotSignedOff(Exception):
    """The agency has a reviewer, and nobody has agreed to these `parts`."""

    def __init__(self, parts: "list[Part]") -> None:
        super().__init__(f"{len(parts)} sections are not signed off")
        self.parts = parts


@dataclass(frozen=True)
class Gap:
    """One question that keeps the response from being handed in, and why."""

    item: Item
    text: str


def check(sheet: Sheet, now: datetime) -> list[Gap]:
    """Return what is missing or cannot stand; questions that do not apply need nothing."""
    today = now.astimezone(sheet.response.wave.zone).date()
    found = ((item, _gap(item, today)) for item in sheet.items if item.applies)
    return [Gap(item, text) for item, text in found if text]


def settle(sheet: Sheet) -> None:
    """Write down which answers apply; those to hidden questions stay and are shown to nobody."""
    hidden = {item.question.pk for item in sheet.items if not item.applies}
    answers = sheet.response.answers
    answers.filter(question__in=hidden).update(applies=False)
    answers.exclude(question__in=hidden).update(applies=True)


def keep_files(sheet: Sheet) -> None:
    """Keep the files with what is handed in, also when they are taken out of the answer later."""
    items = [i for i in sheet.items if i.question.type == Question.Type.FILE and i.is_answered]
    uids = [given["file"] for item in items for given in item.entry.value]
    sheet.response.files.filter(uid__in=uids).update(was_submitted=True)


@transaction.atomic
def submit(*, response: Response, by: User, now: datetime) -> Response:
    """Hand the response in for the agency; who comes second finds it handed in.

    From here on no answer changes: what was handed in stays as the answers' revisions say.
    Raises Incomplete, NotSignedOff, or NotOpen outside the wave's time.
    """
    response = _hold(response)
    if response.state == Response.State.SUBMITTED:
        return response
    if not response.is_open(now):
        raise NotOpen
    sheet = reading.read(response)
    if gaps := check(sheet, now):
        raise Incomplete(gaps)
    if has_reviewer(response) and (parts := signing_off.unsigned(sheet)):
        raise NotSignedOff(parts)
    settle(sheet)
    keep_files(sheet)
    response.state = Response.State.SUBMITTED
    response.submitted_at = _as_late_as_its_answers(sheet, now)
    response.submitted_by = by
    response.save()
    outbox.withdraw(notices.about(response), reason="the agency has answered", now=now)
    return response


@transaction.atomic
def reopen(
    *, response: Response, reason: str, by: User, now: datetime, until: datetime | None = None
) -> Response:
    """Let the agency change its answers again, and tell its coordinators why; nothing is lost.

    `until` gives this agency alone so long, after the wave has closed. A response that is open
    already stays as it is. Raises NotOpen.
    """
    response = _hold(response)
    if until is not None and response.submitted_at is not None:
        response.extended_until = until
    if not response.is_open(now):
        raise NotOpen
    if response.submitted_at is None:
        return response
    reopening = Reopening.objects.create(
        response=response,
        reason=reason,
        handed_in_at=response.submitted_at,
        handed_in_by=response.submitted_by,
        reopened_at=now,
        reopened_by=by,
    )
    response.state = Response.State.DRAFT
    response.submitted_at = response.submitted_by = None
    response.save()
    visitors.forget_pages()
    people = User.objects.filter(pk__in=_coordinators(response))
    outbox.queue(notices.reopened(reopening, person, now) for person in people.order_by("pk"))
    return response


def _as_late_as_its_answers(sheet: Sheet, now: datetime) -> datetime:
    """Return `now`, or a moment later: an answer may have been saved while this one waited."""
    return max([now, *(item.answer.changed_at for item in sheet.items if item.answer)])


def _coordinators(response: Response) -> QuerySet[Membership, int]:
    places = Membership.objects.coordinating().filter(agency=response.agency_id)
    return places.filter(person__is_active=True).values_list("person", flat=True)


def _hold(response: Response) -> Response:
    """Lock the response: nobody saves an answer while it is being checked."""
    return (
        Response.objects.select_for_update(of=("self",), no_key=True)
        .select_related("wave__survey", "agency")
        .get(pk=response.pk)
    )


def _gap(item: Item, today: date) -> str:
    question, entry = item.question, item.entry
    if entry.is_blank:
        return _("Answer this question.") if question.is_required else ""
    if entry.not_reported or question.type == Question.Type.FILE:
        return ""
    try:
        entries.clean(question, entries.fields_of(question, entry), today)
    except entries.Invalid as fault:
        return str(fault)
    return _open_parts(item)


def _open_parts(item: Item) -> str:
    question, value = item.question, item.entry.value
    if question.type == Question.Type.MULTIPLE_CHOICE:
        least = question.limits.get("min_selected", 0)
        if len(value) < least:
            return _("Choose at least %(least)d.") % {"least": least}
    if question.type == Question.Type.MATRIX and question.is_required:
        missing = [row.label for row in entries.rows(question) if row.value not in value]
        if missing:
            return _("Answer these rows as well: %(rows)s.") % {"rows": ", ".join(missing)}
    return ""
