"""A message from a stencil is the one that would have been rendered by itself."""

import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from notifications import editing, kinds, stencils
from notifications.models import Notification
from notifications.placeholders import Wording
from notifications.stencils import Written
from tests.factories import make_registration, make_user, make_webinar
from webinars import reminders
from webinars.models import Webinar

TEXT = "# Soon\n\nDear {{ person.name }},\n{{ starts }}: {{ join_link }}\n\n[Go]({{ join_link }})"


def reminded(people: list[User], **fields: Any) -> list[Notification]:
    """Remind these people of a webinar in fifty minutes; return their messages, by person."""
    now = datetime.now(UTC)
    webinar = make_webinar(
        starts_at=now + timedelta(minutes=50), join_url="https://x.example.org", **fields
    )
    for person in people:
        make_registration(webinar, person)
    reminders.queue_due(now=now)
    owed = Notification.objects.select_related("recipient").order_by("recipient")
    found = list(kinds.looked_up(list(owed)))
    for one in found:
        one.claimed_at, one.address = now, one.recipient.email  # type: ignore[union-attr]
    return found


def both(one: Notification) -> tuple[Written, Written]:
    """Return the message from a stencil and by itself, their boundaries and dates made equal."""
    letter = kinds.get(one.kind).write(one)
    for _ in range(20):  # until both fall into one second: links are signed with it
        second = int(time.time())
        pair = (stencils.write(one, letter), stencils.write(one, replace(letter, alike=None)))
        if int(time.time()) == second:
            break
    return tuple(  # type: ignore[return-value] # two of them
        replace(
            written,
            content=re.sub(
                rb"Date: [^\r]*", b"Date", re.sub(rb"=-[0-9a-f]{32}", b"=-", written.content)
            ),
        )
        for written in pair
    )


@pytest.fixture(params=["built in", "worded"])
def _text(request: pytest.FixtureRequest, organiser: User) -> None:
    if request.param == "worded":
        editing.save(
            occasion="webinar-reminder-hour",
            language="en",
            wording=Wording("Soon: {{ webinar.title }}", TEXT),
            seen=0,
            by=organiser,
            now=datetime.now(UTC),
        )


def unfolded(content: bytes) -> bytes:
    """Return the content with each header on one line."""
    head, _, body = content.partition(b"\r\n\r\n")
    return re.sub(rb"\r\n[ \t]+", b" ", head).replace(b":  ", b": ") + b"\r\n\r\n" + body


@pytest.mark.usefixtures("_text")
@pytest.mark.parametrize(
    "name", ["Ann", "O'Neil & <b>Sons</b>", "José Ñandú", "{{ join_link }}", "x0n1z", ""]
)
def test_stencil_says_what_would_have_been_said(name: str) -> None:
    people = [make_user(name="First"), make_user(name=name), make_user(name="Last")]

    for one in reminded(people, title="Liens & <bonds>"):
        shared, alone = both(one)

        assert unfolded(shared.content) == unfolded(alone.content)
        assert (shared.subject, shared.sender) == (alone.subject, alone.sender)


@pytest.mark.usefixtures("_text")
def test_every_reader_gets_their_own_links_and_zone() -> None:
    zones = ["America/New_York", "Pacific/Honolulu", "America/New_York"]

    found = [both(one) for one in reminded([make_user(time_zone=zone) for zone in zones])]

    contents = {shared.content for shared, _ in found}
    links = {tuple(re.findall(rb"/join/([^/]+)/", shared.content)) for shared, _ in found}
    assert (len(contents), len(links)) == (3, 3)
    assert [b"Hawaii" in shared.content for shared, _ in found] == [False, True, False]


def test_changed_webinar_is_said_at_once() -> None:
    [one] = reminded([make_user()], access_information="Captions.")
    before = both(one)[0]
    Webinar.objects.update(access_information="Sign language.")
    [one] = kinds.looked_up([one])

    after = both(one)[0]

    assert (b"Captions." in before.content, b"Sign language." in after.content) == (True, True)


def test_readers_who_are_alike_share_one_rendering() -> None:
    found = reminded([make_user(name=name) for name in ("Ann", "Bob", "José")])

    written = [stencils.write(one, kinds.get(one.kind).write(one)).content for one in found]

    boundaries = [re.findall(rb"=-[0-9a-f]{32}", content)[0] for content in written]
    assert boundaries[0] == boundaries[1]
