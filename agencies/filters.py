"""How the directory is searched."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies import names, states
from agencies.models import Agency, AgencyQuerySet

SEARCHED = ("name", "unit", "jurisdiction")


class AgencyFilter(django_filters.FilterSet):  # type: ignore[misc] # django-filter has no types
    """By name or place, state and level."""

    q = django_filters.CharFilter(
        label=_("Name or place"),
        method="search",
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=sorted(
            ((state.code, state.name) for state in states.STATES.values()), key=lambda pair: pair[1]
        ),
        empty_label=_("All states"),
    )
    level = django_filters.ChoiceFilter(
        label=_("Level"), choices=Agency.Level.choices, empty_label=_("All levels")
    )

    class Meta:
        model = Agency
        fields = ["q", "state", "level"]

    def search(self, agencies: AgencyQuerySet, name: str, words: str) -> AgencyQuerySet:
        """Keep agencies whose name, unit or jurisdiction contains every word, accents aside."""
        plain = {f"plain_{field}": names.plain(field) for field in SEARCHED}
        agencies = agencies.alias(**plain)
        for word in words.split()[:8]:
            found = Q()
            for field in plain:
                found |= Q(**{f"{field}__contains": names.plain_words(word)})
            agencies = agencies.filter(found)
        return agencies
