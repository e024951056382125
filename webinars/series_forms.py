"""What an organiser says of a series."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.concurrency import SeenForm
from accounts.names import one_line
from events import zones
from webinars.models import Series, Webinar
from webinars.series import Defaults


class SeriesForm(SeenForm, forms.ModelForm):  # type: ignore[type-arg] # not a generic at run time
    """A name, and what a new webinar of the series starts with."""

    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=zones.US_ZONES.items)
    minutes = forms.IntegerField(
        label=gettext_lazy("Length in minutes"), min_value=5, max_value=12 * 60, initial=75
    )
    capacity = forms.IntegerField(
        label=gettext_lazy("Seats"),
        min_value=1,
        max_value=100_000,
        required=False,
        help_text=gettext_lazy("Leave empty for as many as want to come."),
    )

    class Meta:
        model = Series
        fields = [
            *("name", "summary", "visibility", "community", "capacity", "time_zone", "minutes"),
            *("partner", "access_information"),
        ]
        help_texts = {
            "community": gettext_lazy("Needed when it is for one community only."),
            "partner": gettext_lazy("A partner such as CLASP."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].validators.append(one_line)
        self.fields["partner"].validators.append(one_line)

    def clean_name(self) -> str:
        """Refuse a name that another series has."""
        name: str = self.cleaned_data["name"]
        others = Series.objects.filter(name__iexact=name).exclude(pk=self.instance.pk)
        if others.exists():
            raise forms.ValidationError(_("There is a series of this name."))
        return name

    def clean(self) -> dict[str, Any]:
        """Hold a closed series to its community."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        is_closed = cleaned.get("visibility") == Webinar.Visibility.COMMUNITY
        if is_closed and not cleaned.get("community"):
            self.add_error("community", _("Choose the community that it is for."))
        return cleaned

    def defaults(self) -> Defaults:
        """Return what the form says; the form is valid."""
        names = Defaults.__dataclass_fields__
        return Defaults(**{name: self.cleaned_data[name] for name in names})
