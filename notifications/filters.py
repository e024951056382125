"""How organisers look through the delivery log."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications import kinds
from notifications.models import Category, Notification, NotificationQuerySet


class NotificationFilter(django_filters.FilterSet):  # type: ignore[misc] # it has no types
    """By message, by state, by category, and by a part of the address or name."""

    q = django_filters.CharFilter(label=_("Person or address"), method="search", max_length=100)
    kind = django_filters.ChoiceFilter(label=_("Message"), choices=kinds.titles)
    state = django_filters.ChoiceFilter(label=_("State"), choices=Notification.State.choices)
    category = django_filters.ChoiceFilter(label=_("Category"), choices=Category.choices)

    class Meta:
        model = Notification
        fields: tuple[str, ...] = ()

    def search(self, rows: NotificationQuerySet, name: str, text: str) -> NotificationQuerySet:
        """Keep the rows whose address or person's name holds the text."""
        person = Q(recipient__name__icontains=text) | Q(recipient__email__icontains=text)
        return rows.filter(Q(address__icontains=text.strip()) | person)
