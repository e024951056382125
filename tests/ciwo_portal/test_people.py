"""The pages of people and agencies."""

import pytest
from allauth.account.models import EmailAddress

from accounts.models import User
from agencies.models import Agency, Membership
from notifications.models import Notification
from tests.browsers import Client
from tests.factories import (
    NOW,
    PASSWORD,
    app_code,
    make_agency,
    make_community,
    make_member,
    make_user,
    make_webinar,
)
from webinars.models import Presenter

Role, Status = Membership.Role, Membership.Status


@pytest.fixture(autouse=True)
def _no_limits(settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = False


def signed_in(person: User) -> Client:
    """Return a browser in which the person has just signed in, second step included."""
    address = {"email": person.email, "verified": True, "primary": True}
    EmailAddress.objects.get_or_create(user=person, defaults=address)
    client = Client()
    answer = client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    if answer["Location"].startswith("/accounts/2fa/"):
        client.post(answer["Location"], {"code": app_code()})
    return client


def fresh(person: User) -> Client:
    """Return a browser in which the person has just proved once more who it is."""
    client = signed_in(person)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def asking(agency: Agency, person: User | None = None, **fields) -> Membership:
    """Make a request that waits."""
    asked = {"asked_at": NOW} | fields
    return Membership.objects.create(agency=agency, person=person or make_user(), **asked)


@pytest.mark.parametrize("rows", [1, 3])
def test_directory_asks_three_questions(rows: int, django_assert_num_queries):
    for _ in range(rows):
        make_agency()

    with django_assert_num_queries(3):
        response = Client().get("/agencies/")

    assert response.context["total"] == rows


def test_directory_groups_by_state_and_marks_what_is_invented():
    make_agency(name="Zeta", state="CA", is_demo=True)
    make_agency(name="Alpha", state="CA")
    make_agency(name="Beta", state="AK")

    response = Client().get("/agencies/")

    groups = [(state, [a.name for a in found]) for _, state, found in response.context["groups"]]
    demo = "Demonstration, invented: California"
    assert groups == [("Alaska", ["Beta"]), ("California", ["Alpha"]), (demo, ["Zeta"])]
    assert response.content.count(b">demo</span>") == 1


def test_directory_tears_no_state_apart():
    for state, number in (("AZ", 30), ("CA", 41), ("AK", 10), ("TX", 1)):
        for _ in range(number):
            make_agency(state=state)

    pages = [Client().get(f"/agencies/?page={number}") for number in (1, 2, 3)]

    shown = [[(code, len(rows)) for code, _, rows in page.context["groups"]] for page in pages]
    assert shown == [[("AK", 10), ("AZ", 30)], [("CA", 41)], [("TX", 1)]]
    assert {page.context["found"] for page in pages} == {82}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=AK", ["Beta County"]),
        ("level=county", ["Beta County"]),
        ("q=harbor", ["Alpha"]),
        ("q=beta+county", ["Beta County"]),
        ("q=nothing", []),
        ("state=XX&level=moon", ["Alpha", "Beta County"]),
        ("page=999999999", ["Alpha", "Beta County"]),
        ("page=-1", ["Alpha", "Beta County"]),
    ],
)
def test_directory_finds(query: str, found: list[str]):
    make_agency(name="Alpha", state="CA", jurisdiction="Harbor")
    make_agency(name="Beta County", state="AK", level="county")

    response = Client().get(f"/agencies/?{query}")

    names = sorted(a.name for _, _, agencies in response.context["groups"] for a in agencies)
    assert names == found


def test_directory_marks_the_readers_own_agency_and_state():
    agency = make_agency(state="CA")
    member = make_member(agency)

    response = signed_in(member).get("/agencies/")

    assert response.context["mine"] == {agency.pk}
    assert [tile.state.code for tile in response.context["tiles"] if tile.is_mine] == ["CA"]


def test_agency_page_shows_communities_and_webinars_that_the_reader_may_see():
    agency = make_agency()
    listed = make_community(agency)
    make_community(agency, is_listed=False)
    webinar = make_webinar()
    for seen in (webinar, make_webinar(visibility="members")):
        Presenter.objects.create(webinar=seen, name="Ana", agency=agency)

    response = Client().get(f"/agencies/{agency.slug}/")

    assert list(response.context["communities"]) == [listed]
    assert list(response.context["webinars"]) == [webinar]


def test_agency_page_shows_contacts_to_staff_and_to_who_runs_its_communities(organiser: User):
    agency = make_agency()
    coordinator = make_member(agency, role=Role.COORDINATOR)
    elsewhere, here = make_user(), make_user()
    make_community(make_agency()).facilitators.add(elsewhere)
    make_community(agency).facilitators.add(here)
    readers = [make_user(), elsewhere, here, make_member(), organiser]

    pages = [Client().get(f"/agencies/{agency.slug}/")]
    pages += [signed_in(person).get(f"/agencies/{agency.slug}/") for person in readers]

    shown = [coordinator.email.encode() in page.content for page in pages]
    assert shown == [False, False, False, True, True, True]


def test_agency_page_asks_as_much_for_one_as_for_three(django_assert_num_queries):
    for rows in (1, 3):
        agency = make_agency()
        for _ in range(rows):
            make_community(agency)
            Presenter.objects.create(webinar=make_webinar(), name="Ana", agency=agency)

        with django_assert_num_queries(6):
            Client().get(f"/agencies/{agency.slug}/")


def test_unknown_agency_is_not_found():
    assert Client().get("/agencies/nowhere/").status_code == 404


def test_my_agency_offers_what_the_confirmed_address_opens():
    agency = make_agency(domain="alder.example.gov")
    client = signed_in(make_user(email="ana@alder.example.gov"))

    response = client.get("/my/agency/?next=/webinars/")

    assert list(response.context["offers"]) == [agency]
    assert response.context["onward"] == "/webinars/"


def test_ask_keeps_the_way_on_and_no_other_site():
    agency = make_agency(domain="alder.example.gov")
    client = signed_in(make_user(email="ana@alder.example.gov"))

    landed = [
        client.post(f"/my/agency/{agency.slug}/ask/", {"next": wanted})["Location"]
        for wanted in ("/webinars/", "https://evil.example/")
    ]

    assert landed == ["/my/agency/?next=%2Fwebinars%2F", "/my/agency/"]


def test_my_agency_offers_nothing_to_an_unconfirmed_address():
    make_agency(domain="alder.example.gov")
    client = Client()
    client.force_login(make_user(email="ana@alder.example.gov"))

    response = client.get("/my/agency/?next=https://evil.example/")

    assert list(response.context["offers"]) == []
    assert response.context["onward"] == ""


def test_ask_waits_and_tells_the_coordinators():
    agency = make_agency(domain="alder.example.gov")
    coordinator = make_member(agency, role=Role.COORDINATOR)
    person = make_user(email="ana@alder.example.gov")

    response = signed_in(person).post(f"/my/agency/{agency.slug}/ask/")

    assert response["Location"] == "/my/agency/"
    assert person.memberships.get().status == Status.PENDING
    assert Notification.objects.get(kind="agencies/asked").recipient == coordinator


def test_ask_without_the_domain_changes_nothing():
    agency = make_agency(domain="alder.example.gov")
    person = make_user()

    signed_in(person).post(f"/my/agency/{agency.slug}/ask/")

    assert person.memberships.count() == 0


def test_coordinator_sees_and_approves_colleagues(coordinator: User):
    place = asking(coordinator.memberships.get().agency)
    client = signed_in(coordinator)

    shown = client.get("/my/agency/").context["teams"][0]["pending"]
    client.post("/my/agency/approve/", {"membership": place.pk})

    place.refresh_from_db()
    assert shown == [place]
    assert (place.status, place.decided_by) == (Status.ACTIVE, coordinator)


@pytest.mark.parametrize("rows", [1, 3])
def test_my_agency_asks_the_same_for_one_and_three_colleagues(
    coordinator: User, rows: int, django_assert_num_queries
):
    agency = coordinator.memberships.get().agency
    for _ in range(rows):
        asking(agency)
        make_member(agency)
    client = signed_in(coordinator)
    client.get("/my/")  # says that the sign-in worked, once

    with django_assert_num_queries(8):
        response = client.get("/my/agency/")

    assert len(response.context["teams"][0]["pending"]) == rows


@pytest.mark.parametrize("deed", ["approve", "decline", "end", "appoint"])
def test_coordinator_decides_nothing_elsewhere(coordinator: User, deed: str):
    place = asking(make_agency())
    member = make_member(place.agency).memberships.get()

    for chosen in (place, member):
        data = {"membership": chosen.pk, "role": Role.COORDINATOR}
        fresh(coordinator).post(f"/my/agency/{deed}/", data)

    place.refresh_from_db()
    member.refresh_from_db()
    assert (place.status, member.status, member.role) == ("pending", "active", "staff")


@pytest.mark.parametrize("is_chosen", [True, False])
def test_page_says_once_why_nothing_was_changed(
    organiser: User, coordinator: User, is_chosen: bool
):
    place = coordinator.memberships.get()
    make_member(place.agency)
    data = {"membership": place.pk} if is_chosen else {}
    alone = f"{coordinator} is the only coordinator who can decide here. Make a colleague one"

    page = fresh(organiser).post("/my/agency/end/", data, follow=True)

    assert [str(said) for said in page.context["messages"]][1:] == [  # after "signed in"
        f"{alone} first, who has a second step set up."
        if is_chosen
        else "Nothing was changed. Choose somebody first."
    ]


@pytest.mark.parametrize("deed", ["approve", "decline", "end", "appoint"])
def test_staff_decide_nothing_for_themselves(staff: User, deed: str):
    place = asking(make_agency(), staff)
    data = {"membership": [p.pk for p in staff.memberships.all()], "role": Role.COORDINATOR}

    response = fresh(staff).post(f"/my/agency/{deed}/", data)

    place.refresh_from_db()
    assert response.status_code == 403
    assert (place.status, place.role) == (Status.PENDING, Role.STAFF)


def test_leave_ends_the_own_place_and_keeps_the_last_coordinator(coordinator: User):
    agency = coordinator.memberships.get().agency
    colleague = make_member(agency)

    for person in (coordinator, colleague):
        signed_in(person).post(f"/my/agency/{agency.slug}/leave/")

    statuses = [person.memberships.get().status for person in (coordinator, colleague)]
    assert statuses == [Status.ACTIVE, Status.ENDED]


def test_organiser_approves_several_at_once(organiser: User):
    places = [asking(make_agency()) for _ in range(3)]
    data = {"membership": [place.pk for place in places], "next": "/manage/people/"}

    response = signed_in(organiser).post("/my/agency/approve/", data)

    assert response["Location"] == "/manage/people/"
    assert Membership.objects.active().count() == 3
    assert Notification.objects.filter(kind="agencies/approved").count() == 3


def test_role_change_asks_once_more_who_it_is_and_goes_on(organiser: User):
    member = make_member().memberships.get()
    data = {"membership": member.pk, "role": Role.COORDINATOR, "next": "/manage/people/"}
    client = signed_in(organiser)

    asked = client.post("/my/agency/appoint/", data)
    role_before = member.person.memberships.get().role
    done = client.post(asked["Location"], {"password": PASSWORD, "next": "/my/agency/appoint/"})

    member.refresh_from_db()
    assert asked["Location"] == "/accounts/reauthenticate/?next=%2Fmy%2Fagency%2Fappoint%2F"
    assert done["Location"] == "/manage/people/"
    assert (role_before, member.role) == (Role.STAFF, Role.COORDINATOR)
    assert Notification.objects.get(kind="agencies/appointed").recipient == member.person


@pytest.mark.parametrize("rows", [1, 3])
def test_people_page_asks_the_same_for_one_and_three(
    organiser_client: Client, rows: int, django_assert_num_queries
):
    agency = make_agency()
    for _ in range(rows):
        asking(agency)
        make_member(agency)

    with django_assert_num_queries(8):
        response = organiser_client.get("/manage/people/")

    assert len(response.context["waiting"]) == rows


def test_people_page_finds_by_name_and_address(organiser_client: Client):
    ana = make_user(name="Ana Torres", email="zz@example.org")

    pages = [organiser_client.get(f"/manage/people/?q={words}") for words in ("torr", "ZZ@", "no")]

    assert [list(page.context["page"].object_list) for page in pages] == [[ana], [ana], []]


@pytest.mark.parametrize("path", ["/manage/people/", "/manage/people/add/"])
def test_people_pages_are_for_organisers(coordinator: User, path: str):
    assert signed_in(coordinator).get(path).status_code == 403
    assert Client().get(path).status_code == 302


def test_coordinator_edits_the_own_agency_only(coordinator: User):
    mine = coordinator.memberships.get().agency
    client = signed_in(coordinator)
    data = {"about": "We **enforce**.", "join_policy": "automatic", "name": "Other"}

    other = client.post(f"/my/agency/{make_agency().slug}/edit/", data)
    client.post(f"/my/agency/{mine.slug}/edit/", data)

    name = mine.name
    mine.refresh_from_db()
    assert other.status_code == 403
    assert (mine.about, mine.join_policy, mine.name) == ("We **enforce**.", "automatic", name)


def test_profile_keeps_name_and_zone_and_nothing_else(participant: User):
    data = {"name": "Ana Torres", "time_zone": "America/Denver", "is_organiser": "on"}

    response = signed_in(participant).post("/my/profile/", data)

    participant.refresh_from_db()
    assert response["Location"] == "/my/profile/"
    assert (participant.name, participant.time_zone) == ("Ana Torres", "America/Denver")
    assert not participant.is_organiser


def test_profile_refuses_an_unknown_zone_and_an_empty_name(participant: User):
    data = {"name": "", "time_zone": "Mars/Base"}

    response = signed_in(participant).post("/my/profile/", data)

    assert sorted(response.context["form"].errors) == ["name", "time_zone"]
