"""Settings, links in mails, and the delivery log."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from notifications import unsubscribing
from notifications.models import Category, Notification, Preference
from tests.factories import NOW, make_user


def _path(person: User) -> str:
    return "/" + unsubscribing.url(person, Category.NEWS).split("/", 3)[3]


def test_settings_keep_the_choice(client: Client, staff: User) -> None:
    client.force_login(staff)

    client.post("/my/notifications/", {"categories": ["surveys"]})

    assert unsubscribing.wanted(staff) == {"surveys"}


def test_necessary_categories_cannot_be_switched_off(client: Client, staff: User) -> None:
    client.force_login(staff)

    client.post("/my/notifications/", {"categories": []})

    assert set(Preference.objects.values_list("category", flat=True)) == {
        "reminders",
        "surveys",
        "news",
    }


def test_opening_the_link_changes_nothing(client: Client, staff: User) -> None:
    assert client.get(_path(staff)).status_code == 200
    assert "news" in unsubscribing.wanted(staff)


def test_one_click_needs_no_cookie_and_is_repeatable(staff: User) -> None:
    strict = Client(enforce_csrf_checks=True)

    answers = [strict.post(_path(staff), {"List-Unsubscribe": "One-Click"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert "news" not in unsubscribing.wanted(staff)


@pytest.mark.parametrize("token", ["x", "WzEsIm5ld3MiXQ:1abc:nonsense"])
def test_unknown_link_is_not_found(client: Client, token: str) -> None:
    assert client.get(f"/unsubscribe/{token}/").status_code == 404


def _owe(number: int) -> None:
    for n in range(number):
        Notification.objects.create(
            key=f"log/{n}", kind="tests/plain", category="news", recipient=make_user(), due_at=NOW
        )


@pytest.mark.parametrize("number", [1, 3])
def test_log_asks_as_often_for_many_as_for_one(
    number: int, organiser_client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    _owe(number)

    with django_assert_num_queries(5):
        organiser_client.get("/manage/deliveries/")


def test_log_finds_a_person(organiser_client: Client) -> None:
    _owe(2)
    name = Notification.objects.order_by("pk")[0].recipient.name  # type: ignore[union-attr]

    page = organiser_client.get("/manage/deliveries/", {"q": name, "state": "pending"})

    assert [one.key for one in page.context["page"]] == ["log/0"]


def test_log_is_for_organisers(client: Client, staff: User) -> None:
    client.force_login(staff)

    assert client.get("/manage/deliveries/").status_code == 403
