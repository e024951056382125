"""How long somebody stays signed in."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import User
from ciwo_portal.session_store import SessionStore
from tests.browsers import Client
from tests.factories import make_member, make_user


def signed_in(person: User, *, away: timedelta, since: timedelta | None = None) -> Client:
    """Return the browser of somebody who was here last so long ago, and came so long ago."""
    client = Client()
    client.force_login(person)
    store, now = SessionStore(client.session.session_key), timezone.now()
    store["began_at"] = (now - (since or away)).isoformat()
    store.save()
    ends = now - away + timedelta(hours=12)
    Session.objects.filter(pk=store.session_key).update(expire_date=ends)
    return client


@pytest.mark.parametrize(
    ("minutes", "rights", "status"),
    [
        (59, {}, 200),
        (61, {}, 302),
        (29, {"is_organiser": True}, 200),
        (31, {"is_organiser": True}, 302),
        (31, {"is_staff": True}, 302),
    ],
)
def test_sitting_ends_after_a_while_away(minutes: int, rights: dict[str, bool], status: int):
    client = signed_in(make_user(**rights), away=timedelta(minutes=minutes))

    assert client.get("/my/").status_code == status


def test_sitting_ends_after_half_a_day_however_busy():
    client = signed_in(make_member(), away=timedelta(), since=timedelta(hours=12, seconds=1))

    assert client.get("/my/").status_code == 302


def test_who_was_away_too_long_is_told_and_the_session_is_gone():
    client = signed_in(make_member(), away=timedelta(hours=2))

    page = client.get("/my/", follow=True)

    assert b"You were signed out. Sign in again to go on." in page.content
    assert "_auth_user_id" not in client.session


def test_being_here_is_noted_once_a_minute(django_assert_num_queries):
    client = signed_in(make_member(), away=timedelta(minutes=50))

    client.get("/accessibility/")
    with django_assert_num_queries(2):  # session and person
        client.get("/accessibility/")

    ends = Session.objects.get(pk=client.session.session_key).expire_date
    assert timedelta(hours=11, minutes=59) < ends - timezone.now() <= timedelta(hours=12)


def test_writing_to_a_session_does_not_renew_its_beginning():
    client = Client()
    client.force_login(make_member())
    began = client.session["began_at"]

    store = SessionStore(client.session.session_key)
    store["word"] = 1
    store.save()

    assert SessionStore(store.session_key)["began_at"] == began


@pytest.mark.parametrize("right", ["is_organiser", "is_staff", "is_superuser"])
def test_a_change_of_rights_ends_all_sessions(right: str):
    person = make_user()
    client = Client()
    client.force_login(person)

    User.objects.filter(pk=person.pk).update(**{right: True})

    assert client.get("/my/").status_code == 302


def test_signing_in_changes_the_sessions_key():
    client = Client()
    session = client.session
    session["next"] = "/"
    session.save()
    before = session.session_key

    client.force_login(make_user())

    assert client.session.session_key != before
