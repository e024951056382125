"""A kind of message that does what its context says."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from notifications import delivering, kinds
from notifications.kinds import Dropped, Kind, Letter
from notifications.models import Category, Notification
from tests.factories import make_user

meanwhile: list[Callable[[], object]] = []  # what happens while a message is being written


def _write(notification: Notification) -> Letter:
    facts = notification.context
    if "dropped" in facts:
        raise Dropped("the webinar was canceled")
    if "broken" in facts:
        raise ValueError(facts["broken"])
    if "slow" in facts:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 50; SELECT pg_sleep(5)")
    if "name" in facts:
        return Letter({"person": {"name": "\0"}})
    if "hangs" in facts:
        while True:
            pass
    while meanwhile:
        meanwhile.pop()()
    soon = datetime.now(UTC) + timedelta(hours=facts.get("hours_before", 100))
    return Letter({}, can_wait="patient" in facts, happens_at=soon)


@pytest.fixture
def plain_kind(settings: Settings, tmp_path: Any) -> None:
    """A kind whose texts say nothing but the reader's name."""
    folder = tmp_path / "tests" / "mail"
    folder.mkdir(parents=True)
    for ending in ("subject.txt", "txt", "html"):
        (folder / f"plain.{ending}").write_text("Hello {{ person.name }}\n")
    settings.TEMPLATES = [
        settings.TEMPLATES[0] | {"DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}
    ]
    kinds.register(Kind("tests/plain", Category.REMINDERS, _write, replaces=True))


def owe(**fields: Any) -> Notification:
    """Owe a reminder that is due now."""
    person = fields.pop("recipient", None) or make_user()
    now = datetime.now(UTC)
    values = {
        "key": f"test/{person.pk}/{fields.get('due_at', '')}",
        "kind": "tests/plain",
        "category": Category.REMINDERS,
        "recipient": person,
        "about": f"registration/{person.pk}",
        "due_at": now - timedelta(minutes=1),
    }
    return Notification.objects.create(**values | fields)


def after(notification: Notification) -> tuple[str, str]:
    """Send what is owed; return this one's state and reason."""
    delivering.drain()
    notification.refresh_from_db()
    return notification.state, notification.reason
