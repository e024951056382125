"""The site administration as a whole: no secret, nothing erased, no way around a change."""

from collections.abc import Iterator
from typing import TypeAlias

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.core import serializers
from django.db.models import Model
from django.utils import timezone

from accounts.models import User
from agencies.models import Agency
from library.models import Topic
from surveys.models import Invitation, Response
from tests.browsers import Client
from tests.factories import APP_SECRET
from tests.scene import Scene, browser

SEED = "canary-of-the-recovery-codes"
# What changes here, by the changes that tests/accounts/test_admin.py tries; the rest is to read.
ADDED, CHANGED = {Agency}, {Agency, Topic, User}
Pressed: TypeAlias = tuple[dict[str, int], bool]


def rows() -> Iterator[tuple[type[Model], str, Model | None]]:
    """Yield each registered model with the address of its pages and a row of it."""
    for model in admin.site._registry:  # noqa: SLF001 what is registered, whoever did it
        meta = model._meta
        row = model._default_manager.first()  # noqa: SLF001
        yield model, f"/admin/{meta.app_label}/{meta.model_name}/", row


def test_no_page_of_the_administration_holds_a_secret(world: Scene):
    person = world.people["administrator"]
    assert isinstance(person, User)
    codes = {"seed": SEED, "used_mask": 0}
    Authenticator.objects.create(user=person, type="recovery_codes", data=codes)
    client, read = browser(person), {}
    for _model, path, row in rows():
        for page in (path, *(f"{path}{row.pk}/{end}/" for end in ("change", "history") if row)):
            answer = client.get(page)
            read[page] = (answer.status_code, answer.content.decode())
    keys = User.objects.exclude(calendar_key=None).values_list("calendar_key", flat=True)
    secrets = (APP_SECRET, SEED, "argon2", *map(str, keys))

    told = [page for page, (code, text) in read.items() if any(s in text for s in secrets)]

    assert {code for code, _text in read.values()} == {200}
    assert (len(read) > 20, told) == (True, [])


def pressed(client: Client, model: type[Model], path: str, row: Model) -> Pressed:
    """Return what every form answers to a press, and whether the model's rows are as before."""
    pages = {"add": f"{path}add/", **{w: f"{path}{row.pk}/{w}/" for w in ("change", "delete")}}
    before = serializers.serialize("json", model._default_manager.order_by("pk"))  # noqa: SLF001
    codes = {word: client.post(page, {"post": "yes"}).status_code for word, page in pages.items()}
    client.post(path, {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"})
    return codes, before == serializers.serialize("json", model._default_manager.order_by("pk"))  # noqa: SLF001


def test_nothing_is_erased_and_what_only_reads_refuses_to_change(world: Scene):
    client, asked = browser(world.people["administrator"]), User.objects.earliest("pk")
    response = Response.objects.earliest("pk")
    Invitation.objects.create(response=response, person=asked, invited_at=timezone.now())

    found = {m: row and pressed(client, m, path, row) for m, path, row in rows()}

    assert found == {  # 200: the form again, which lacks everything
        model: (
            {
                "add": 200 if model in ADDED else 403,
                "change": 200 if model in CHANGED else 403,
                "delete": 403,
            },
            True,
        )
        for model in found
    }
