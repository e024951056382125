"""What an organiser writes for a message that goes out by itself."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.models import WordingVersion
from notifications.placeholders import Wording, problems
from notifications.wordings import Occasion


class WordingForm(forms.Form):
    """A subject and a text; one that could not be sent as it stands is not taken."""

    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=150)
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text=gettext_lazy(
            "Plain text or Markdown. A line whose placeholder has no value for a reader is "
            "left out."
        ),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(
        self, *args: Any, occasion: Occasion, version: WordingVersion | None, **kwargs: Any
    ) -> None:
        shown = version if version and not version.is_builtin else occasion.start
        initial = {"subject": shown.subject, "text": shown.text}
        initial["seen"] = str(version.number if version else 0)
        super().__init__(*args, **{"initial": initial} | kwargs)
        self.occasion = occasion

    def clean_subject(self) -> str:
        """Say what has to be mended in the subject."""
        subject = " ".join(self.cleaned_data["subject"].split())
        if found := problems(subject, self.occasion.known):
            raise ValidationError(found)
        return subject

    def clean_text(self) -> str:
        """Say what has to be mended in the text."""
        text: str = self.cleaned_data["text"]
        if found := problems(text, self.occasion.known, sorted(self.occasion.needed)):
            raise ValidationError(found)
        return text

    def wording(self) -> Wording:
        """Return what it says; the form is valid."""
        return Wording(self.cleaned_data["subject"], self.cleaned_data["text"])

    def warn_of_colleague(self, version: WordingVersion | None) -> None:
        """Say that a colleague saved in between; saving once more writes over it."""
        data = self.data.copy()  # type: ignore[attr-defined] # a QueryDict
        data["seen"] = str(version.number if version else 0)
        self.data = data
        self.add_error(
            None,
            _(
                "A colleague has saved this text since you opened it: it is the newest below. "
                "Saving once more writes over it; their version stays among the earlier ones."
            ),
        )
