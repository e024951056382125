"""Who decides about others signs in with a second step, or is led to set one up."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings
from django.contrib.messages import get_messages

from accounts.models import User
from agencies.models import Membership
from ciwo_portal import agenda
from sessions.models import Invitation
from tests.browsers import Client
from tests.factories import (
    NOW,
    PASSWORD,
    app_code,
    make_agency,
    make_member,
    make_session,
    make_user,
)

ACTS = ("approve", "decline", "appoint", "end")


def browser(person: User, *, has_step: bool) -> Client:
    """Return a browser in which this person is signed in, with or without a second step."""
    if not has_step:
        Authenticator.objects.filter(user=person).delete()
    client = Client()
    client.force_login(person, uses_factor=has_step)
    return client


@pytest.mark.parametrize("path", ["/manage/", "/manage/people/", "/manage/webinars/new/"])
def test_organisers_set_up_a_second_step_before_they_manage(path: str):
    organiser = browser(make_user(is_organiser=True), has_step=False)

    looked, changed = organiser.get(path), organiser.post("/manage/webinars/new/")

    for answer in looked, changed:
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/")
    told = [[one.message for one in get_messages(x.wsgi_request)] for x in (looked, changed)]
    assert told == [
        [],
        ["Nothing was changed: who decides for others needs a second step. Set one up here."],
    ]


def test_organisers_with_a_second_step_manage():
    assert browser(make_user(is_organiser=True), has_step=True).get("/manage/").status_code == 200


def test_administrators_set_up_a_second_step_before_they_administer():
    admin = make_user(is_staff=True, is_superuser=True)

    assert browser(admin, has_step=True).get("/admin/").status_code == 200
    led = browser(admin, has_step=False).get("/admin/", follow=True)
    assert led.redirect_chain[-1] == ("/accounts/2fa/", 302)


def test_recovery_codes_alone_are_no_second_step():
    person = make_user(is_organiser=True)
    client = browser(person, has_step=False)
    Authenticator.objects.create(user=person, type="recovery_codes", data={})

    assert client.get("/manage/")["Location"] == "/accounts/2fa/"


@pytest.mark.parametrize("act", ACTS)
def test_coordinators_set_up_a_second_step_before_they_decide(act: str):
    agency = make_agency()
    coordinator = make_member(agency, role=Membership.Role.COORDINATOR)
    place = make_member(agency).memberships.get()
    client = browser(coordinator, has_step=False)

    answer = client.post(f"/my/agency/{act}/", {"membership": place.pk, "role": "coordinator"})

    assert answer["Location"] == "/accounts/2fa/"
    unchanged = Membership.objects.get(pk=place.pk)
    assert (unchanged.status, unchanged.role) == (place.status, place.role)


def test_coordinators_set_up_a_second_step_before_they_edit():
    agency = make_agency()
    client = browser(make_member(agency, role=Membership.Role.COORDINATOR), has_step=False)

    assert client.get(f"/my/agency/{agency.slug}/edit/")["Location"] == "/accounts/2fa/"


def test_staff_need_no_second_step():
    agency = make_agency()
    client = browser(make_member(agency), has_step=False)

    assert client.get("/my/agency/").status_code == 200
    assert client.get(f"/my/agency/{agency.slug}/edit/").status_code == 403


def test_demonstration_people_are_spared_on_a_demonstration_and_told_so(settings):
    settings.ADMITS_DEMO_PEOPLE = True
    client = browser(make_user(is_organiser=True, is_demo=True), has_step=False)

    assert client.get("/manage/").status_code == 200
    assert b"Demonstration accounts need no second step" in client.get("/accounts/2fa/").content


@pytest.mark.django_db(transaction=True)
def test_setting_up_a_step_opens_the_rights_at_once_and_ends_other_sessions():
    organiser = make_user(is_organiser=True)
    client, elsewhere = (browser(organiser, has_step=False) for _ in range(2))
    before = client.get("/manage/").status_code

    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    code = format_hotp_value(
        hotp_value(page.context["form"].secret, next(yield_hotp_counters_from_time()))
    )
    client.post("/accounts/2fa/totp/activate/", {"code": code})

    opened = [before, *(c.get("/manage/").status_code for c in (client, elsewhere))]
    assert opened == [302, 200, 302]
    assert elsewhere.get("/my/")["Location"] == "/accounts/login/?next=/my/"


def test_removing_the_last_step_holds_the_rights_back():
    client = browser(make_user(is_organiser=True), has_step=True)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    client.post("/accounts/2fa/totp/deactivate/")

    assert client.get("/manage/")["Location"] == "/accounts/2fa/"


@pytest.mark.parametrize(("steps_ahead", "status"), [(0, 200), (1, 200), (3, 302)])
def test_a_step_that_this_session_has_not_used_is_asked_for(steps_ahead: int, status: int):
    organiser = make_user(is_organiser=True)
    client = Client()
    client.force_login(organiser, uses_factor=False)  # it has one

    led = client.get("/manage/")
    client.post(led["Location"], {"code": app_code(steps_ahead=steps_ahead)})

    assert led["Location"] == "/accounts/2fa/reauthenticate/?next=%2Fmanage%2F"
    assert client.get("/manage/").status_code == status


def test_rights_that_are_held_back_are_kept():
    person = make_user(is_organiser=True, is_staff=True, is_superuser=True)
    client = browser(person, has_step=False)
    words = {"oldpassword": PASSWORD, "password1": "another long passphrase"}

    client.post("/my/profile/", {"name": "New", "time_zone": "America/Denver", "language": "en-us"})
    client.post("/accounts/password/change/", words | {"password2": words["password1"]})

    person.refresh_from_db()
    assert (person.name, person.granted_rights) == ("New", (True, True, True))
    assert person.check_password(words["password1"])


def test_the_address_of_a_calendar_is_no_second_factor():
    organiser = make_user(is_organiser=True)
    invitation = Invitation.objects.create(
        session=make_session(title="Said inside"), person=organiser, invited_at=NOW
    )
    agenda.open_feed(organiser)
    path = agenda.address(organiser).removeprefix(settings.SITE_URL)

    told = Client().get(path).content
    invitation.session.community.facilitators.add(organiser)
    told_as_facilitator = Client().get(path).content

    assert (b"Said inside" in told, b"Said inside" in told_as_facilitator) == (False, True)


def test_every_page_leads_to_the_second_step():
    organiser = make_user(is_organiser=True)

    pages = {
        has_step: browser(organiser, has_step=has_step).get("/library/").content.decode()
        for has_step in (True, False)
    }

    assert {has_step: "Set up a second step" in page for has_step, page in pages.items()} == {
        True: False,
        False: True,
    }
