"""What people write when they ask another agency, answer, or take a question away."""

from collections.abc import Iterable
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.models import Choice

LONGEST = 2000  # characters of a question
LONGEST_REPLY = 5000


class InquiryForm(forms.Form):
    """A question about one answer; the press has a name, so that pressing twice asks once.

    Of a table, or of several choices, it can name the one it is about: the text then begins so.
    """

    part = forms.ChoiceField(label=_("About"), required=False)
    text = forms.CharField(
        label=_("Your question"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Do not name workers, employers or open cases."),
        error_messages={"required": _("Write your question.")},
    )
    operation = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, parts: Iterable[Choice] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.labels = {choice.value: choice.label for choice in parts}
        choices = [("", _("The whole answer")), *self.labels.items()]
        cast(forms.ChoiceField, self.fields["part"]).choices = choices
        if not self.labels:
            del self.fields["part"]

    def clean(self) -> dict[str, Any]:
        """Let the text begin with what it is about."""
        cleaned: dict[str, Any] = super().clean() or {}
        label = self.labels.get(cleaned.pop("part", ""))
        if label and "text" in cleaned:
            cleaned["text"] = f"{label}: {cleaned['text']}"
        return cleaned


class ReplyForm(forms.Form):
    """What an agency says to a question."""

    text = forms.CharField(
        label=_("Your agency's answer"),
        max_length=LONGEST_REPLY,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Do not name workers, employers or open cases."),
        error_messages={
            "required": _("Write the answer, or say that your agency would rather not answer.")
        },
    )
    is_note = forms.BooleanField(
        label=_("Show question and answer beside your survey answer, without the asker's name"),
        required=False,
    )


class RemovalForm(forms.Form):
    """Why organizers take a question away."""

    reason = forms.CharField(
        label=_("Why?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who asked and the agency's coordinators read this."),
        error_messages={"required": _("Say why, so that both sides understand.")},
    )


class InquiryFilter(forms.Form):
    """Which questions organizers list."""

    STATES = (
        ("", _("All")),
        ("open", _("Open")),
        ("answered", _("Answered")),
        ("declined", _("Declined")),
        ("removed", _("Removed")),
    )
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
