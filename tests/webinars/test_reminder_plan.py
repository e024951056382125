"""Which reminders go out, and the thanks afterwards."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from notifications import delivering, fanning
from notifications.models import Notification
from tests.browsers import Client
from tests.factories import make_registration, make_user, make_webinar
from tests.postbox import Postbox
from tests.webinars.test_manage import address
from tests.webinars.test_messages import SOON, words_of
from tests.webinars.test_pages import said
from webinars import notices, registration, reminders
from webinars.models import Series, Webinar

LONG_AGO = timedelta(days=60)


def ended(now: datetime, ago: timedelta, **fields: Any) -> Webinar:
    """Make a webinar that ended so long ago."""
    ends_at = now - ago
    times: dict[str, Any] = {"starts_at": ends_at - timedelta(hours=1), "ends_at": ends_at}
    return make_webinar(**times | fields)


def thanked(now: datetime) -> list[str]:
    """Let the clock look twice; return the names of who is owed thanks."""
    for _ in range(2):
        reminders.queue_thanks(now=now)
    owed = Notification.objects.filter(kind="webinars/thanks").order_by("recipient__name")
    return list(owed.values_list("recipient__name", flat=True))


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(days=13), ["fortnight"]),
        (timedelta(days=3), ["days"]),
        (timedelta(minutes=14), ["quarter"]),
        (timedelta(days=6), []),
    ],
)
def test_only_chosen_reminders_are_owed(now: datetime, before: timedelta, words: list[str]) -> None:
    webinar = make_webinar(starts_at=now + before)
    make_registration(webinar, joined_at=now - LONG_AGO)

    reminders.choose(webinar=webinar, words=["quarter", "days", "fortnight"], now=now)
    for _ in range(2):
        reminders.queue_due(now=now)

    webinar.refresh_from_db()
    assert webinar.reminders == ["fortnight", "days", "quarter"]
    assert [one.context["lead"] for one in Notification.objects.all()] == words


def test_reminder_that_is_taken_out_is_withdrawn(now: datetime) -> None:
    webinar = make_webinar(starts_at=now + timedelta(days=3))
    make_registration(webinar, joined_at=now - LONG_AGO)
    reminders.queue_due(now=now)

    reminders.choose(webinar=webinar, words=["day"], now=now)

    assert [one.state for one in Notification.objects.all()] == ["cancelled"]


def test_receipt_says_which_reminders_come(postbox: Postbox) -> None:
    webinar, person = make_webinar(starts_at=SOON, reminders=["days", "hour"]), make_user()

    registration.register(webinar=webinar, person=person, now=datetime.now(UTC))
    delivering.drain()

    assert "We remind you 3 days and 1 hour before." in words_of(postbox.received[0])


@pytest.mark.parametrize(
    ("ago", "number"),
    [
        (timedelta(hours=23), 0),
        (timedelta(hours=24), 1),
        (timedelta(hours=95), 1),
        (timedelta(hours=96), 0),
    ],
)
def test_thanks_come_a_day_later_for_three_days(now: datetime, ago: timedelta, number: int) -> None:
    make_registration(ended(now, ago))

    assert len(thanked(now)) == number


def test_thanks_go_to_who_held_a_seat_and_came_where_that_is_known(now: datetime) -> None:
    unknown, known = (ended(now, timedelta(days=2)) for _ in range(2))
    make_registration(unknown, make_user(name="Ann"))
    make_registration(unknown, make_user(name="Wes"), state="waitlisted")
    make_registration(known, make_user(name="Bea"), attended=True)
    make_registration(known, make_user(name="Bob"), attended=False)
    make_registration(known, make_user(name="Bud"))
    make_registration(ended(now, timedelta(days=2), reminders=["day"]), make_user(name="Off"))

    assert thanked(now) == ["Ann", "Bea"]


@pytest.mark.parametrize(
    ("attended", "heading"), [(True, "Thank you for coming"), (None, "After the webinar")]
)
def test_thanks_lead_to_the_page_and_can_be_switched_off(
    postbox: Postbox, attended: bool | None, heading: str
) -> None:
    webinar = ended(datetime.now(UTC), timedelta(days=1, hours=1))
    place = make_registration(webinar, make_user(time_zone="Pacific/Honolulu"), attended=attended)
    fanning.queue(webinar.registrations.all(), notices.thanks(webinar))
    notice = Notification.objects.get()
    Notification.objects.update(due_at=datetime.now(UTC) - timedelta(minutes=1))
    place.person.time_zone = _zone_where_it_is_day()
    place.person.save()

    delivering.drain()

    [message] = postbox.received
    assert message["Subject"] == f"{heading}: {webinar.title}"
    assert f"/webinars/{webinar.slug}/pulse/" in words_of(message)
    assert (notice.category, "List-Unsubscribe" in message) == ("messages", True)


def _zone_where_it_is_day() -> str:
    """Return a zone where what can wait goes out now."""
    hour = datetime.now(UTC).hour
    return "UTC" if 7 <= hour < 21 else "Asia/Tokyo" if hour >= 21 else "Pacific/Auckland"


def test_organiser_chooses_reminders(organiser_client: Client) -> None:
    webinar = make_webinar(starts_at=SOON)

    page = organiser_client.post(
        address(webinar, "reminders/"), {"reminders": ["hour", "week"]}, follow=True
    )
    webinar.refresh_from_db()

    assert "Reminders 7 days and 1 hour before." in said(page)
    assert webinar.reminders == ["week", "hour"]


def test_new_webinar_of_a_series_begins_with_its_reminders(organiser_client: Client) -> None:
    series = Series.objects.create(slug="row", name="Row")

    organiser_client.post("/manage/series/row/reminders/", {"reminders": ["day"], "thanks": "on"})
    series.refresh_from_db()

    assert series.reminders == ["day", "thanks"]
