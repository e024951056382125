"""The site administration's pages of topics and resources."""

import pytest
from django.contrib.auth.models import Permission

from library.models import Topic
from tests.browsers import Client
from tests.factories import make_resource, make_topic, make_user


@pytest.fixture
def admin() -> Client:
    """A site administrator's browser."""
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True, is_organiser=True))
    return client


@pytest.mark.parametrize("model", ["topic", "resource"])
def test_lists_and_pages_are_shown_and_nothing_is_added_or_erased(admin: Client, model: str):
    row = {"topic": make_topic(), "resource": make_resource()}[model]
    words = ("", "?q=a", f"{row.pk}/change/", "add/", f"{row.pk}/delete/")

    answers = [admin.get(f"/admin/library/{model}/{word}").status_code for word in words]

    assert answers == [200, 200, 200, 403, 403]


def test_topic_takes_other_words_and_keeps_its_address(admin: Client):
    topic = make_topic(slug="liens", name="Liens")
    data = {"name": "Liens and bonds", "description": "Both", "position": "3", "slug": "other"}

    admin.post(f"/admin/library/topic/{topic.pk}/change/", data)

    assert Topic.objects.values_list("slug", "name", "position").get() == (
        "liens",
        "Liens and bonds",
        3,
    )


def test_resource_is_only_read_and_its_file_leads_nowhere(admin: Client):
    resource = make_resource(title="Slides")

    shown = admin.get(f"/admin/library/resource/{resource.pk}/change/").content
    admin.post(f"/admin/library/resource/{resource.pk}/change/", {"title": "Other"})

    resource.refresh_from_db()
    assert (b'name="_save"' in shown, b"resources/" in shown) == (False, False)
    assert resource.title == "Slides"


def test_who_may_not_see_a_resource_does_not_in_the_administration_either():
    make_resource(title="Closed slides", visibility="members")
    clerk = make_user(is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename="view_resource"))
    client = Client()
    client.force_login(clerk)

    listed = client.get("/admin/library/resource/")

    assert (listed.status_code, b"Closed slides" in listed.content) == (200, False)
