"""Where people edit the same words: nobody writes over a colleague without knowing."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _


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
    form.add_error(None, _said())


class SeenForm(forms.Form):
    """A form that does not write over what a colleague has saved since it was shown.

    It compares what it shows at first with what it would show now. Where a change locks its row and
    compares by itself, a SeenField is enough.
    """

    seen = SeenField()

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        """Return what a field shows at first."""
        if field_name == "seen":
            return self._there()
        return super().get_initial_for_field(field, field_name)

    def clean(self) -> dict[str, Any]:
        """Refuse, once, to replace what was not seen."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        seen, there = cleaned.pop("seen", ""), self._there()
        if seen and seen != there and set(self.changed_data) - {"seen"}:
            warn(self, ChangedMeanwhile(there))
        return cleaned

    def _there(self) -> str:
        fields = ((name, field) for name, field in self.fields.items() if name != "seen")
        shown = ((field, self.get_initial_for_field(field, name)) for name, field in fields)
        return version(*(_plain(field.prepare_value(value)) for field, value in shown))


class SeenFormSet(forms.BaseFormSet):  # type: ignore[type-arg] # not a generic at run time
    """Rows of a form of which the same holds; their page carries `seen` under `seen_name`."""

    @property
    def seen_name(self) -> str:
        """The name of the field that names, unseen, the rows that were shown."""
        return f"{self.prefix}-seen"

    @property
    def seen(self) -> str:
        """What this field holds."""
        return str((self.is_bound and self.data.get(self.seen_name)) or self._there())

    def clean(self) -> None:
        """Refuse, once, to replace what was not seen."""
        super().clean()
        seen, there = self.data.get(self.seen_name), self._there()
        if seen and seen != there and self.has_changed():
            self.data = self.data.copy()  # type: ignore[attr-defined] # of a request
            self.data[self.seen_name] = there  # type: ignore[index]
            raise forms.ValidationError(_said())

    def _there(self) -> str:
        return version(*(sorted(row.items()) for row in self.initial or ()))


def _plain(shown: Any) -> Any:
    is_several = isinstance(shown, Iterable) and not isinstance(shown, str)
    return sorted(map(str, shown)) if is_several else shown


def _said() -> str:
    return _(
        "Somebody else has saved this since you opened it. Nothing of yours is lost: look at it in "
        "another window, then save again to replace what they wrote."
    )
