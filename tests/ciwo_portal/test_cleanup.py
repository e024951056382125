"""What goes at night, and what stays."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models.expressions import RawSQL
from pytest_django import Settings

from accounts.models import User
from agencies.models import Agency, Membership
from ciwo_portal import cleanup
from library.models import Download
from notifications.models import DeliveryEvent, Notification, SoftBounce
from tests.factories import (
    make_agency,
    make_member,
    make_registration,
    make_resource,
    make_user,
    make_webinar,
)

State = Notification.State


def message(key: str, due_at: datetime, **fields: Any) -> Notification:
    values = {"kind": "webinars/reminder", "category": "reminders", "recipient": make_user()}
    values |= {"state": State.CANCELLED, "useful_until": due_at}
    return Notification.objects.create(key=key, due_at=due_at, **values | fields)


def keys() -> list[str]:
    return list(Notification.objects.order_by("key").values_list("key", flat=True))


def stranger(email: str, joined_at: datetime, **fields: Any) -> User:
    """Make an account whose address nobody has confirmed."""
    person = make_user(email=email, joined_at=joined_at, **fields)
    EmailAddress.objects.create(user=person, email=email, verified=False)
    return person


def test_messages_go_that_nobody_can_owe_once_more(now: datetime, settings: Settings) -> None:
    old = now - timedelta(days=settings.OUTBOX_DAYS, seconds=1)
    late = now - timedelta(days=settings.OUTBOX_DAYS - 1)
    for state in (State.CANCELLED, State.FAILED, State.EXPIRED):
        message(f"gone/{state}", old, state=state)
    message("stays/owed", old, state=State.PENDING)
    message("stays/may be owed for good", old, useful_until=None)
    message("stays/of use until lately", old, useful_until=late)
    message("stays/late", late)

    first = cleanup.clean_up(now=now)["messages"]

    assert (first, cleanup.clean_up(now=now)["messages"]) == (3, 0)
    assert keys() == [
        "stays/late",
        "stays/may be owed for good",
        "stays/of use until lately",
        "stays/owed",
    ]


def test_accounts_go_that_were_never_confirmed_nor_used(now: datetime, settings: Settings) -> None:
    old = now - timedelta(days=settings.UNVERIFIED_ACCOUNT_DAYS, seconds=1)
    for number in range(3):
        stranger(f"gone{number}@example.org", old)
    stranger("late@example.org", now)
    stranger("organiser@example.org", old, is_organiser=True)
    stranger("signed-in@example.org", old, last_login=old)
    make_registration(make_webinar(), stranger("registered@example.org", old))
    Membership.objects.create(
        person=stranger("asked@example.org", old), agency=make_agency(), asked_at=old
    )
    make_user(email="added-by-others@example.org", joined_at=old)
    EmailAddress.objects.filter(user=stranger("verified@example.org", old)).update(verified=True)

    cleanup.clean_up(now=now)

    assert sorted(User.objects.values_list("email", flat=True)) == [
        "added-by-others@example.org",
        "asked@example.org",
        "late@example.org",
        "organiser@example.org",
        "registered@example.org",
        "signed-in@example.org",
        "verified@example.org",
    ]


def _fill(now: datetime, settings: Settings) -> None:
    """Make three of each that are due and one that is not."""
    second, resource, member = timedelta(seconds=1), make_resource(), make_member()
    one = message("sent", now)
    for number, ago in enumerate([second, 2 * second, 3 * second, -second]):
        Session.objects.create(session_key=f"key-{number}", expire_date=now - ago)
        days = timedelta(days=settings.DELIVERY_REPORT_DAYS)
        DeliveryEvent.objects.create(
            provider="postmark", event_id=number, kind="delivered", noted_at=now - days - ago
        )
        at = now - timedelta(days=settings.DOWNLOAD_LOG_DAYS) - ago
        Download.objects.create(resource=resource, title="Slides", person=member, at=at)
    SoftBounce.objects.create(notification=one, noted_at=now - timedelta(days=15))
    with connection.cursor() as cursor:
        for key, ago in {"old": second, "older": second, "oldest": second, "new": -second}.items():
            cursor.execute("INSERT INTO accounts_limits VALUES (%s, '1', %s)", [key, now - ago])


def test_sessions_reports_downloads_and_limits_go_in_time(
    now: datetime, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cleanup, "BATCH", 2)
    _fill(now, settings)

    assert cleanup.clean_up(now=now) == {
        "sessions": 3,
        "reports": 3,
        "soft_bounces": 1,
        "messages": 0,
        "downloads": 3,
        "accounts": 0,
        "limits": 3,
    }
    assert cleanup.clean_up(now=now) == dict.fromkeys(cleanup.KEPT, 0) | {"limits": 0}


def test_command_says_what_went(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("clean_up")

    assert capsys.readouterr().out == "".join(f"{name}: 0\n" for name in [*cleanup.KEPT, "limits"])


def test_no_table_of_agencies_or_the_programme_is_ever_cleaned(now: datetime) -> None:
    models = {rows(now).model for rows in cleanup.KEPT.values()}

    assert models == {Session, Notification, DeliveryEvent, SoftBounce, Download, User}
    assert Agency not in models


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_forgotten_keeps_nothing_else(
    now: datetime, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(now, settings)
    broken = Download.objects.filter(pk__in=RawSQL("SELECT 1 / 0", []))
    first = {"downloads": lambda _now: broken} | {"sessions": cleanup.KEPT["sessions"]}
    monkeypatch.setattr(cleanup, "KEPT", first)

    with pytest.raises(CommandError, match="downloads"):
        call_command("clean_up")

    left = [Download.objects.count(), Session.objects.filter(expire_date__lt=now).count()]
    assert left == [4, 0]
