"""The organisers' page on who may read answers at most, and where agencies read of it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from surveys import fielding, wording
from surveys.models import SharingLevel, Wave
from tests.browsers import Client
from tests.postbox import Postbox
from tests.surveys.scenes import (
    arrived,
    make_coordinator,
    make_open_response,
    make_shared,
    make_shared_too,
    narrow,
    signed_in,
)


def narrow_by_hand(client: Client, wave: Wave, form: dict[str, str]) -> Any:
    """Look at what it changes, then let it hold."""
    address = f"/manage/surveys/{wave.slug}/sharing/"
    shown = client.post(address, form).content.decode()
    seen = shown.partition('name="seen" value="')[2].partition('"')[0]
    return shown, client.post(address, form | {"seen": seen}, follow=True).content.decode()


def test_an_organiser_sees_what_it_changes_before_it_holds(
    organiser_client: Client, organiser: User
) -> None:
    response = make_shared()
    make_shared_too(response.wave)
    address = f"/manage/surveys/{response.wave.slug}/sharing/"
    form = {"widest": "counted", "reason": "Counsel asks us to."}

    first = organiser_client.post(address, form).content.decode()
    assert Wave.objects.get().widest_sharing == "public"
    shown, done = narrow_by_hand(organiser_client, response.wave, form)

    assert "<b>4</b> answers become narrower," in first
    assert "of <b>2</b> agencies." in shown
    assert "Saved. 4 answers are narrower now" in done
    assert "Answers are seen at most: Counted in totals only." in done
    assert [c.changed_by for c in response.wave.cap_changes.all()] == [organiser]
    review = signed_in(make_coordinator(response)).get(f"/surveys/{response.wave.slug}/review/")
    assert "Counsel asks us to." in review.content.decode()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"widest": "counted", "reason": " "}, "This field is required."),
        ({"reason": "So."}, "This field is required."),
        ({"widest": "x", "reason": "So."}, "Select a valid choice."),
    ],
)
def test_narrowing_says_what_is_missing(
    organiser_client: Client, form: dict[str, str], said: str
) -> None:
    response = make_shared()

    shown, _ = narrow_by_hand(organiser_client, response.wave, form)

    assert said in shown
    assert Wave.objects.get().widest_sharing == "public"


def test_more_answers_than_were_seen_are_shown_first(organiser_client: Client) -> None:
    response = make_shared()
    form = {"widest": "counted", "reason": "So.", "seen": "counted/1"}

    answer = organiser_client.post(f"/manage/surveys/{response.wave.slug}/sharing/", form)

    assert "<b>2</b> answers become narrower," in answer.content.decode()
    assert Wave.objects.get().widest_sharing == "public"


@pytest.mark.parametrize("widest", SharingLevel.values)
def test_invitation_and_review_say_who_reads_at_most(postbox: Postbox, widest: str) -> None:
    response = make_open_response(widest_sharing=widest)
    coordinator = make_coordinator(response)
    fielding.invite(wave=response.wave, now=datetime.now(UTC))

    [(_, text)] = arrived(postbox).values()
    review = signed_in(coordinator).get(f"/surveys/{response.wave.slug}/review/")

    promise = wording.promise(widest)
    assert promise in text
    assert escape(promise) in review.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_as_much_for_many(
    organiser_client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    wave = make_shared().wave
    for level in SharingLevel.values[2::-1][:count]:
        make_shared_too(wave)
        narrow(wave, level)
        wave.refresh_from_db()

    with django_assert_num_queries(6):
        organiser_client.get(f"/manage/surveys/{wave.slug}/sharing/")


def test_pressing_twice_says_that_it_holds_already(organiser_client: Client) -> None:
    response = make_shared()
    form = {"widest": "counted", "reason": "So.", "seen": "counted/2"}

    said = [
        organiser_client.post(
            f"/manage/surveys/{response.wave.slug}/sharing/", form, follow=True
        ).content.decode()
        for _ in range(2)
    ]

    assert "Saved. 2 answers are narrower now" in said[0]
    assert "This level holds already." in said[1]
    assert response.wave.cap_changes.count() == 1
