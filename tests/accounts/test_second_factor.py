"""Who decides about others signs in with a second step, or is led to set one up."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.messages import get_messages
from django.test import Client

from accounts.models import User
from agencies.models import Membership
from tests.factories import make_agency, make_member, make_user

ACTS = ("approve", "decline", "appoint", "end")


def browser(person: User, *, has_step: bool) -> Client:
    """Return a browser in which this person is signed in, with or without a second step."""
    if not has_step:
        Authenticator.objects.filter(user=person).delete()
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.parametrize("path", ["/manage/", "/manage/people/", "/manage/webinars/new/"])
def test_organisers_set_up_a_second_step_before_they_manage(path: str):
    answer = browser(make_user(is_organiser=True), has_step=False).get(path)

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/")
    assert [message.message for message in get_messages(answer.wsgi_request)] == [
        "Nothing was changed: who decides for others needs a second step. Set one up here."
    ]


def test_organisers_with_a_second_step_manage():
    assert browser(make_user(is_organiser=True), has_step=True).get("/manage/").status_code == 200


def test_administrators_set_up_a_second_step_before_they_administer():
    admin = make_user(is_staff=True, is_superuser=True)

    assert browser(admin, has_step=True).get("/admin/").status_code == 200
    assert browser(admin, has_step=False).get("/admin/")["Location"] == "/accounts/2fa/"


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


def test_demonstration_people_are_spared_and_told_so():
    client = browser(make_user(is_organiser=True, is_demo=True), has_step=False)

    assert client.get("/manage/").status_code == 200
    assert b"Demonstration accounts need no second step" in client.get("/accounts/2fa/").content
