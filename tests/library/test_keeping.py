"""Keep a file or link, change it, take it away; nothing is left behind."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.test import TestCase

from accounts.models import User
from library import keeping, uploads
from library.keeping import Details
from library.models import Resource
from tests.factories import make_topic, make_user
from tests.files import pdf, picture
from tests.library.conftest import stored, upload
from tests.threads import at_once

DETAILS = Details("Checklist", "template", "", "public", None)
PDF = pdf("of the test")


def add(by: User, now: datetime, **given: object) -> Resource:
    """Keep a file with the usual details."""
    usual = {"uid": uuid4(), "details": DETAILS, "topics": [], "upload": upload("a.pdf", PDF)}
    return keeping.add(**usual | given, by=by, now=now)  # type: ignore[arg-type] # as given


def test_file_is_kept_under_a_name_that_says_nothing(organiser: User, now: datetime, kept: Path):
    topic = make_topic()

    resource = add(organiser, now, upload=upload("Our lien.pdf", PDF), topics=[topic])

    assert (resource.file_name, resource.file_size) == ("Our lien.pdf", len(PDF))
    assert (resource.added_by, list(resource.topics.all())) == (organiser, [topic])
    assert "lien" not in str(resource.file.name)
    assert [path.read_bytes() for path in kept.rglob("*.pdf")] == [PDF]


def test_refused_file_leaves_nothing(organiser: User, now: datetime, kept: Path):
    with pytest.raises(uploads.Refused):
        add(organiser, now, upload=upload("a.png", b"<svg/>"))

    assert (Resource.objects.count(), stored(kept)) == (0, [])


def test_what_the_database_refuses_leaves_nothing(organiser: User, now: datetime, kept: Path):
    closed_to_nobody = replace(DETAILS, visibility="community")

    with pytest.raises(IntegrityError):
        add(organiser, now, details=closed_to_nobody)

    assert stored(kept) == []


@pytest.mark.django_db(transaction=True)
def test_double_click_keeps_one_file(now: datetime, kept: Path):
    organiser, uid = make_user(is_organiser=True), uuid4()

    kept_ones = at_once(lambda _: add(organiser, now, uid=uid), on=range(4))

    assert len({resource.pk for resource in kept_ones}) == 1
    assert (Resource.objects.count(), stored(kept)) == (1, [".pdf"])


def test_new_file_takes_the_place_of_the_old(organiser: User, now: datetime, kept: Path):
    resource = add(organiser, now)

    with TestCase.captureOnCommitCallbacks(execute=True):
        keeping.change(
            resource=resource,
            details=DETAILS,
            topics=[],
            upload=upload("b.png", picture()),
            now=now,
        )

    resource.refresh_from_db()
    earlier = resource.versions.get()
    assert (resource.file_name, earlier.file_name) == ("b.png", "a.pdf")
    assert (earlier.replaced_at, stored(kept)) == (now, [".pdf", ".png"])


def test_link_takes_the_place_of_a_file(organiser: User, now: datetime, kept: Path):
    resource, linked = add(organiser, now), replace(DETAILS, link="https://example.org/a")

    with TestCase.captureOnCommitCallbacks(execute=True):
        keeping.change(resource=resource, details=linked, topics=[], upload=None, now=now)

    resource.refresh_from_db()
    assert (resource.link, resource.file_name, resource.file_size) == (linked.link, "", 0)
    assert (resource.versions.get().file_name, stored(kept)) == ("a.pdf", [".pdf"])


def test_changed_words_keep_the_file(organiser: User, now: datetime, kept: Path):
    resource, topic = add(organiser, now), make_topic()

    with TestCase.captureOnCommitCallbacks(execute=True):
        keeping.change(
            resource=resource,
            details=replace(DETAILS, title="New"),
            topics=[topic],
            upload=None,
            now=now,
        )

    resource.refresh_from_db()
    assert (resource.title, resource.file_name, stored(kept)) == ("New", "a.pdf", [".pdf"])
    assert resource.versions.count() == 0


def test_failed_change_keeps_the_old_file(organiser: User, now: datetime, kept: Path):
    resource = add(organiser, now)
    closed_to_nobody = replace(DETAILS, visibility="community")

    with pytest.raises(IntegrityError):
        keeping.change(
            resource=resource,
            details=closed_to_nobody,
            topics=[],
            upload=upload("b.png", picture()),
            now=now,
        )

    assert stored(kept) == [".pdf"]


def test_earlier_version_is_erased_alone_or_with_the_resource(
    organiser: User, now: datetime, kept: Path
):
    resource = add(organiser, now)
    for name in ("b.png", "c.png"):
        keeping.change(
            resource=resource, details=DETAILS, topics=[], upload=upload(name, picture()), now=now
        )

    with TestCase.captureOnCommitCallbacks(execute=True):
        keeping.forget(version=resource.versions.order_by("pk")[0])
    left = stored(kept)
    with TestCase.captureOnCommitCallbacks(execute=True):
        keeping.remove(resource=resource)

    assert (left, stored(kept)) == ([".png", ".png"], [])


def test_removing_erases_the_file(organiser: User, now: datetime, kept: Path):
    resource = add(organiser, now)

    with TestCase.captureOnCommitCallbacks(execute=True):
        keeping.remove(resource=resource)

    assert (Resource.objects.count(), stored(kept)) == (0, [])


def test_link_is_removed_without_a_file(organiser: User, now: datetime):
    linked = add(organiser, now, details=replace(DETAILS, link="https://example.org"), upload=None)

    with TestCase.captureOnCommitCallbacks(execute=True):
        keeping.remove(resource=linked)

    assert Resource.objects.count() == 0
