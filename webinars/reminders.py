"""Who is due a reminder now."""

from datetime import datetime

from events.leads import LEADS
from notifications import outbox
from webinars import notices
from webinars.models import Registration


def queue_due(*, now: datetime) -> None:
    """Owe every reminder whose moment has come; running twice owes nothing twice."""
    for lead in LEADS:
        due = Registration.objects.to_remind(now, lead).select_related("webinar", "person")
        outbox.queue(notices.reminder(place, lead) for place in due.iterator(chunk_size=500))
