"""Where people edit the same words: nobody writes over a colleague without knowing."""

import hashlib
import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from copy import copy
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django import forms
from django.db import connection, transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from accounts.http import MemberRequest

P = ParamSpec("P")


class ChangedMeanwhile(Exception):
    """A colleague has saved something else since this was read; `there` is what stands now."""

    def __init__(self, there: Any = None) -> None:
        super().__init__()
        self.there = there


class SeenField(forms.CharField):
    """Names, unseen, the words that a form showed."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput, required=False, max_length=64)


def version(*values: Any) -> str:
    """Return what tells these values from any others."""
    return hashlib.sha256(json.dumps(values, default=str).encode()).hexdigest()


def refuse_if_changed(*, seen: str, there: str, wanted: str) -> None:
    """Raise ChangedMeanwhile where neither what was seen stands there, nor what is wanted.

    Each is a version; `seen` is empty for callers that showed nothing. The row is held.
    """
    if seen and there not in {seen, wanted}:
        raise ChangedMeanwhile(there)


def warn(form: Any, clash: ChangedMeanwhile) -> None:
    """Say so in the form, which keeps what was typed; saving once more replaces it knowingly."""
    form.data = form.data.copy()
    form.data["seen"] = clash.there
    form.add_error(None, _warning())


class SeenForm(forms.Form):
    """A form that does not write over what a colleague has saved since it was shown.

    It compares what it shows at first with what it would show now, in turn. Where a change locks
    its row and compares by itself, a SeenField is enough.
    """

    seen = SeenField()

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        """Return what a field shows at first."""
        if field_name == "seen":
            return self._there()
        return super().get_initial_for_field(field, field_name)

    def full_clean(self) -> None:
        """Refuse, once, to replace what was not seen by anything but itself."""
        super().full_clean()
        if not self.is_bound:
            return
        seen, there = self.cleaned_data.pop("seen", ""), self._there()
        if seen and seen != there and _said(self) != _kept(self):
            warn(self, ChangedMeanwhile(there))

    def _there(self) -> str:
        fields = ((name, field) for name, field in self.fields.items() if name != "seen")
        shown = ((field, self.get_initial_for_field(field, name)) for name, field in fields)
        return version(*(_plain(field.prepare_value(value)) for field, value in shown))


def in_turn(
    view: Callable[Concatenate[MemberRequest, P], HttpResponse],
) -> Callable[Concatenate[MemberRequest, P], HttpResponse]:
    """Let who sends a SeenForm to the same address at once wait until the other's is kept."""

    @wraps(view)
    def turned(request: MemberRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            _await_turn(request.path)
            return view(request, *args, **kwargs)

    return turned


def _await_turn(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


class SeenFormSet(forms.BaseFormSet):  # type: ignore[type-arg] # not a generic at run time
    """Rows of a form of which the same holds; their page carries `seen` under `seen_name`.

    What is kept of a row is known by its `key`, a hidden field, wherever it stands by now.
    """

    key: str

    @property
    def seen_name(self) -> str:
        """The name of the field that names, unseen, the rows that were shown."""
        return f"{self.prefix}-seen"

    @property
    def seen(self) -> str:
        """What this field holds."""
        return str((self.is_bound and self.data.get(self.seen_name)) or self._there())

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """Compare a row that is sent with what is kept of it; a new one with nothing."""
        given: dict[str, Any] = super().get_form_kwargs(index)
        if self.is_bound and index is not None:
            key = self.data.get(f"{self.add_prefix(index)}-{self.key}", "")
            kept = {str(row[self.key]): row for row in self.initial or ()}
            given["initial"] = kept.get(key, {self.key: key})
        return given

    def clean(self) -> None:
        """Refuse, once, to replace what was not seen by anything but itself."""
        super().clean()
        seen, there = self.data.get(self.seen_name), self._there()
        if not seen or seen == there:
            return
        rows = [row for row in self.forms if row.cleaned_data and not row.cleaned_data["DELETE"]]
        kept = [_kept(self.form(initial=row)) for row in self.initial or ()]
        if [self._words(_said(row)) for row in rows] != [self._words(row) for row in kept]:
            self.data = self.data.copy()  # type: ignore[attr-defined] # of a request
            self.data[self.seen_name] = there  # type: ignore[index]
            raise forms.ValidationError(_warning())
        for row, same in zip(rows, kept, strict=True):  # pressed twice: none is new any more
            row.cleaned_data[self.key] = same[self.key]

    def _words(self, row: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in row.items() if name not in {self.key, "DELETE"}}

    def _there(self) -> str:
        return version(*(sorted(row.items()) for row in self.initial or ()))


def _said(form: forms.Form) -> dict[str, Any]:
    """Return what a form says apart from files, which stand in no field's place."""
    said = {name: form.fields[name].prepare_value(form.cleaned_data[name]) for name in _names(form)}
    return {name: _one_newline(value) for name, value in said.items()}


def _kept(form: forms.Form) -> dict[str, Any]:
    """Return what a form would say, were it sent as it is shown at first."""
    twin = copy(form)
    twin.cleaned_data = {}
    for name, field in form.fields.items():
        shown = field.prepare_value(form.get_initial_for_field(field, name))
        with suppress(forms.ValidationError):
            twin.cleaned_data[name] = field.clean(shown)
            if refined := getattr(twin, f"clean_{name}", None):
                twin.cleaned_data[name] = refined()
    return _said(twin)


def _names(form: forms.Form) -> list[str]:
    files = {name for name, field in form.fields.items() if isinstance(field, forms.FileField)}
    return [name for name in form.cleaned_data if name in {*form.fields} - files - {"seen"}]


def _one_newline(value: Any) -> Any:
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def _plain(shown: Any) -> Any:
    is_several = isinstance(shown, Iterable) and not isinstance(shown, str)
    return sorted(map(str, shown)) if is_several else shown


def _warning() -> str:
    return _(
        "Somebody else has saved this since you opened it. Nothing of yours is lost: look at it in "
        "another window, then save again to replace what they wrote."
    )
