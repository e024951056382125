"""Series: what a new webinar starts with, and where visitors meet them."""

from typing import Any

import pytest
from bs4 import BeautifulSoup

from accounts import profile
from accounts.models import User
from tests.browsers import Client
from tests.factories import make_community, make_series, make_webinar
from tests.webinars.test_manage import LIST, errors_of
from tests.webinars.test_pages import SOON, said
from webinars.models import Series, Webinar

SERIES = "/manage/series/"
SAID = {
    "name": "Strategic enforcement",
    "visibility": "public",
    "capacity": "120",
    "time_zone": "America/Chicago",
    "minutes": "90",
    "partner": "CLASP",
    "access_information": "Live captions.",
}


def test_new_webinar_of_a_series_starts_with_its_defaults(organiser_client: Client) -> None:
    founded = organiser_client.post(f"{SERIES}new/", SAID, follow=True)
    series = Series.objects.get()

    form = organiser_client.get(f"{LIST}new/?series={series.slug}").context["form"]

    assert "Plan its first webinar." in said(founded)
    names = ("capacity", "time_zone", "minutes", "partner", "access_information", "visibility")
    assert {name: form[name].value() for name in names} == {
        name: int(SAID[name]) if name in ("capacity", "minutes") else SAID[name] for name in names
    }
    assert form["series"].value() == series.pk


def test_series_chosen_in_the_form_gives_what_was_left_alone(organiser_client: Client) -> None:
    series = make_series(name="Liens", capacity=40, time_zone="America/Chicago", partner="CLASP")
    shown = organiser_client.get(f"{LIST}new/").context["form"]
    left = {name: shown[name].value() or "" for name in ("visibility", "time_zone", "minutes")}
    typed = {"title": "Bonds", "held_on": SOON.date(), "start": "13:00", "partner": "Us"}

    page = organiser_client.post(f"{LIST}new/", typed | left | {"series": series.pk}, follow=True)

    webinar = Webinar.objects.get()
    assert (webinar.capacity, webinar.time_zone, webinar.partner) == (40, "America/Chicago", "Us")
    assert "Taken from the series: Seats, Time zone." in said(page)


def test_new_event_starts_in_the_zone_of_who_plans_it(organiser: User) -> None:
    profile.choose_zone(person=organiser, time_zone="America/Denver")
    client = Client()
    client.force_login(organiser)

    forms = [client.get(where).context["form"] for where in (f"{LIST}new/", f"{SERIES}new/")]

    assert [form["time_zone"].value() for form in forms] == ["America/Denver"] * 2


def test_changing_a_series_leaves_its_webinars(organiser_client: Client) -> None:
    series = make_series(capacity=50)
    make_webinar(series=series, capacity=50)

    organiser_client.post(f"{SERIES}{series.slug}/edit/", SAID)

    assert (Series.objects.get().capacity, Webinar.objects.get().capacity) == (120, 50)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"name": ""}, "Name: This field is required."),
        ({"name": "liens"}, "Name: There is a series of this name."),
        ({"name": "Bcc: a\r\nb"}, "Name: Write it on one line."),
        ({"visibility": "community"}, "Community: Choose the community that it is for."),
        ({"capacity": "0"}, "Seats: Ensure this value is greater than or equal to 1."),
        ({"minutes": "x"}, "Length in minutes: Enter a whole number."),
        ({"time_zone": "Mars"}, "Time zone: Select a valid choice."),
    ],
)
def test_bad_input_is_explained_and_kept(organiser_client: Client, fields, error: str) -> None:
    make_series(name="Liens")

    page = organiser_client.post(f"{SERIES}new/", SAID | fields)

    assert [one[: len(error)] for one in errors_of(page)] == [error]
    assert "Live captions." in page.content.decode()
    assert Series.objects.count() == 1


def test_series_with_webinars_stays_and_an_empty_one_goes(organiser_client: Client) -> None:
    used, empty = make_series(), make_series()
    make_webinar(series=used)

    pages = [
        said(organiser_client.post(f"{SERIES}{one.slug}/remove/", follow=True))
        for one in (used, empty)
    ]

    assert ["it stays" in pages[0], "is removed" in pages[1]] == [True, True]
    assert list(Series.objects.all()) == [used]


def test_visitors_find_the_webinars_of_a_series() -> None:
    series = make_series(name="Liens and bonds")
    one = make_webinar(series=series, title="Liens", starts_at=SOON)
    make_webinar(title="Wages", starts_at=SOON)

    page = said(Client().get(one.get_absolute_url()))
    found = said(Client().get(f"/webinars/?series={series.slug}"))

    assert "Liens and bonds" in page
    assert ("Liens" in found, "Wages" in found) == (True, False)


def test_series_of_what_is_closed_or_a_draft_is_not_named() -> None:
    hidden = make_series(name="Hidden-one"), make_series(name="Hidden-two")
    closed: dict[str, Any] = {"visibility": "community", "community": make_community()}
    make_webinar(series=hidden[0], starts_at=SOON, **closed)
    make_webinar(series=hidden[1], starts_at=SOON, state="draft", published_at=None)

    pages = [
        Client().get(f"/webinars/{asked}").content.decode()
        for asked in ("", f"?series={hidden[0].slug}", "?series=nonsense")
    ]

    assert ["Hidden" in page for page in pages] == [False] * 3


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_ask_a_fixed_number_of_questions(
    rows: int, organiser_client: Client, django_assert_num_queries
) -> None:
    for _ in range(rows):
        series = make_series()
    for _ in range(rows):
        make_webinar(series=series)

    for path, number in {SERIES: 4, f"{SERIES}{series.slug}/": 5}.items():
        with django_assert_num_queries(number):
            organiser_client.get(path)


def test_list_offers_no_filter_without_series() -> None:
    make_webinar(starts_at=SOON)

    page = BeautifulSoup(Client().get("/webinars/").content, "html.parser")

    assert page.select("#series") == []
