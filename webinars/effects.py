"""What a move, a cancellation or its taking back would touch: counted before it is saved."""

from django.db.models import Count, Q

from accounts.models import User
from events.effects import Effects, Time, holidays, others
from webinars import notices
from webinars.models import Registration, Webinar


def of(webinar: Webinar, reader: User, time: Time | None = None) -> Effects:
    """Count what telling everybody touches; given a time, look what else happens then."""
    places = webinar.registrations.current().aggregate(
        messages=Count("pk"),
        calendars=Count("pk", filter=Q(state=Registration.State.REGISTERED)),
    )
    places["messages"] += webinar.presenters.without_place().count()
    places["messages"] += webinar.offers.asked_by_others().count()
    reminded = notices.of_webinar(webinar).filter(kind="webinars/reminder")
    if webinar.starts_at:
        reminded = reminded.filter(key__endswith=webinar.starts_at.isoformat())
    sent, owed = reminded.sent_and_owed()
    return Effects(
        **places,
        reminders_sent=sent,
        reminders_owed=owed,
        others=others(time, webinar, reader),
        holidays=holidays(time),
    )
