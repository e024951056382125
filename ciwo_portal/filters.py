"""How the library's two kinds of events are searched and filtered alike."""

from collections.abc import Collection
from typing import Any

import django_filters
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from ciwo_portal import matching
from library.models import Topic
from library.synonyms import Asked
from webinars.models import Presenter, Webinar

KINDS = (("webinar", _("Webinar")), ("session", _("Community session")))


class LibraryFilter(django_filters.FilterSet):  # type: ignore[misc] # it has no types
    """By words, topic, year, kind and agency; a silly value is named and left out."""

    q = django_filters.CharFilter(label=_("Search"), max_length=200)  # see narrow()
    topic = django_filters.ModelChoiceFilter(
        label=_("Topic"),
        queryset=Topic.objects.order_by("name"),
        to_field_name="slug",
        field_name="topics",
        error_messages={"invalid_choice": _("There is no such topic. All topics are shown.")},
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
        label=_("Agency that spoke"),
        queryset=Agency.objects.order_by("state", "name"),
        to_field_name="slug",
        method="by_agency",
        error_messages={"invalid_choice": _("There is no such agency. All agencies are shown.")},
    )

    class Meta:
        model = Webinar  # the fields are the same for both kinds
        fields: tuple[str, ...] = ()

    def narrow(self, rows: Any, heard: Any, but: Collection[str] = ()) -> Any:
        """Keep the rows of an event's kind that pass the filters, without those named in `but`.

        `heard` is what this reader may search of what was said in them.
        """
        for name, value in self.form.cleaned_data.items():
            if name == "q" and self.asked.terms and "q" not in but:
                rows = rows.filter(matching.by_all(rows, self.asked, heard))
            elif name not in ("q", *but):
                rows = self.filters[name].filter(rows, value)
        return rows

    @cached_property
    def asked(self) -> Asked:
        """What is searched for; read once."""
        return Asked.of(self.words)

    @property
    def words(self) -> str:
        """What is searched for, as far as it can be."""
        self.form.is_valid()  # what is left out does not leave out the words
        return str(self.form.cleaned_data.get("q", ""))

    def by_kind(self, rows: Any, name: str, kind: str) -> Any:
        """Keep one kind."""
        return rows if (rows.model is Webinar) == (kind == "webinar") else rows.none()

    def by_agency(self, rows: Any, name: str, agency: Agency) -> Any:
        """Keep what the agency spoke at; nothing tells which agencies came to a session."""
        if rows.model is not Webinar:
            return rows.none()
        return rows.filter(pk__in=Presenter.objects.filter(agency=agency).values("webinar"))
