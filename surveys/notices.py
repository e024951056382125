"""The messages that a survey owes."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from notifications.kinds import Dropped, Kind, Letter, register
from notifications.models import Category, Notification
from surveys import reading, wording
from surveys.models import Reopening, Response
from surveys.permissions import may_submit

UNOPENED = "unopened"  # the lead of the reminder to those who have not looked yet


def invitation(response: Response, person: User, now: datetime) -> Notification:
    """Ask a coordinator to answer for the agency; owed once per person, agency and wave."""
    return Notification(
        key=f"survey-invitation/{response.pk}/{person.pk}",
        kind="surveys/invitation",
        category=Category.SURVEYS,
        about=about(response),
        recipient=person,
        context={"response": response.pk},
        due_at=max(now, response.wave.opens_at),
        useful_until=response.wave.closes_at,
    )


def reminder(
    response: Response, person: User, lead: str, now: datetime, useful_until: datetime
) -> Notification:
    """Remind a coordinator that the wave closes soon; owed once per person, agency and lead."""
    return Notification(
        # Without the closing time: a longer deadline does not bring more than the two reminders.
        key=f"survey-reminder/{response.pk}/{person.pk}/{lead}",
        kind="surveys/reminder",
        category=Category.SURVEYS,
        about=about(response),
        recipient=person,
        context={"response": response.pk, "lead": lead},
        due_at=now,
        useful_until=useful_until,
    )


def reopened(reopening: Reopening, person: User, now: datetime) -> Notification:
    """Tell a coordinator that the answers can change again, and why; owed once per reopening."""
    response = reopening.response
    return Notification(
        key=f"survey-reopened/{reopening.pk}/{person.pk}",
        kind="surveys/reopened",
        category=Category.CHANGES,
        about=about(response),
        recipient=person,
        context={"response": response.pk, "reopening": reopening.pk},
        due_at=now,
        useful_until=response.wave.closes_at,
    )


def about(response: Response) -> str:
    """Return what a change to this response withdraws its messages by."""
    return f"response/{response.pk}"


def _write(notification: Notification) -> Letter:
    response: Response | None = notification.found
    person = notification.recipient
    if response is None or person is None:
        raise Dropped("the agency is not asked any more")
    if response.state == Response.State.SUBMITTED:
        raise Dropped("the agency has answered")
    if not may_submit(person, response):
        raise Dropped("the person does not coordinate this agency any more")
    if notification.context.get("lead") == UNOPENED and response.opened_at:
        raise Dropped("the agency has opened it")
    context = _context(response)
    if "reopening" in notification.context:
        context["reopening"] = response.reopenings.get(pk=notification.context["reopening"])
    return Letter(
        context, can_wait=True, happens_at=response.wave.closes_at, url=context["respond_url"]
    )


def _context(response: Response) -> dict[str, Any]:
    wave = response.wave
    address = f"{wave.get_absolute_url()}?agency={response.agency.slug}"
    return {
        "agency": response.agency,
        "wave": wave,
        "survey": wave.survey,
        "closes": wording.moment(wave, wave.closes_at),
        "closes_on": wording.day(wave, wave.closes_at),
        "progress": reading.progress([response])[response.pk],
        "respond_url": f"{settings.SITE_URL}{address}",
    }


_ROWS = Response.objects.select_related("wave__survey", "agency")
register(
    *(
        Kind(f"surveys/{word}", category, _write, "response", _ROWS, title)
        for word, category, title in (
            ("invitation", Category.SURVEYS, _("Survey invitation")),
            ("reminder", Category.SURVEYS, _("Survey reminder")),
            ("reopened", Category.CHANGES, _("Survey reopened")),
        )
    ),
)
