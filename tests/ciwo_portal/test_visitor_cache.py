import gzip
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.test import TestCase
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import visitors
from accounts.models import User
from library.models import Programme
from tests.browsers import Client
from tests.factories import make_session, make_topic, make_user, make_webinar


@pytest.fixture(autouse=True)
def _keeping_pages(settings: Settings) -> Iterator[None]:
    settings.VISITOR_CACHE_SECONDS = 30
    cache.clear()
    yield
    cache.clear()


def test_second_visitor_costs_no_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
):
    first = client.get("/webinars/")

    with django_assert_num_queries(0):
        second = Client().get("/webinars/")

    assert second.content == first.content
    assert dict(second.items()) == dict(first.items())


def test_public_page_is_compressed_and_sent_once(client: Client):
    plain = client.get("/webinars/")
    packed = client.get("/webinars/", headers={"Accept-Encoding": "br, gzip"})
    again = client.get("/webinars/", headers={"If-None-Match": plain.headers["ETag"]})

    assert gzip.decompress(packed.content) == plain.content
    assert (packed.headers["Content-Encoding"], again.status_code) == ("gzip", 304)
    assert (packed.headers["Content-Length"], again.content) == (str(len(packed.content)), b"")
    assert packed.headers["Cache-Control"] == "no-cache"
    assert packed.headers["Vary"] == "Cookie, Accept-Encoding"


def test_page_of_a_signed_in_person_is_never_kept(client: Client, staff: User):
    client.force_login(staff)
    personal = client.get("/webinars/", headers={"Accept-Encoding": "gzip"})

    visitors = Client().get("/webinars/")

    assert {"Content-Encoding", "ETag"} & personal.headers.keys() == set()
    assert personal.headers["Cache-Control"] == (
        "max-age=0, no-cache, no-store, must-revalidate, private"
    )
    assert staff.name in personal.content.decode()
    assert staff.name not in visitors.content.decode()


def test_signed_in_person_never_meets_a_kept_page(client: Client, staff: User):
    Client().get("/webinars/")
    client.force_login(staff)

    page = client.get("/webinars/").content.decode()

    assert staff.name in page


@pytest.mark.parametrize("again", ["?q=liens", "?q=liens&topic=&page=", "?topic=&q=liens"])
def test_the_same_search_costs_visitors_no_query(
    client: Client, again: str, django_assert_num_queries: DjangoAssertNumQueries
):
    first = client.get("/library/?q=liens")

    with django_assert_num_queries(0):
        second = Client().get(f"/library/{again}")

    assert second.content == first.content


@pytest.mark.parametrize(
    "asked", ["?q=lien", "?q=liens&page=2", "?q=liens&kind=webinar", "?q=liens&fresh"]
)
def test_another_search_is_made_anew(client: Client, asked: str):
    client.get("/library/?q=liens")
    make_webinar(title="Liens on property", starts_at=None, held_on=date(2017, 8, 2))

    page = client.get(f"/library/{asked}").content.decode()

    assert "on property" in page


def test_long_search_is_not_kept(client: Client):
    asked = f"/library/?q={'a' * 200}"
    client.get(asked)
    make_webinar(title="a" * 200, starts_at=None, held_on=date(2017, 8, 2))

    page = client.get(asked).content.decode()

    assert "1 result" in page


def test_missing_page_is_not_kept(client: Client):
    client.get("/webinars/liens/")
    make_webinar(slug="liens", title="Liens on property")

    assert client.get("/webinars/liens/").status_code == 200


@pytest.mark.parametrize("path", ["/?fresh", "/topics/liens/?fresh", "/library/"])
def test_kept_parts_are_forgotten_when_something_is_closed(
    client: Client, path: str, django_capture_on_commit_callbacks: Any
):
    session = make_session(starts_at=None, held_on=date(2017, 8, 2), has_public_summary=True)
    session.topics.add(make_topic(slug="liens", name="Liens"))
    Programme.objects.create(year=2017, title="Programme")
    before = client.get(path).content.decode()

    session.has_public_summary = False
    session.save()
    with django_capture_on_commit_callbacks(execute=True):
        visitors.forget_pages()
    after = client.get(path).content.decode()

    assert (session.title in before, session.title in after) == (True, False)
    assert "1 result" not in after
    assert "1 session" not in after


def test_topic_with_other_words_is_shown_at_once(client: Client):
    topic = make_topic(name="Liens")
    assert b"Liens" in client.get("/topics/").content
    admin = Client()
    admin.force_login(make_user(is_staff=True, is_superuser=True, is_organiser=True))
    data = {"name": "Bonds", "description": "", "position": "1"}

    with TestCase.captureOnCommitCallbacks(execute=True):
        admin.post(f"/admin/library/topic/{topic.pk}/change/", data)

    assert b"Bonds" in client.get("/topics/").content
