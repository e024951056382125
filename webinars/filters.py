"""How organisers look through who is registered."""

import django_filters
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, AgencyQuerySet, Membership
from webinars.models import Registration, RegistrationQuerySet, Webinar


def _agencies(request: HttpRequest | None) -> AgencyQuerySet:
    """Return all agencies that have people, by name."""
    with_people = Membership.objects.active().values("agency")
    return Agency.objects.filter(pk__in=with_people).order_by("name", "pk")


class RegistrationFilter(django_filters.FilterSet):  # type: ignore[misc] # it has no types
    """By a part of the name or address, by state and by agency."""

    q = django_filters.CharFilter(label=_("Name or address"), method="search", max_length=100)
    state = django_filters.ChoiceFilter(
        label=_("Place"),
        empty_label=_("All"),
        choices=Registration.State.choices,
    )
    agency = django_filters.ModelChoiceFilter(
        label=_("Agency"), empty_label=_("All"), queryset=_agencies, method="of_agency"
    )

    class Meta:
        model = Registration
        fields: tuple[str, ...] = ()

    def search(self, rows: RegistrationQuerySet, name: str, text: str) -> RegistrationQuerySet:
        """Keep the people whose name or address holds the text."""
        return rows.filter(Q(person__name__icontains=text) | Q(person__email__icontains=text))

    def of_agency(
        self, rows: RegistrationQuerySet, name: str, agency: Agency
    ) -> RegistrationQuerySet:
        """Keep the agency's people."""
        members = Membership.objects.active().filter(agency=agency).values("person")
        return rows.filter(person__in=members)


class WebinarFilter(django_filters.FilterSet):  # type: ignore[misc] # it has no types
    """By a part of the title and by state."""

    q = django_filters.CharFilter(
        label=_("Title"), field_name="title", lookup_expr="icontains", max_length=100
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), empty_label=_("All"), choices=Webinar.State.choices
    )

    class Meta:
        model = Webinar
        fields: tuple[str, ...] = ()
