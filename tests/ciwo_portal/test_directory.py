"""The directory of real agencies: public facts, whole or not at all."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from agencies import states
from agencies.models import Agency, EmailDomain
from ciwo_portal.management.commands import import_agencies


def load(path: Path = import_agencies.DOCUMENT) -> str:
    said = StringIO()
    call_command("import_agencies", str(path), stdout=said)
    return said.getvalue()


def changed(tmp_path: Path, number: int, **values: Any) -> Path:
    document = json.loads(import_agencies.DOCUMENT.read_text())
    document["agencies"][number] |= values
    path = tmp_path / "changed.json"
    path.write_text(json.dumps(document))
    return path


def test_directory_loads_once():
    assert (load(), Agency.objects.count()) == ("loaded: 93\n", 93)
    assert (load(), Agency.objects.count()) == ("loaded: 93\n", 93)


def test_website_never_becomes_a_domain_of_staff_mail():
    load()

    assert EmailDomain.objects.count() == 0


def test_loading_again_changes_what_differs(tmp_path: Path):
    load()
    first = json.loads(import_agencies.DOCUMENT.read_text())["agencies"][0]

    load(changed(tmp_path, 0, name="A new name", note="What organizers work on stays"))

    agency = Agency.objects.get(slug=first["slug"])
    assert (agency.name, agency.internal_note) == ("A new name", first["note"])
    assert Agency.objects.count() == 93


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": None}, "the field name must be a str, not None"),
        ({"level": "town"}, "the field level must be one of ['city', 'county', 'state']"),
        ({"state": "California"}, "the field state must be two letters, not 'California'"),
        (
            {"enforces_wage_laws": "maybe"},
            "the field enforces_wage_laws must be yes, limited or no",
        ),
        ({"name": "x" * 201}, "the field name is longer than 200 characters"),
        ({"note": 7}, "the field note must be a str, not 7"),
    ],
)
def test_bad_field_is_named_and_nothing_loaded(tmp_path: Path, values: dict[str, Any], said: str):
    path = changed(tmp_path, 92, **values)
    slug = json.loads(path.read_text())["agencies"][92]["slug"]

    with pytest.raises(CommandError) as refused:
        load(path)

    assert str(refused.value) == f"agencies[92] ({slug}): {said}"
    assert Agency.objects.count() == 0


def test_slug_that_stands_twice_is_named(tmp_path: Path):
    first = json.loads(import_agencies.DOCUMENT.read_text())["agencies"][0]["slug"]

    with pytest.raises(CommandError) as refused:
        load(changed(tmp_path, 1, slug=first))

    assert str(refused.value) == f"agencies: the slug {first!r} stands twice"


@pytest.mark.parametrize(
    ("jurisdiction", "place"), [("Florida", "Florida"), ("Miami", "Miami, Florida")]
)
def test_state_is_not_named_twice(jurisdiction: str, place: str):
    assert states.place(jurisdiction, "FL") == place
