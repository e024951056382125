"""Notes on agencies: internal until an organiser makes them public."""

import json
import re
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command

from agencies.models import Agency
from ciwo_portal.management.commands import import_agencies, import_programme
from tests.browsers import Client, site_map
from tests.factories import make_agency, make_member, make_user
from tests.surveys.scenes import signed_in

MIGRATION = "agencies.migrations.0004_notes_become_internal"
FEEDS = ("/agencies/", "/webinars/feed/", "/webinars/calendar.ics", "/library/?q=checked", "/")


def working_notes(document: Any) -> list[str]:
    """Return every text of a data file that stands under a name for notes."""
    if isinstance(document, list):
        return [text for one in document for text in working_notes(one)]
    if not isinstance(document, dict):
        return []
    found = [text for one in document.values() for text in working_notes(one)]
    for name, said in document.items():
        if "note" in name or name in ("confidence_basis", "method"):
            found += [text for text in (said if isinstance(said, list) else [said]) if text]
    return [text for text in found if isinstance(text, str)]


def test_no_page_tells_others_a_working_note_of_the_data_files():
    notes = set()
    for command in (import_agencies, import_programme):
        call_command(command.__name__.rpartition(".")[2])
        notes |= set(working_notes(json.loads(command.DOCUMENT.read_text())))
    visitor, member = Client(), signed_in(make_member(Agency.objects.order_by("pk")[0]))
    paths = [*re.findall(r"<loc>https?://[^/]+([^<]*)</loc>", site_map(visitor)), *FEEDS]

    asked = [(member, path) for path in paths] + [(visitor, path) for path in paths[-1::-9]]
    pages = "".join(client.get(path).content.decode() for client, path in asked)

    assert len(notes) > 60
    assert len(paths) > 100
    assert [note for note in notes if note[:40] in pages] == []


def test_notes_that_everybody_read_become_internal():
    make_agency(note="Unit name not checked.")
    make_agency(note="")
    migration = import_module(MIGRATION)

    migration.close(apps, None)
    closed = noted()
    migration.open_again(apps, None)

    assert closed == [("", "Unit name not checked."), ("", "")]
    assert noted() == [("Unit name not checked.", ""), ("", "")]


def noted() -> list[tuple[str, str]]:
    """Return both notes of each agency."""
    return [*Agency.objects.order_by("pk").values_list("note", "internal_note")]


@pytest.mark.parametrize(
    ("pressed", "public", "internal"),
    [({}, "Opened in 2019.", "Host to be checked."),
     ({"publish": "yes"}, "Opened in 2019.\nHost to be checked.", "")],
)  # fmt: skip
def test_organizers_make_a_note_public(pressed: dict[str, str], public: str, internal: str):
    agency = make_agency(slug="home", internal_note="Host to be checked.")
    client = signed_in(make_user(is_organiser=True))
    typed = {"note": "Opened in 2019.", "internal_note": "Host to be checked."}
    waiting = client.get("/manage/agencies/notes/").content.decode()

    client.post("/manage/agencies/home/notes/", typed | pressed)

    agency.refresh_from_db()
    read = Client().get("/agencies/home/").content.decode()
    assert (agency.note, agency.internal_note) == (public, internal)
    assert "Host to be checked." in waiting
    assert ("Opened in 2019." in read, "Host to be" in read) == (True, not internal)


def test_a_note_that_is_too_long_is_kept_in_the_form():
    make_agency(slug="home")
    client = signed_in(make_user(is_organiser=True))

    answer = client.post("/manage/agencies/home/notes/", {"note": "x" * 2001})

    assert "at most 2000 characters" in answer.content.decode()
    assert "x" * 2001 in answer.content.decode()
