"""The clock starts the reminders."""

from datetime import UTC, datetime, timedelta

from notifications.models import Notification
from surveys import tasks
from tests.surveys.scenes import make_coordinator, make_open_response


def test_the_tick_owes_reminders() -> None:
    now = datetime.now(UTC)
    response = make_open_response(
        opens_at=now - timedelta(days=20), closes_at=now + timedelta(hours=9)
    )
    person = make_coordinator(response)
    response.invitations.create(person=person, invited_at=now - timedelta(days=20))

    tasks.queue_reminders()

    assert [one.recipient for one in Notification.objects.all()] == [person]
