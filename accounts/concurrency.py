"""Where people edit the same words: nobody writes over a colleague without knowing."""

import hashlib
import json
from typing import Any

from django import forms
from django.utils.translation import gettext as _


class ChangedMeanwhile(Exception):
    """A colleague has saved something else since this was read; `there` names what stands now."""

    def __init__(self, there: str) -> None:
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
    text = _(
        "A colleague has saved this since you opened it. Nothing of yours is lost: look at it in "
        "another window, then save again to replace what they wrote."
    )
    form.add_error(None, text)
