"""Who is due a reminder now."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef

from events.leads import CHOICES, Lead
from notifications import fanning, outbox
from notifications.models import Notification
from webinars import notices, registration
from webinars.models import Registration, RegistrationQuerySet, Series, Webinar
from webinars.models.registration import THANKS_AFTER
from webinars.models.webinar import THANKS

BATCH = 1000  # registrants for whom a webinar is held together


def queue_due(*, now: datetime) -> None:
    """Owe every reminder whose moment has come; running twice owes nothing twice."""
    for lead in CHOICES:
        webinars = Webinar.objects.filter(pk__in=_due(lead, now).values("webinar"))
        for webinar in webinars.order_by("pk"):
            after: int | None = 0
            while after is not None:
                after = _queue(webinar, lead, now, after)


def queue_thanks(*, now: datetime) -> None:
    """Owe thanks to who was there a day ago; running twice owes nothing twice."""
    due_at = OuterRef("webinar__ends_at") + THANKS_AFTER
    is_owed = outbox.is_owed("webinars/thanks", "registration", due_at)
    due = Registration.objects.to_thank(now).filter(~is_owed)
    for webinar in Webinar.objects.filter(pk__in=due.values("webinar")).order_by("pk"):
        places, thanks = webinar.registrations.to_thank(now), notices.thanks(webinar)
        after: int | None = 0
        while after is not None:
            after = fanning.queue_some(places, thanks, after=after, most=BATCH)


@transaction.atomic
def choose(*, webinar: Webinar, words: Collection[str], now: datetime) -> None:
    """Send exactly these reminders (words of events.leads, and THANKS); withdraw the others.

    One that is added when its moment has passed goes out within a minute, while it is of use.
    """
    webinar = registration.hold(webinar)
    dropped = set(webinar.reminders) - set(words)
    webinar.reminders = _in_order(words)
    webinar.save(update_fields=["reminders", "changed_at"])
    owed = notices.of_webinar(webinar).filter(kind__in=["webinars/reminder", "webinars/thanks"])
    for word in dropped:
        owed.open().filter(context__lead=word).finish(
            Notification.State.CANCELLED, reason="the organizers send it no more"
        )


def choose_for_series(*, series: Series, words: Collection[str]) -> None:
    """Let new webinars of the series begin with these reminders."""
    series.reminders = _in_order(words)
    series.save(update_fields=["reminders", "changed_at"])


def _in_order(words: Collection[str]) -> list[str]:
    return [word for word in (*(lead.word for lead in CHOICES), THANKS) if word in words]


@transaction.atomic
def _queue(webinar: Webinar, lead: Lead, now: datetime, after: int) -> int | None:
    """Owe it to some of those who are due; return after which place to go on, if there are more.

    The webinar is held meanwhile, so that who cancels it withdraws what we owe, or we see it. Not
    for all of them at once: who registers waits for it.
    """
    webinar = registration.hold(webinar)
    if webinar.starts_at is None:
        return None
    due = _untold(lead, now).filter(webinar=webinar)
    return fanning.queue_some(due, notices.reminder(webinar, lead), after=after, most=BATCH)


def _due(lead: Lead, now: datetime) -> RegistrationQuerySet:
    due_at = OuterRef("webinar__starts_at") - lead.before
    is_owed = outbox.is_owed("webinars/reminder", "registration", due_at)
    return _untold(lead, now).filter(~is_owed)


def _untold(lead: Lead, now: datetime) -> RegistrationQuerySet:
    due_at = OuterRef("webinar__starts_at") - lead.before
    # Who heard of a move or a seat after the reminder's moment knows what it would have said.
    is_told = outbox.is_told_after(_SAY_THE_SAME, "registration", due_at)
    return Registration.objects.to_remind(now, lead).filter(~is_told)


_SAY_THE_SAME = ["webinars/moved", "webinars/reinstated", "webinars/seat", "webinars/receipt"]
