"""A person's time zone is asked, not defaulted: where it is a guess, pages and mails say so."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from accounts.models import User
from notifications import delivering, outbox
from tests.browsers import Client
from tests.factories import make_registration, make_user, make_webinar, midday
from tests.postbox import Postbox
from webinars import notices

NEW = {"name": "Ana", "email": "ana@example.org", "password1": "correct horse battery"}
LOS_ANGELES, ASSUMED = "America/Los_Angeles", "America/New_York"


def notice_on(person: User) -> Any:
    """Return what this person's page asks about the time zone."""
    client = Client()
    client.force_login(person)
    return BeautifulSoup(client.get("/my/").content, "html.parser").select_one("[data-zone-offer]")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"time_zone": LOS_ANGELES}, [(LOS_ANGELES, True)]),
        ({"time_zone": "Europe/Berlin"}, [("Europe/Berlin", True)]),
        ({"time_zone": "Mars/Olympus"}, []),
        ({}, []),
    ],
)
def test_sign_up_asks_for_the_time_zone(settings: Any, said: dict[str, str], kept: list[Any]):
    settings.ACCOUNT_RATE_LIMITS = False

    Client().post("/accounts/signup/", NEW | said)

    assert list(User.objects.values_list("time_zone", "has_chosen_zone")) == kept


@pytest.mark.parametrize("is_guess", [True, False])
def test_page_and_mail_say_that_a_zone_is_a_guess(postbox: Postbox, is_guess: bool):
    person = make_user(has_chosen_zone=not is_guess)
    place = make_registration(make_webinar(starts_at=midday(14)), person)
    outbox.queue([notices.receipt(place, timezone.now())])

    delivering.drain()

    mail: Any = postbox.received[-1]
    texts = [mail.get_body((kind,)).get_content() for kind in ("plain", "html")]
    assert notice_on(person).has_attr("hidden") is not is_guess
    assert ["/my/profile/" in text for text in texts] == [is_guess] * 2
    assert ["Eastern, and what can wait" in " ".join(text.split()) for text in texts] == [
        is_guess
    ] * 2


@pytest.mark.parametrize(
    ("zone", "onward", "kept"),
    [
        (LOS_ANGELES, "/my/", (LOS_ANGELES, True)),
        (ASSUMED, "/my/", (ASSUMED, True)),
        ("nonsense", "/my/profile/", (ASSUMED, False)),
    ],
)
def test_one_press_takes_a_zone_and_stays_on_the_page(
    zone: str, onward: str, kept: tuple[str, bool]
):
    person, client = make_user(has_chosen_zone=False), Client()
    client.force_login(person)

    answer = client.post("/my/profile/zone/", {"time_zone": zone, "next": "/my/"})

    person.refresh_from_db()
    assert (answer["Location"], (person.time_zone, person.has_chosen_zone)) == (onward, kept)


def test_profile_asks_for_a_zone_that_is_a_guess():
    person, client = make_user(has_chosen_zone=False), Client()
    client.force_login(person)

    form = client.get("/my/profile/").context["form"]

    assert form["time_zone"].value() is None
