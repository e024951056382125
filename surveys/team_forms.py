"""What a coordinator says of a section, and a reviewer on returning it."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.models import User
from agencies.models import Agency, Membership

COLLEAGUES = 300  # to choose among


def colleagues(agency: Agency) -> list[User]:
    """Return the people whom the agency has approved, by name; one query."""
    places = Membership.objects.active().filter(agency=agency, person__is_active=True)
    places = places.select_related("person").order_by("person__name", "person__email", "pk")
    return [place.person for place in places[:COLLEAGUES]]


class _PersonForm(forms.Form):
    """A form that names one of the colleagues, or nobody."""

    nobody: str | Promise = ""
    person = forms.TypedChoiceField(required=False, empty_value=None)

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        field: Any = self.fields["person"]
        field.choices = [("", self.nobody), *((key, str(one)) for key, one in self.people.items())]
        field.coerce = self.people.get


class GiveForm(_PersonForm):
    """Who has a section, and what the coordinator asks of that person."""

    nobody = gettext_lazy("Nobody in particular")
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Stands in the e-mail and on this page."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].label = gettext_lazy("Who has it")


class ReviewerForm(_PersonForm):
    """Who signs the sections off."""

    nobody = gettext_lazy("The coordinators")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].label = gettext_lazy("Who signs sections off")
        self.fields["person"].help_text = gettext_lazy(
            "If you name somebody, every section must be signed off before you can submit."
        )


class ReturnForm(forms.Form):
    """Why a section goes back."""

    reason = forms.CharField(
        label=gettext_lazy("What is to be looked at again?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Goes to who has the section, by e-mail."),
    )
