"""How the library's two kinds of events are searched and filtered alike."""

from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from library import search
from library.models import Topic
from webinars.models import Webinar

KINDS = (("webinar", _("Webinar")), ("session", _("Community session")))


class LibraryFilter(django_filters.FilterSet):  # type: ignore[misc] # it has no types
    """By words, topic, year, kind and agency; silly values find nothing and break nothing."""

    q = django_filters.CharFilter(label=_("Search"), method="by_words", max_length=200)
    topic = django_filters.ModelChoiceFilter(
        label=_("Topic"),
        queryset=Topic.objects.order_by("name"),
        to_field_name="slug",
        field_name="topics",
    )
    year = django_filters.NumberFilter(
        label=_("Year"),
        field_name="held_on__year",
        min_value=1900,
        max_value=9999,
        decimal_places=0,
    )
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=KINDS, method="by_kind")
    agency = django_filters.ModelChoiceFilter(
        label=_("Agency"),
        queryset=Agency.objects.filter(Q(communities__isnull=False) | Q(presenters__isnull=False))
        .distinct()
        .order_by("state", "name"),
        to_field_name="slug",
        method="by_agency",
    )

    def by_words(self, rows: Any, name: str, text: str) -> Any:
        """Keep what holds all the words, where this reader may look."""
        question = search.query(text)
        return rows.filter(words=question) if question else rows

    def by_kind(self, rows: Any, name: str, kind: str) -> Any:
        """Keep one kind."""
        return rows if (rows.model is Webinar) == (kind == "webinar") else rows.none()

    def by_agency(self, rows: Any, name: str, agency: Agency) -> Any:
        """Keep what the agency spoke at, or what its communities held."""
        if rows.model is Webinar:
            return rows.filter(presenters__agency=agency).distinct()
        return rows.filter(community__agencies=agency)
