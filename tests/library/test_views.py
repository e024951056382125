"""A file goes to those whom its row allows, under headers that hold it in."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from pytest_django import Settings

from accounts.models import User
from library import keeping
from library.keeping import Details
from library.models import Download, Resource
from library.uploads import Taken
from tests.browsers import Client
from tests.factories import (
    NOW,
    make_agency,
    make_community,
    make_member,
    make_resource,
    make_user,
)

PDF = b"%PDF-1.7 0123456789"
TEXT = b"agency,liens\n"


def make_file(name: str = "a.pdf", content: bytes = PDF, **fields: Any) -> Resource:
    """Keep a public file, or one with other details."""
    said = {"title": "A file", "kind": "other", "link": "", "visibility": "public"}
    details = Details(**said | {"community": None} | fields)
    return keeping.add(
        uid=uuid4(),
        details=details,
        topics=[],
        upload=Taken(ContentFile(content), name),
        by=make_user(is_organiser=True),
        now=NOW,
    )


def body(answer: Any) -> bytes:
    """Return what arrives."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert isinstance(content, bytes)
    return content


EVERYBODY = ["visitor", "participant", "other staff", "member", "facilitator"]
EVERYBODY += ["demo facilitator", "organiser"]


@pytest.mark.parametrize(
    ("visibility", "allowed"),
    [
        ("public", EVERYBODY),
        ("members", ["other staff", "member", "facilitator", "organiser"]),
        ("community", ["member", "facilitator", "organiser"]),
    ],
)
def test_only_those_named_by_the_row_get_the_file(visibility: str, allowed: list[str]):
    agency = make_agency()
    community = make_community(agency)
    resource = make_file(visibility=visibility, community=community)
    people: dict[str, User | AnonymousUser] = {
        "visitor": AnonymousUser(),
        "participant": make_user(),
        "other staff": make_member(),
        "member": make_member(agency),
        "facilitator": make_user(),
        "demo facilitator": make_user(),
        "organiser": make_user(is_organiser=True),
    }
    community.facilitators.add(people["facilitator"].pk or 0)
    make_community(is_demo=True).facilitators.add(people["demo facilitator"].pk or 0)

    answers = {name: ask(person, resource) for name, person in people.items()}

    assert [name for name, status in answers.items() if status == 200] == allowed
    assert set(answers.values()) <= {200, 404}


def ask(person: User | AnonymousUser, resource: Resource) -> int:
    """Return the status with which this person is answered."""
    client = Client()
    if person.is_authenticated:
        client.force_login(person)
    return status(client, resource)


def status(client: Client, resource: Resource) -> int:
    """Return the status of a whole answer."""
    answer = client.get(resource.get_absolute_url())
    body(answer)
    return answer.status_code


@pytest.mark.parametrize("end", ["membership", "agency", "account"])
def test_permission_ends_at_once(end: str, now: datetime):
    agency = make_agency()
    community = make_community(agency)
    member, resource = make_member(agency), make_file(visibility="community", community=community)
    client = Client()
    client.force_login(member)
    before = status(client, resource)

    if end == "membership":
        member.memberships.update(status="ended", ended_at=now)
    elif end == "agency":
        community.agencies.remove(agency)
    else:
        User.objects.filter(pk=member.pk).update(is_active=False)

    assert (before, status(client, resource)) == (200, 404)


HELD_IN = {
    "Accept-Ranges": "bytes",
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@pytest.mark.parametrize(
    ("name", "content", "kind", "shown"),
    [
        ("a.pdf", PDF, "application/pdf", 'inline; filename="a.pdf"'),
        ("table.csv", TEXT, "application/octet-stream", 'attachment; filename="table.csv"'),
        (
            'año "1".csv',
            TEXT,
            "application/octet-stream",
            "attachment; filename*=utf-8''a%C3%B1o%20%221%22.csv",
        ),
    ],
)
def test_headers_hold_the_file_in(client: Client, name: str, content: bytes, kind: str, shown: str):
    answer = client.get(make_file(name, content).get_absolute_url())

    assert {name: answer[name] for name in HELD_IN} == HELD_IN
    assert (answer["Content-Type"], answer["Content-Disposition"]) == (kind, shown)
    assert (answer["Content-Length"], body(answer)) == (str(len(content)), content)


def test_head_says_what_would_come(client: Client):
    answer = client.head(make_file().get_absolute_url())

    assert (answer.status_code, answer["Content-Length"], body(answer)) == (
        200,
        str(len(PDF)),
        b"",
    )


@pytest.mark.parametrize(
    ("asked", "status", "given", "content_range"),
    [
        ("bytes=0-4", 206, b"%PDF-", "bytes 0-4/19"),
        ("bytes=9-", 206, b"0123456789", "bytes 9-18/19"),
        ("bytes=-3", 206, b"789", "bytes 16-18/19"),
        ("bytes=-100", 206, PDF, "bytes 0-18/19"),
        ("bytes=5-999999999999999999999", 206, PDF[5:], "bytes 5-18/19"),
        ("bytes=19-", 416, b"", "bytes */19"),
        ("bytes=-0", 416, b"", "bytes */19"),
        ("bytes=5-4", 200, PDF, None),
        ("bytes=0-1,3-4", 200, PDF, None),
        ("bytes=-", 200, PDF, None),
        ("bytes=a-b", 200, PDF, None),
        ("pages=1-2", 200, PDF, None),
        ("nonsense", 200, PDF, None),
    ],
)
def test_parts_are_given(
    client: Client, asked: str, status: int, given: bytes, content_range: str | None
):
    address = make_file().get_absolute_url()

    answer = client.get(address, headers={"range": asked})

    assert (answer.status_code, body(answer), answer.headers.get("Content-Range")) == (
        status,
        given,
        content_range,
    )


def test_part_of_a_changed_file_is_the_whole(client: Client):
    address = make_file().get_absolute_url()

    answer = client.get(address, headers={"range": "bytes=0-4", "if-range": '"an-etag"'})

    assert (answer.status_code, body(answer)) == (200, PDF)


def test_proxy_sends_what_we_allow(client: Client, settings: Settings):
    settings.PROTECTED_FILES_PREFIX = "/protected/"
    resource = make_file()

    answer = client.get(resource.get_absolute_url(), headers={"range": "bytes=0-4"})

    assert (answer.status_code, answer["X-Accel-Redirect"], body(answer)) == (
        200,
        f"/protected/{resource.file.name}",
        b"",
    )


def test_link_is_followed_and_not_kept(client: Client):
    answer = client.get(make_resource(link="https://example.org/a").get_absolute_url())

    assert (answer.status_code, answer["Location"]) == (302, "https://example.org/a")
    assert answer["Cache-Control"] == "private, no-store"


def test_file_lost_from_the_disk_is_not_found(client: Client):
    resource = make_file()
    resource.file.storage.delete(str(resource.file.name))

    assert client.get(resource.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_files_are_only_read(client: Client, method: str):
    send: Callable[[str], Any] = getattr(client, method)

    assert send(make_file().get_absolute_url()).status_code == 405


def test_who_was_given_a_closed_file_is_written_down_once():
    agency = make_agency()
    member = make_member(agency)
    closed = make_file(visibility="community", community=make_community(agency))
    client = Client()
    client.force_login(member)

    client.head(closed.get_absolute_url())
    for asked in ({}, {"range": "bytes=5-"}):
        body(client.get(closed.get_absolute_url(), headers=asked))
    body(client.get(make_file().get_absolute_url()))

    assert [(one.person, one.title) for one in Download.objects.all()] == [(member, "A file")]
