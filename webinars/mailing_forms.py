"""What an organiser writes to people who have a place."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.concurrency import SeenForm
from accounts.names import one_line
from agencies.models import Agency, Membership
from notifications.placeholders import Wording, problems
from webinars.models import Mailing, Webinar
from webinars.placeholders import KNOWN

Audience = Mailing.Audience


class MailingForm(SeenForm):
    """To whom, and what; a text that could not be sent as it stands is not taken."""

    audience = forms.ChoiceField(label=_("To"), widget=forms.RadioSelect)
    agencies = forms.ModelMultipleChoiceField(
        label=_("Only people of these agencies"),
        queryset=Agency.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Choose none to write to people of all agencies, and of none."),
    )
    subject = forms.CharField(label=_("Subject"), max_length=150, validators=[one_line])
    text = forms.CharField(
        label=_("Text"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_(
            "Plain text or Markdown. Placeholders such as {{ person.name }} are replaced for each "
            "reader; a line whose placeholder has no value for a reader is left out."
        ),
    )

    def __init__(
        self, *args: Any, webinar: Webinar, mailing: Mailing | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **{"initial": _initial(mailing)} | kwargs)
        self.fields["audience"].choices = _audiences(webinar)  # type: ignore[attr-defined]
        members = Membership.objects.active().filter(person__registrations__webinar=webinar)
        agencies = Agency.objects.filter(pk__in=members.values("agency")).order_by("name", "pk")
        self.fields["agencies"].queryset = agencies  # type: ignore[attr-defined]

    def clean_subject(self) -> str:
        """Say what has to be mended in the subject."""
        return _right(self.cleaned_data["subject"])

    def clean_text(self) -> str:
        """Say what has to be mended in the text."""
        return _right(self.cleaned_data["text"])

    def wording(self) -> Wording:
        """Return what it says; the form is valid."""
        return Wording(self.cleaned_data["subject"], self.cleaned_data["text"])


def _right(text: str) -> str:
    if found := problems(text, KNOWN):
        raise ValidationError(found)
    return text


def _audiences(webinar: Webinar) -> list[tuple[str, Any]]:
    """Return whom one may write to; who came only where that is known."""
    is_known = webinar.registrations.filter(attended__isnull=False).exists()
    after = {Audience.ATTENDED.value, Audience.ABSENT.value}
    return [choice for choice in Audience.choices if is_known or choice[0] not in after]


def _initial(mailing: Mailing | None) -> dict[str, Any]:
    if mailing is None:
        return {"audience": Audience.SEATED}
    named = {name: getattr(mailing, name) for name in ("audience", "subject", "text")}
    return named | {"agencies": mailing.agencies.all()}
