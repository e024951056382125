"""What was announced before the portal wrote down when: the migrations fill it in from traces."""

from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from tests.factories import NOW, make_registration, make_session, make_user, make_webinar

OFF: dict[str, Any] = {"state": "cancelled", "cancelled_at": NOW, "published_at": None}
EARLIER = NOW - timedelta(days=3)
DAY = datetime(2017, 5, 16, tzinfo=UTC)


def fill(app: str, number: str) -> None:
    """Run the migration that fills in the moments."""
    import_module(f"{app}.migrations.{number}_announced_when").fill(apps, None)


@pytest.fixture(autouse=True)
def _before_the_constraint() -> None:
    """Let rows be as they could be before the constraint; the test's end brings it back."""
    with connection.cursor() as cursor:
        for table in ("webinars_webinar", "practice_sessions_practicesession"):
            name = table.partition("_")[2] if table.startswith("webinars") else "practicesession"
            cursor.execute(
                f"ALTER TABLE {table} DROP CONSTRAINT {name}_published_at_once_announced"
            )


def silent(make: Any, **fields: Any) -> Any:
    """Make an event that does not say when it was announced."""
    return make(**{"published_at": None} | fields)


def test_webinars_of_which_people_knew_say_since_when() -> None:
    published, of_2017 = silent(make_webinar), silent(make_webinar, starts_at=None, held_on=DAY)
    with_places, dropped = make_webinar(**OFF), make_webinar(**OFF)
    draft, said = make_webinar(state="draft"), make_webinar()
    make_registration(with_places, make_user(), joined_at=EARLIER)
    make_registration(published, make_user(), joined_at=EARLIER)

    fill("webinars", "0012")

    rows = (published, of_2017, with_places, dropped, draft, said)
    for row in rows:
        row.refresh_from_db()
    wanted = [EARLIER, DAY, EARLIER, None, None, NOW]
    assert [row.published_at for row in rows] == wanted


def test_sessions_of_which_people_knew_say_since_when() -> None:
    published, of_2017 = silent(make_session), silent(make_session, starts_at=None, held_on=DAY)
    with_guests, dropped = make_session(**OFF), make_session(**OFF)
    draft, said = make_session(state="draft"), make_session()
    for session in (published, with_guests):
        session.invitations.create(person=make_user(), invited_at=EARLIER)

    fill("sessions", "0005")

    rows = (published, of_2017, with_guests, dropped, draft, said)
    for row in rows:
        row.refresh_from_db()
    wanted = [EARLIER, DAY, EARLIER, None, None, NOW]
    assert [row.published_at for row in rows] == wanted
