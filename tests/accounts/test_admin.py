"""The site administration's pages of people and agencies."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.core.cache import cache

from accounts import visitors
from accounts.models import User
from agencies.models import Agency, EmailDomain
from library.models import Topic
from notifications.models import Notification
from tests.browsers import Client
from tests.factories import make_agency, make_community, make_member, make_topic, make_user

RIGHTS = dict.fromkeys(("is_staff", "is_superuser", "is_active"), "on")


@pytest.fixture
def highest() -> User:
    """Somebody who may do everything."""
    return make_user(is_staff=True, is_superuser=True)


@pytest.fixture
def admin(highest: User) -> Client:
    """Their browser."""
    client = Client()
    client.force_login(highest)
    return client


@pytest.mark.parametrize("model", ["accounts/user", "agencies/agency", "agencies/community"])
def test_lists_and_forms_are_shown(admin: Client, model: str):
    agency = make_agency(domain="alder.example.gov")
    rows = {"user": make_member(agency), "agency": agency, "community": make_community(agency)}
    row = rows[model.partition("/")[2]]

    pages = [f"/admin/{model}/", f"/admin/{model}/?q=a", f"/admin/{model}/{row.pk}/change/"]

    assert [admin.get(page).status_code for page in pages] == [200, 200, 200]


def test_memberships_are_read_only(admin: Client):
    place = make_member().memberships.get()

    pages = {
        page: admin.get(f"/admin/agencies/membership/{page}").status_code for page in ("", "add/")
    }
    shown = admin.get(f"/admin/agencies/membership/{place.pk}/change/")

    assert pages == {"": 200, "add/": 403}
    assert b'name="_save"' not in shown.content


def test_nobody_lifts_themselves_up_in_the_administration():
    clerk = make_user(is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__in=["change_user", "view_user"]))
    client = Client()
    client.force_login(clerk)
    data = {"name": "Clerk", "is_superuser": "on", "is_organiser": "on", "is_active": "on"}

    client.post(f"/admin/accounts/user/{clerk.pk}/change/", data)

    clerk.refresh_from_db()
    assert (clerk.name, clerk.is_superuser, clerk.is_organiser) == ("Clerk", False, False)


def test_administration_signs_in_by_the_portals_own_page(staff: User):
    visitor, member = Client(), Client()
    member.force_login(staff)

    asked = visitor.get("/admin/login/?next=/admin/")

    assert asked["Location"] == "/accounts/login/?next=/admin/"
    assert visitor.post("/admin/login/", {"username": "a", "password": "b"}).status_code == 302
    assert member.get("/admin/login/").status_code == 403


@pytest.mark.parametrize("gone", ["auth/group", "account/emailaddress", "mfa/authenticator"])
def test_what_goes_around_the_portal_is_not_there(admin: Client, gone: str):
    assert admin.get(f"/admin/{gone}/").status_code == 404


def test_agency_is_entered_with_its_domains_in_small_letters(admin: Client):
    formset = {
        "domains-TOTAL_FORMS": 1,
        "domains-INITIAL_FORMS": 0,
        "domains-0-domain": "Fort.GOV ",
    }
    fields = {
        "slug": "fort",
        "name": "Fort",
        "level": "city",
        "jurisdiction": "Fort",
        "state": "CA",
    }
    more = {"time_zone": "America/Denver", "join_policy": "approval"}

    admin.post("/admin/agencies/agency/add/", fields | more | formset)

    agency = Agency.objects.get()
    assert (agency.slug, EmailDomain.objects.get().domain) == ("fort", "fort.gov")
    admin.post(
        f"/admin/agencies/agency/{agency.pk}/change/", fields | more | {"slug": "x"} | formset
    )
    agency.refresh_from_db()
    assert agency.slug == "fort"


def test_pages_kept_for_visitors_go_with_what_is_corrected(
    admin: Client, django_capture_on_commit_callbacks: Any
):
    topic, agency = make_topic(), make_agency()
    formset = {"domains-TOTAL_FORMS": 0, "domains-INITIAL_FORMS": 0}
    more = {"level": "city", "jurisdiction": "Fort", "state": "CA", "time_zone": "America/Denver"}
    sent = {
        f"library/topic/{topic.pk}": {"name": "Bonds", "position": 2},
        f"agencies/agency/{agency.pk}": more
        | {"name": "Fort", "join_policy": "approval"}
        | formset,
    }
    issues = [cache.get(visitors.ISSUE)]

    for path, data in sent.items():
        with django_capture_on_commit_callbacks(execute=True):
            admin.post(f"/admin/{path}/change/", data)
        issues.append(cache.get(visitors.ISSUE))

    assert (Topic.objects.get().name, Agency.objects.get().name) == ("Bonds", "Fort")
    assert len(set(issues)) == 3


def test_rights_are_given_by_who_may_do_everything_and_somebody_keeps_them(
    admin: Client, highest: User
):
    other = make_user()
    mine, theirs = (f"/admin/accounts/user/{u.pk}/change/" for u in (highest, other))

    refused = admin.post(mine, {"name": "Me"})
    admin.post(theirs, RIGHTS | {"name": "Ada"})

    assert "Nobody else may do everything" in refused.content.decode()
    other.refresh_from_db()
    assert (other.name, other.is_staff, other.is_superuser, other.is_organiser) == (
        *("Ada", True, True),
        False,
    )
    assert admin.post(mine, {"name": "Me"}).status_code == 302


def test_zones_are_those_that_there_are_and_a_person_chooses_the_own(admin: Client):
    person, agency = make_user(), make_agency()
    theirs = f"/admin/accounts/user/{person.pk}/change/"

    admin.post(theirs, RIGHTS | {"name": "Ada", "time_zone": "Mars/Olympus"})
    refused = admin.post(
        f"/admin/agencies/agency/{agency.pk}/change/", {"name": "Fort", "time_zone": "Mars/Olympus"}
    )

    person.refresh_from_db()
    assert (person.name, person.time_zone) == ("Ada", "America/New_York")
    assert len(refused.context["adminform"].form.errors["time_zone"]) == 1


def test_who_lost_a_second_factor_is_let_in_and_told(admin: Client, highest: User):
    lost = make_user(is_organiser=True)
    EmailAddress.objects.create(user=lost, email=lost.email, verified=True, primary=True)
    chosen = {"action": "take_second_factors", "_selected_action": [lost.pk, highest.pk]}

    admin.post("/admin/accounts/user/", chosen)

    assert [a.user for a in Authenticator.objects.all()] == [highest]
    owed = Notification.objects.get()
    assert (owed.address, owed.context["event"]) == (lost.email, "totp_deactivated")
