"""What people tell about agencies and memberships."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agencies.models import Agency, Membership

AT_MOST = 100  # decisions in one go


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg] # not a generic at run time
    """The part of an agency's profile that its coordinators write."""

    class Meta:
        model = Agency
        fields = ["about", "join_policy"]
        help_texts = {
            "about": _("What the agency enforces and what others can ask it about. Markdown."),
        }
        widgets = {"join_policy": forms.RadioSelect}


class DecisionForm(forms.Form):
    """Which memberships a decision is about: those that this person may know of."""

    membership = forms.ModelMultipleChoiceField(Membership.objects.none())

    def __init__(self, user: User, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type] # the data of a request
        field = self.fields["membership"]
        field.queryset = (  # type: ignore[attr-defined] # a ModelMultipleChoiceField
            Membership.objects.visible_to(user).select_related("agency", "person")
        )

    def clean_membership(self) -> list[Membership]:
        """Return the chosen ones, oldest first; no more than one page holds."""
        return list(self.cleaned_data["membership"].order_by("asked_at", "pk")[:AT_MOST])


class AppointForm(DecisionForm):
    """A role for one member."""

    role = forms.ChoiceField(choices=Membership.Role.choices)

    def clean_role(self) -> Membership.Role:
        """Return the role itself."""
        return Membership.Role(self.cleaned_data["role"])


class AdmitForm(forms.Form):
    """A person who comes in without a request, found by the address."""

    email = forms.EmailField(label=_("E-mail address of the account"))
    agency = forms.ModelChoiceField(Agency.objects.order_by("state", "name", "pk"))
    role = forms.ChoiceField(label=_("Role"), choices=Membership.Role.choices)

    def clean_role(self) -> Membership.Role:
        """Return the role itself."""
        return Membership.Role(self.cleaned_data["role"])

    def clean_email(self) -> User:
        """Return the person who signs in with the address."""
        address = self.cleaned_data["email"].lower()
        person = User.objects.filter(email=address, is_active=True).first()
        if person is None:
            raise forms.ValidationError(
                _("No account uses this address. Ask the person to sign up.")
            )
        return person
