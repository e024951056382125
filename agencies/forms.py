"""What people tell about agencies and memberships."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.concurrency import SeenField
from accounts.models import User
from agencies.models import Agency, Community, Membership

AT_MOST = 100  # decisions in one go
LONGEST_NOTE = 2000  # characters


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg] # not a generic at run time
    """The part of an agency's profile that its coordinators write."""

    seen = SeenField()

    class Meta:
        model = Agency
        fields = ["about", "join_policy"]
        help_texts = {
            "about": _("What the agency enforces and what others can ask it about. Markdown."),
        }
        widgets = {"join_policy": forms.RadioSelect}


class NotesForm(forms.Form):
    """What organisers note of an agency: for everybody, and for themselves."""

    seen = SeenField()

    note = forms.CharField(
        label=_("Public note"),
        help_text=_("Everybody reads it on the agency's page."),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    internal_note = forms.CharField(
        label=_("Internal note"),
        help_text=_("Only organizers read it: what is still to be checked, for example."),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


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


class DeclineForm(forms.Form):
    """Why requests are declined."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "Everybody whom you decline reads it. A friendly half sentence is enough, such as "
            "“We could not find you on our staff list; please write to me.”"
        ),
    )


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
        return _person(self.cleaned_data["email"])


class CommunityForm(forms.ModelForm):  # type: ignore[type-arg] # not a generic at run time
    """What is said of a community."""

    seen = SeenField()

    class Meta:
        model = Community
        fields = ["name", "summary", "is_listed"]
        help_texts = {
            "summary": _("Everybody reads it, if everybody may know of the community."),
            "is_listed": _("Agenda, notes and materials of its sessions are closed either way."),
        }

    def clean_name(self) -> str:
        """Refuse a name that another community has."""
        name: str = self.cleaned_data["name"]
        others = Community.objects.filter(name__iexact=name).exclude(pk=self.instance.pk)
        if others.exists():
            raise forms.ValidationError(_("There is a community of this name."))
        return name


class AgencyForm(forms.Form):
    """One agency that joins a community."""

    agency = forms.ModelChoiceField(Agency.objects.none(), label=_("Agency"))

    def __init__(self, community: Community, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type] # the data of a request
        field = self.fields["agency"]
        field.queryset = (  # type: ignore[attr-defined] # a ModelChoiceField
            Agency.objects.exclude(communities=community).order_by("state", "name", "pk")
        )


class FacilitatorForm(forms.Form):
    """One person who is to facilitate, found by the address."""

    email = forms.EmailField(label=_("E-mail address of the account"))

    def clean_email(self) -> User:
        """Return the person who signs in with the address."""
        return _person(self.cleaned_data["email"])


def _person(address: str) -> User:
    person = User.objects.filter(email=address.lower(), is_active=True).first()
    if person is None:
        raise forms.ValidationError(_("No account uses this address. Ask the person to sign up."))
    return person
