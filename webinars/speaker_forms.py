"""What organisers say of speakers, and what speakers say themselves."""

from django import forms
from django.utils.translation import gettext_lazy

from accounts.concurrency import SeenForm, SeenFormSet
from accounts.names import one_line
from agencies.models import Agency
from library import keeping
from library.forms import UploadField
from webinars import bringing
from webinars.models import Consent, Presenter
from webinars.presenting import Answer, Speaker

LONGEST = 2000  # characters of a biography


class SpeakerForm(forms.Form):
    """One person who speaks."""

    pk = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=150, validators=[one_line])
    title = forms.CharField(
        label=gettext_lazy("Title"), max_length=200, required=False, validators=[one_line]
    )
    agency = forms.ModelChoiceField(
        label=gettext_lazy("Agency"), queryset=Agency.objects.order_by("name"), required=False
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        required=False,
        help_text=gettext_lazy(
            "Nobody else sees it. A personal link goes there, 7 and 2 days before the start, while "
            "slides or the answer about the recording are missing."
        ),
    )
    biography = forms.CharField(
        label=gettext_lazy("Biography"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=LONGEST,
        help_text=gettext_lazy("It stands on the webinar's page. The speaker can change it."),
    )


class SpeakerRows(SeenFormSet):
    """The speakers in order."""

    key = "pk"


SpeakerFormSet = forms.formset_factory(
    SpeakerForm,
    SpeakerRows,
    extra=3,
    max_num=30,
    absolute_max=33,
    validate_max=True,
    can_delete=True,
)


class TellForm(forms.Form):
    """Whether people who have a place hear that others speak."""

    tells_words = forms.BooleanField(
        label=gettext_lazy("Tell who has a place who speaks now"),
        required=False,
        help_text=gettext_lazy("By e-mail, in ten minutes; not what you put right by then."),
    )


def speakers(rows: "forms.BaseFormSet[SpeakerForm]") -> list[Speaker]:
    """Return who speaks, in order; the rows are valid, and blank or removed ones are left out."""
    return [
        Speaker(**{name: row.cleaned_data[name] for name in Speaker.__dataclass_fields__})
        for row in rows.forms
        if row.cleaned_data and not row.cleaned_data["DELETE"]
    ]


class SpeakingForm(SeenForm):
    """What a speaker says of slides, recording and biography."""

    file = UploadField(
        label=gettext_lazy("Your slides"),
        required=False,
        kinds=bringing.KINDS,
        max_mb=keeping.MAX_MB,
        note=gettext_lazy("The organizers look at them before they show them."),
    )
    slides_url = forms.URLField(
        label=gettext_lazy("Link to your slides"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=gettext_lazy("A shared folder or file, instead of sending one here."),
    )
    has_slides = forms.BooleanField(label=gettext_lazy("My slides are in"), required=False)
    is_accessible = forms.BooleanField(
        label=gettext_lazy("They are accessible: titles, reading order, contrast, alt texts"),
        required=False,
    )
    agrees = forms.TypedChoiceField(
        label=gettext_lazy("May the webinar be recorded with you in it, and the recording shown?"),
        choices=[
            ("", gettext_lazy("I have not decided yet")),
            ("yes", gettext_lazy("Yes, I agree")),
            ("no", gettext_lazy("No, I do not agree")),
        ],
        widget=forms.RadioSelect,
        required=False,
        coerce=lambda word: word == "yes",
        empty_value=None,
    )
    biography = forms.CharField(
        label=gettext_lazy("Biography"),
        widget=forms.Textarea(attrs={"rows": 6}),
        required=False,
        max_length=LONGEST,
        help_text=gettext_lazy("A few sentences for the webinar's page."),
    )

    def clean_has_slides(self) -> bool:
        """Who brings slides has them in."""
        return bool(self.cleaned_data["has_slides"] or self.cleaned_data.get("file"))

    def answer(self) -> Answer:
        """Return what the form says; the form is valid."""
        return Answer(**{name: self.cleaned_data[name] for name in Answer.__dataclass_fields__})


def said_by(presenter: Presenter) -> dict[str, object]:
    """Return what the form shows of what a speaker has said so far."""
    words = {Consent.GIVEN: "yes", Consent.REFUSED: "no"}
    return {
        "slides_url": presenter.slides_url,
        "has_slides": presenter.slides_at is not None,
        "is_accessible": presenter.accessible_at is not None,
        "agrees": words.get(Consent(presenter.consent), ""),
        "biography": presenter.biography,
    }
