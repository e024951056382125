"""Who is due a reminder now."""

from datetime import datetime

from events.leads import LEADS
from notifications import outbox
from sessions import notices
from sessions.models import Invitation


def queue_due(*, now: datetime) -> None:
    """Owe every reminder whose moment has come; running twice owes nothing twice."""
    for lead in LEADS:
        due = Invitation.objects.to_remind(now, lead).select_related("session__community", "person")
        outbox.queue(
            notices.reminder(invitation, lead) for invitation in due.iterator(chunk_size=500)
        )
