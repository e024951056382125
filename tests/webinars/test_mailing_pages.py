"""The organisers' pages about messages to people who have a place."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from notifications.models import Notification
from tests.browsers import Client
from tests.factories import make_registration, make_user, make_webinar
from tests.webinars.test_mailing import draft, send
from tests.webinars.test_manage import address, errors_of
from tests.webinars.test_pages import SOON, said
from webinars.models import Webinar

FORM = {
    "audience": "seated",
    "subject": "Room for {{ person.name }}",
    "text": "Dear {{ person.name }}, bring it.",
}


def with_people(number: int, **fields: Any) -> Webinar:
    """Make a webinar with so many seated."""
    webinar = make_webinar(starts_at=SOON, **fields)
    for n in range(number):
        make_registration(webinar, make_user(name=f"Guest {n}"))
    return webinar


def test_organiser_writes_looks_sends_and_undoes(organiser_client: Client) -> None:
    webinar = with_people(5)

    review = organiser_client.post(address(webinar, "messages/new/"), FORM, follow=True)
    one = webinar.mailings.get()
    confirmed = {"seen": "5", "version": one.version}
    pages = [
        organiser_client.post(f"{one.get_absolute_url()}{word}/", data, follow=True)
        for word, data in (("send", confirmed), ("send", confirmed), ("undo", {}))
    ]

    assert [f"Dear Guest {n}, bring it." in said(review) for n in range(5)] == [
        *(True, False, True, False, True)
    ]
    assert "Send to 5 people" in said(review)
    assert "It goes to 5 people in ten minutes." in said(pages[0])
    assert "Undone" in said(pages[2])
    assert set(Notification.objects.values_list("state", flat=True)) == {"cancelled"}
    assert "Room for [person name] Who holds a seat Undone" in said(
        organiser_client.get(address(webinar, "messages/"))
    )


def test_broken_text_is_explained_and_nothing_typed_is_lost(organiser_client: Client) -> None:
    webinar = with_people(1)
    broken = FORM | {"text": "Dear {{ persn.name }}"}

    page = organiser_client.post(address(webinar, "messages/new/"), broken)

    assert errors_of(page) == [
        "Text: There is no placeholder {{ persn.name }}. Did you mean {{ person.name }}?"
    ]
    assert "Dear {{ persn.name }}" in page.content.decode()
    assert webinar.mailings.count() == 0


def test_copy_is_shown_as_a_mail_without_the_readers_links(organiser_client: Client) -> None:
    webinar = with_people(1)
    one = draft(webinar)

    page = organiser_client.get(f"{one.get_absolute_url()}copies/1/")

    policy = page["Content-Security-Policy"]
    assert "Dear Guest 0" in page.content.decode()
    assert "/unsubscribe/…/" in page.content.decode()
    assert ("sandbox" in policy, "script-src" in policy) == (True, False)
    assert organiser_client.get(f"{one.get_absolute_url()}copies/2/").status_code == 404


def test_changed_number_is_said_and_nothing_sent(organiser_client: Client) -> None:
    webinar = with_people(1)
    one = draft(webinar)

    page = organiser_client.post(
        f"{one.get_absolute_url()}send/", {"seen": "9", "version": one.version}, follow=True
    )

    assert "Nothing was sent" in said(page)
    assert Notification.objects.count() == 0


def test_draft_changes_and_keeps_what_was_written(organiser_client: Client) -> None:
    one = draft(with_people(1))

    shown = organiser_client.get(f"{one.get_absolute_url()}edit/").content.decode()
    organiser_client.post(f"{one.get_absolute_url()}edit/", FORM)

    one.refresh_from_db()
    assert "bring a pencil." in shown
    assert (one.subject, one.text) == (FORM["subject"], FORM["text"])


def test_page_offers_to_send_again_what_failed(organiser_client: Client) -> None:
    one = send(draft(with_people(2)), timezone.now() - timedelta(minutes=11))
    first = Notification.objects.order_by("pk")[0]
    Notification.objects.filter(pk=first.pk).finish(Notification.State.FAILED, reason="554 no")

    shown = said(organiser_client.get(one.get_absolute_url()))
    page = organiser_client.post(f"{one.get_absolute_url()}again/", follow=True)

    assert "1 did not reach its reader" in shown
    assert "It is sent once more to 1 person." in said(page)
    assert Notification.objects.filter(state="pending").count() == 2


def test_mailing_of_another_webinar_is_not_found(organiser_client: Client) -> None:
    one, other = draft(with_people(1)), make_webinar(starts_at=SOON)

    found = organiser_client.get(address(other, f"messages/{one.uid}/"))

    assert found.status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_pages_ask_as_often_for_many_as_for_one(
    number: int,
    organiser: User,
    organiser_client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    webinar = with_people(number)
    mailings = [draft(webinar, by=organiser) for _ in range(number)]
    send(mailings[0], timezone.now())
    drafted = draft(webinar, by=organiser)

    for path, asked in {
        address(webinar, "messages/"): 5,
        mailings[0].get_absolute_url(): 8,
        drafted.get_absolute_url(): 10,
    }.items():
        with django_assert_num_queries(asked):
            organiser_client.get(path)
