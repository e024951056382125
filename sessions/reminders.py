"""Who is due a reminder now."""

from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef

from events.leads import LEADS, Lead
from notifications import fanning, outbox
from sessions import notices
from sessions.models import Invitation, InvitationQuerySet, PracticeSession

BATCH = 1000  # people for whom a session is held together


def queue_due(*, now: datetime) -> None:
    """Owe every reminder whose moment has come; running twice owes nothing twice."""
    for lead in LEADS:
        sessions = PracticeSession.objects.filter(pk__in=_due(lead, now).values("session"))
        for pk in sessions.order_by("pk").values_list("pk", flat=True):
            after: int | None = 0
            while after is not None:
                after = _queue(pk, lead, now, after)


@transaction.atomic
def _queue(pk: int, lead: Lead, now: datetime, after: int) -> int | None:
    """Owe it to some of those who are due; return after whose invitation to go on, if at all.

    The session is held meanwhile, so that who cancels it withdraws what we owe, or we see it.
    """
    session = PracticeSession.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    if session.starts_at is None:
        return None
    due = _untold(lead, now).filter(session=pk)
    return fanning.queue_some(due, notices.reminder(session, lead), after=after, most=BATCH)


def _due(lead: Lead, now: datetime) -> InvitationQuerySet:
    due_at = OuterRef("session__starts_at") - lead.before
    is_owed = outbox.is_owed("sessions/reminder", "session-invitation", due_at)
    return _untold(lead, now).filter(~is_owed)


def _untold(lead: Lead, now: datetime) -> InvitationQuerySet:
    due_at = OuterRef("session__starts_at") - lead.before
    # Who heard of it after the reminder's moment knows what the reminder would have said.
    is_told = outbox.is_told_after(
        ["sessions/moved", "sessions/reinstated"], "session-invitation", due_at
    )
    return Invitation.objects.to_remind(now, lead).filter(~is_told)
