"""The frame of every mail in HTML: where it comes from, and what each mail in it keeps."""

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from notifications import delivering
from tests.factories import make_member, make_user, make_webinar
from tests.postbox import Postbox
from webinars import registration, scheduling
from webinars.models import Webinar
from webinars.scheduling import Plan

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "frontend/src/mail").glob("*.mjml"))
CLIPPED = 102 * 1024  # bytes of HTML from which on Gmail hides the rest
_STAMP = re.compile(r"\A\{# .* #\}\n\{# .* #\}\{# ([0-9a-f]{64}) ([0-9a-f]{64}) #\}\n")


class Seen(HTMLParser):
    """What a mail's HTML holds, as far as everybody's reading depends on it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.language, self.headings, self.faults = "", 0, list[str]()
        self._tables: list[bool] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "html":
            self.language = said.get("lang") or ""
        elif tag == "table":
            self._tables.append(said.get("role") == "presentation")
        elif tag == "th":
            self._tables[-1] = True
        elif tag in {"link", "script"} or (tag == "img" and not said.get("alt")):
            self.faults.append(tag)
        self.headings += tag == "h1"

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and not self._tables.pop():
            self.faults.append("a table that lays out and does not say so")


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_template_is_what_was_made_of_its_source(source: Path) -> None:
    """Both hashes stand in what was made: of the source, and of what follows."""
    made = (ROOT / "templates/mail" / f"{source.stem}.html").read_text()
    found = _STAMP.match(made)
    assert found, "run make mail"

    stamp = tuple(
        sha256(text.encode()).hexdigest() for text in (source.read_text(), made[found.end() :])
    )

    assert found.groups() == stamp, "run make mail"


def test_every_source_has_its_template_and_both_are_known() -> None:
    assert [path.name for path in SOURCES] == ["_button.mjml", "base.mjml"]


def test_every_mail_stands_in_the_frame() -> None:
    templates = ROOT / "templates"
    named = {
        path.relative_to(templates): re.search(r"{% extends \"(.*?)\" %}", path.read_text())
        for path in templates.glob("*/mail/*.html")
        if not path.name.startswith("_")
        or path.name in {"_letter.html", "_asking.html", "_news.html"}
    }
    known = {str(path) for path in named} | {"mail/base.html"}

    outside = [str(path) for path, base in named.items() if not base or base[1] not in known]

    assert outside == []


def life_of_a_webinar(now: datetime) -> None:
    """Register, wait, move, cancel and return: every one of it is told."""
    access = "Captions & <b>ASL</b>"
    webinar = make_webinar(
        starts_at=now + timedelta(days=30), capacity=2, access_information=access, title="Liens"
    )
    for person in (make_member(time_zone="Pacific/Honolulu"), make_user(), make_user()):
        registration.register(webinar=webinar, person=person, now=now)
    delivering.drain()
    said = {name: getattr(webinar, name) for name in Plan.__dataclass_fields__}
    later = {name: said[name] + timedelta(hours=2) for name in ("starts_at", "ends_at")}
    plan = Plan(**said | later)
    scheduling.change(webinar=webinar, details=plan, topics=[], reason="A holiday", now=now)
    delivering.drain()
    for change in (scheduling.cancel, scheduling.reinstate):
        change(webinar=Webinar.objects.get(), reason="A storm", now=now)
        delivering.drain()


def html_of(message: Any) -> str:
    """Return the message's HTML part."""
    return message.get_body(("html",)).get_content()  # type: ignore[no-any-return]


def test_mails_are_short_titled_and_say_their_language(postbox: Postbox) -> None:
    life_of_a_webinar(datetime.now(UTC))

    assert len(postbox.received) == 12
    for message in postbox.received:
        html, title = html_of(message), str(message["Subject"])
        seen = Seen(html)
        assert (title, seen.language, seen.headings, seen.faults) == (title, "en-US", 1, [])
        assert len(html.encode()) < CLIPPED / 5
        assert max(map(len, html.splitlines())) < 800
        assert title in re.sub("&amp;", "&", html.partition("</title>")[0])
        assert message.get_body(("plain",)) is not None


def test_frame_holds_no_marks_of_the_template(postbox: Postbox) -> None:
    life_of_a_webinar(datetime.now(UTC))

    left = {mark for one in postbox.received for mark in re.findall(r"\{[{%#]", html_of(one))}

    assert left == set()


def test_people_are_written_to_in_their_language(postbox: Postbox, settings: Settings) -> None:
    settings.LANGUAGES = [("en-us", "English"), ("es", "Spanish")]
    webinar = make_webinar(starts_at=datetime(2099, 12, 1, 18, tzinfo=UTC))
    for language in ("en-us", "es", "tlh"):
        person = make_user(language=language)
        registration.register(webinar=webinar, person=person, now=datetime.now(UTC))
    delivering.drain()

    found = [html_of(message) for message in postbox.received]

    spoken = [Seen(html).language for html in found]
    months = [re.findall("December|diciembre", html)[0].lower() for html in found]
    assert spoken == ["en-US", "es", "en-US"]
    assert months == ["december", "diciembre", "december"]
