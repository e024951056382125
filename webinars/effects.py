"""What a move, a cancellation or its taking back would touch: counted before it is saved."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from events import clashes
from events.models import Event
from notifications.models import Notification
from webinars import notices
from webinars.models import Registration, Webinar
from webinars.scheduling import Plan


@dataclass(frozen=True)
class Time:
    """When a webinar is or would be: UTC instants and the announced zone."""

    starts_at: datetime
    ends_at: datetime
    zone: str

    @classmethod
    def of(cls, said: Webinar | Plan) -> Self | None:
        """Return when this is; None of what has a day only."""
        if said.starts_at is None or said.ends_at is None:
            return None
        return cls(said.starts_at, said.ends_at, said.time_zone)


@dataclass(frozen=True)
class Effects:
    """How many are told, whose calendars change, and what else happens at the time."""

    messages: int
    calendars: int
    reminders_sent: int  # of the time as it is now
    reminders_owed: int
    others: list[Event]
    holidays: list[str]


def of(webinar: Webinar, time: Time | None = None) -> Effects:
    """Count what telling everybody touches; given a time, look what else happens then."""
    places = webinar.registrations.current().aggregate(
        messages=Count("pk"),
        calendars=Count("pk", filter=Q(state=Registration.State.REGISTERED)),
    )
    places["messages"] += webinar.presenters.without_place().count()
    places["messages"] += webinar.offers.asked_by_others().count()
    state = Notification.State
    reminded = notices.of_webinar(webinar).filter(kind="webinars/reminder")
    if webinar.starts_at:
        reminded = reminded.filter(key__endswith=webinar.starts_at.isoformat())
    reminders = reminded.aggregate(
        reminders_sent=Count("pk", filter=Q(state__in=[state.SENT, state.DELIVERED])),
        reminders_owed=Count("pk", filter=Q(state__in=[state.PENDING, state.CLAIMED])),
    )
    return Effects(
        **places,
        **reminders,
        others=clashes.at(time.starts_at, time.ends_at, but=webinar) if time else [],
        holidays=clashes.days_off(time.starts_at, time.ends_at, time.zone) if time else [],
    )


def coincidences(time: Time | None, *, but: Webinar | None) -> list[str]:
    """Say in words what else happens at a time."""
    if time is None:
        return []
    days = clashes.days_off(time.starts_at, time.ends_at, time.zone)
    others = clashes.at(time.starts_at, time.ends_at, but=but)
    return [
        *(_("It falls on a federal holiday: %(name)s.") % {"name": name} for name in days),
        *(_("At the same time: %(title)s.") % {"title": event.title} for event in others),
    ]
