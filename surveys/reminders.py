"""Who is due a reminder now."""

from datetime import datetime, timedelta

from notifications import outbox
from surveys import notices
from surveys.models import Invitation

# From when on each is owed, and until when it is of use: both before the wave closes.
LEADS = {
    "week": (timedelta(days=7), timedelta(days=1)),
    "day": (timedelta(days=1), timedelta(0)),
}


def queue_due(*, now: datetime) -> None:
    """Owe every reminder whose moment has come; running twice owes nothing twice.

    Two at most: one from a week before closing, one from a day before. Who was invited after
    such a moment knows already, and who has submitted is left alone.
    """
    for lead, (before, until) in LEADS.items():
        due = Invitation.objects.to_remind(now, before, until)
        outbox.queue(
            notices.reminder(i.response, i.person, lead, now, i.response.wave.closes_at - until)
            for i in due.select_related("response__wave", "person").iterator(chunk_size=500)
        )
