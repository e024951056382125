"""The site administration's pages of people and agencies."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from tests.factories import make_agency, make_community, make_member, make_user


@pytest.fixture
def admin() -> Client:
    """A site administrator's browser."""
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True))
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

    client.post(f"/admin/accounts/user/{clerk.pk}/change/", data | {"time_zone": "America/Denver"})

    clerk.refresh_from_db()
    assert (clerk.name, clerk.is_superuser, clerk.is_organiser) == ("Clerk", False, False)


def test_administration_signs_in_by_the_portals_own_page(staff: User):
    visitor, member = Client(), Client()
    member.force_login(staff)

    asked = visitor.get("/admin/login/?next=/admin/")

    assert asked["Location"] == "/accounts/login/?next=%2Fadmin%2F"
    assert visitor.post("/admin/login/", {"username": "a", "password": "b"}).status_code == 302
    assert member.get("/admin/login/").status_code == 403
