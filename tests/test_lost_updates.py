"""Two people edit the same words, or a sign-in ends meanwhile: nothing that was typed is lost."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from tests.browsers import Client
from tests.factories import (
    make_agency,
    make_community,
    make_question,
    make_resource,
    make_survey,
    make_user,
)
from tests.webinars.test_manage import fields_of

Made = tuple[Any, str, str, str]  # a row, its form's address, and a field of each


def typed_in(page: Any) -> dict[str, Any]:
    """Return what the page's form shows, without the buttons that do something else."""
    buttons = {"act", "publish", "another", "to", "of"}
    return {name: text for name, text in fields_of(page).items() if name not in buttons}


def _community() -> Made:
    row = make_community(slug="circle")
    return row, "/manage/communities/circle/edit/", "summary", "summary"


def _profile() -> Made:
    row = make_agency(slug="alder")
    return row, "/my/agency/alder/edit/", "about", "about"


def _notes() -> Made:
    row = make_agency(slug="alder")
    return row, "/manage/agencies/alder/notes/", "note", "note"


def _resource() -> Made:
    row = make_resource()
    return row, f"/manage/resources/{row.uid}/", "title", "title"


def _survey() -> Made:
    row = make_survey()
    return row, f"{row.get_absolute_url()}edit/", "introduction", "introduction"


def _section() -> Made:
    survey = make_survey()
    row = survey.sections.create(key="basics", title="Basics", position=1)
    return row, f"{survey.get_absolute_url()}sections/basics/", "description", "description"


def _question() -> Made:
    row = make_question(key="liens")
    return row, f"{row.survey.get_absolute_url()}questions/liens/", "label", "label"


MAKERS = (_community, _profile, _notes, _resource, _survey, _section, _question)


@pytest.mark.parametrize("make", MAKERS)
def test_nobody_writes_over_a_colleague_unasked(
    organiser_client: Client, make: Callable[[], Made]
) -> None:
    row, address, field, name = make()
    mine = typed_in(organiser_client.get(address)) | {field: "Mine"}
    organiser_client.post(address, typed_in(organiser_client.get(address)) | {field: "Theirs"})

    refused = organiser_client.post(address, mine)
    row.refresh_from_db()
    kept, again = getattr(row, name), typed_in(refused)
    organiser_client.post(address, again)

    row.refresh_from_db()
    assert (kept, again[field], getattr(row, name)) == ("Theirs", "Mine", "Mine")


@pytest.mark.parametrize("make", MAKERS)
def test_what_was_typed_is_shown_again_after_signing_in(
    organiser: User, organiser_client: Client, make: Callable[[], Made]
) -> None:
    row, address, field, name = make()
    typed = typed_in(organiser_client.get(address)) | {field: "Typed long"}
    before = getattr(row, name)
    organiser_client.logout()

    sent = organiser_client.post(address, typed)
    organiser_client.force_login(organiser)
    shown = typed_in(organiser_client.get(address))

    row.refresh_from_db()
    assert sent.headers["Location"].startswith("/accounts/login/")
    assert (shown[field], getattr(row, name)) == ("Typed long", before)
    assert typed_in(organiser_client.get(address))[field] == before  # once


def test_what_was_typed_is_for_nobody_else(organiser_client: Client) -> None:
    _, address, field, _ = _community()
    typed = typed_in(organiser_client.get(address)) | {field: "Mine alone"}
    organiser_client.logout()

    organiser_client.post(address, typed)
    organiser_client.force_login(make_user(is_organiser=True))

    assert typed_in(organiser_client.get(address))[field] == ""
