"""Who is due a reminder now."""

from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef

from events.leads import LEADS, Lead
from notifications import outbox
from webinars import notices, registration
from webinars.models import Registration, RegistrationQuerySet, Webinar


def queue_due(*, now: datetime) -> None:
    """Owe every reminder whose moment has come; running twice owes nothing twice."""
    for lead in LEADS:
        webinars = Webinar.objects.filter(pk__in=_due(lead, now).values("webinar"))
        for webinar in webinars.order_by("pk"):
            _queue(webinar, lead, now)


@transaction.atomic
def _queue(webinar: Webinar, lead: Lead, now: datetime) -> None:
    """Hold the webinar meanwhile, so that who cancels it withdraws what we owe, or we see it."""
    registration.hold(webinar)
    due = _due(lead, now).filter(webinar=webinar).select_related("webinar", "person")
    outbox.queue(notices.reminder(place, lead) for place in due.iterator(chunk_size=500))


def _due(lead: Lead, now: datetime) -> RegistrationQuerySet:
    due_at = OuterRef("webinar__starts_at") - lead.before
    is_owed = outbox.is_owed("webinars/reminder", "registration", due_at)
    # Who heard of the move after the reminder's moment knows what it would have said.
    is_told = outbox.is_told_after("webinars/moved", "registration", due_at)
    is_back = outbox.is_told_after("webinars/reinstated", "registration", due_at)
    return Registration.objects.to_remind(now, lead).filter(~is_owed, ~is_told, ~is_back)
