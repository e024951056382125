"""How organisers look through the delivery log."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications import kinds, subjects
from notifications.claiming import database_time
from notifications.models import (
    SENT_WITHIN,
    Category,
    Notification,
    NotificationQuerySet,
    overdue,
    unseen,
)

# What is asked beside one state: what failed, for whatever reason, and what is late.
_GROUPS = [
    ("faulty", _("Not delivered")),
    ("unseen", _("Not delivered, and nobody has seen to it")),
    ("late", _("Due and not sent")),
]
_STATES = [*_GROUPS, *Notification.State.choices]


class NotificationFilter(django_filters.FilterSet):  # type: ignore[misc] # it has no types
    """By message, by state, by category, and by a part of the address or name."""

    q = django_filters.CharFilter(label=_("Person or address"), method="search", max_length=100)
    kind = django_filters.ChoiceFilter(label=_("Message"), choices=kinds.titles)
    state = django_filters.ChoiceFilter(label=_("State"), method="pick", choices=_STATES)
    category = django_filters.ChoiceFilter(label=_("Category"), choices=Category.choices)
    of = django_filters.CharFilter(widget=forms.HiddenInput, method="narrow", max_length=100)

    class Meta:
        model = Notification
        fields: tuple[str, ...] = ()

    def filter_queryset(self, rows: NotificationQuerySet) -> NotificationQuerySet:
        """Choose none where the filter is nonsense: what it chooses may be sent again."""
        return super().filter_queryset(rows) if self.form.is_valid() else rows.none()

    def search(self, rows: NotificationQuerySet, name: str, text: str) -> NotificationQuerySet:
        """Keep the rows whose address or person's name holds the text."""
        person = Q(recipient__name__icontains=text) | Q(recipient__email__icontains=text)
        return rows.filter(Q(address__icontains=text.strip()) | person)

    def pick(self, rows: NotificationQuerySet, name: str, word: str) -> NotificationQuerySet:
        """Keep the rows in a state, or in one of a group of states."""
        if word == "late":
            return rows.filter(overdue(database_time() - SENT_WITHIN))
        groups = {"faulty": Q(state__in=Notification.FAULTY), "unseen": unseen()}
        return rows.filter(groups.get(word, Q(state=word)))

    @property
    def subject(self) -> subjects.Subject | None:
        """The one thing that the rows are about, if one is named."""
        return subjects.find(self.form.cleaned_data["of"]) if self.form.is_valid() else None

    def narrow(self, rows: NotificationQuerySet, name: str, of: str) -> NotificationQuerySet:
        """Keep the rows about one thing, or none where there is no such thing."""
        return rows.filter(self.subject.is_about) if self.subject else rows.none()
