"""Settings, links in mails, and the delivery log."""

import pytest
from bs4 import BeautifulSoup
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from notifications import kinds, suppressing, unsubscribing
from notifications.models import Category, Notification, Preference, Suppression
from tests.browsers import Client
from tests.factories import NOW, make_user


def _path(person: User) -> str:
    return "/" + unsubscribing.url(person, Category.NEWS).split("/", 3)[3]


def test_settings_keep_the_choice(client: Client, staff: User) -> None:
    client.force_login(staff)

    chosen = {
        "reminders": "now",
        "messages": "off",
        "surveys": "weekly",
        "questions": "off",
        "news": "off",
    }

    client.post("/my/notifications/", chosen)

    assert unsubscribing.paces(staff) == chosen


def test_necessary_categories_cannot_be_switched_off(client: Client, staff: User) -> None:
    client.force_login(staff)

    every = dict.fromkeys(Category, "off")

    client.post("/my/notifications/", every)

    assert set(Preference.objects.values_list("category", flat=True)) == {
        "messages",
        "reminders",
        "surveys",
        "questions",
        "news",
    }


def test_what_cannot_wait_never_comes_weekly(client: Client, staff: User) -> None:
    client.force_login(staff)

    page = client.post("/my/notifications/", dict.fromkeys(Category, "weekly"))

    assert set(page.context["form"].errors) == {"reminders", "messages", "questions"}
    assert not Preference.objects.exists()


def test_opening_the_link_changes_nothing(client: Client, staff: User) -> None:
    assert client.get(_path(staff)).status_code == 200
    assert unsubscribing.paces(staff)["news"] == "now"


def test_one_click_needs_no_cookie_and_is_repeatable(staff: User) -> None:
    strict = Client(enforce_csrf_checks=True)

    answers = [strict.post(_path(staff), {"List-Unsubscribe": "One-Click"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert unsubscribing.paces(staff)["news"] == "off"


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

    for query, asked in {"": 7, "?q=example.org": 6}.items():
        with django_assert_num_queries(asked):
            organiser_client.get(f"/manage/deliveries/{query}")


def test_log_finds_a_person(organiser_client: Client) -> None:
    _owe(2)
    person = Notification.objects.order_by("pk")[0].recipient
    assert person is not None

    for text in (person.name, person.email):
        page = organiser_client.get("/manage/deliveries/", {"q": text, "state": "pending"})

        assert [one.key for one in page.context["page"]] == ["log/0"]


def test_log_is_for_organisers(client: Client, staff: User) -> None:
    client.force_login(staff)

    assert client.get("/manage/deliveries/").status_code == 403


@pytest.mark.parametrize(
    "kind", ["webinars/reminder", "sessions/invited", "surveys/reminder", "accounts/code"]
)
def test_log_counts_by_message_and_calls_it_by_its_title(
    kind: str, organiser_client: Client, staff: User
) -> None:
    for number, state in enumerate(["pending", "failed", "expired"]):
        Notification.objects.create(
            key=f"log/{number}", kind=kind, state=state, recipient=staff, due_at=NOW
        )
    sent = {"state": "sent", "sent_at": NOW, "recipient": staff, "due_at": NOW}
    Notification.objects.create(key="log/sent", kind=kind, **sent)

    page = organiser_client.get("/manage/deliveries/")

    (row,) = page.context["kinds"]
    assert [row[name] for name in ("kind", "sent", "owed", "failed", "spared")] == [
        kind,
        1,
        1,
        1,
        1,
    ]
    assert kinds.title(kind) in page.content.decode()
    assert kinds.title(kind) != kind


def test_log_of_one_message_shows_no_other(organiser_client: Client, staff: User) -> None:
    for kind in ("webinars/reminder", "webinars/moved"):
        Notification.objects.create(key=kind, kind=kind, recipient=staff, due_at=NOW)

    page = organiser_client.get("/manage/deliveries/?kind=webinars/moved")

    assert [one.kind for one in page.context["page"]] == ["webinars/moved"]


def test_address_rests_and_is_written_to_again(organiser_client: Client) -> None:
    address = "old.name+x@example.gov"
    said = []

    for fields in ({"rests": "on"}, {}):
        done = organiser_client.post(
            "/manage/deliveries/address/", {"address": address} | fields, follow=True
        )
        heading = BeautifulSoup(done.content, "html.parser").select(".alert h2")[-1]
        said.append((suppressing.why(address, "news"), heading.text))

    assert done.request["QUERY_STRING"] == "q=old.name%2Bx%40example.gov"
    assert said == [
        ("Set by an organizer", f"Mail to {address} rests"),
        ("", f"Mail to {address} is delivered"),
    ]


def test_address_that_is_none_changes_nothing(organiser_client: Client) -> None:
    done = organiser_client.post(
        "/manage/deliveries/address/", {"address": "nobody", "rests": "on"}, follow=True
    )

    assert "Nothing was changed: give one whole e-mail address." in done.content.decode()
    assert not Suppression.objects.exists()
