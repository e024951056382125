"""What the outbox owes and which parts are there, as figures for Prometheus."""

from collections.abc import Iterator, Mapping

from django.db import DatabaseError
from django.db.models import Count, Min
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from ciwo_portal import attention
from notifications import relaying
from notifications.claiming import database_time
from notifications.models import WAITING_SINCE, DeliveryEvent, Notification, overdue

State = Notification.State


def text(parts: Mapping[str, bool]) -> bytes:
    """Return the portal's own figures; those of the outbox are missing while the database is."""
    registry = CollectorRegistry()
    registry.register(_Portal(parts))
    return generate_latest(registry)


class _Portal:
    """Asks anew whenever somebody reads the figures."""

    def __init__(self, parts: Mapping[str, bool]) -> None:
        self.parts = parts

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield every figure."""
        there = GaugeMetricFamily("ciwo_part_up", "Whether a part is there", labels=["part"])
        for name, is_there in self.parts.items():
            there.add_metric([name], int(is_there))
        yield there
        try:
            yield _messages()
            yield _oldest_due()
            yield _stopped()
            yield _unknown()
            yield _attention()
        except DatabaseError:
            return


def _messages() -> GaugeMetricFamily:
    found = dict(
        Notification.objects.order_by("state").values_list("state").annotate(number=Count("pk"))
    )
    figure = GaugeMetricFamily("ciwo_outbox_messages", "Messages by state", labels=["state"])
    for state in State:
        figure.add_metric([state.value], found.get(state.value, 0))
    return figure


def _oldest_due() -> GaugeMetricFamily:
    """Return for how long the oldest due message has waited, those left for the morning apart."""
    now = database_time()
    late = Notification.objects.filter(overdue(now))
    oldest = late.aggregate(oldest=Min(WAITING_SINCE))["oldest"]
    waited = (now - oldest).total_seconds() if oldest else 0.0
    figure = GaugeMetricFamily("ciwo_outbox_oldest_due_seconds", "Age of the oldest due message")
    figure.add_metric([], waited)
    return figure


def _unknown() -> GaugeMetricFamily:
    """Return how many reports that are kept speak of no message that we sent there."""
    figure = GaugeMetricFamily("ciwo_mail_reports_unknown", "Mail reports of unknown messages")
    figure.add_metric([], DeliveryEvent.objects.filter(notification=None).count())
    return figure


def _stopped() -> GaugeMetricFamily:
    """Return 1 while the mail server refuses everything, so that only probes go out."""
    figure = GaugeMetricFamily("ciwo_mail_stopped", "Whether the mail server refuses everything")
    figure.add_metric([], int(relaying.current() is not None))
    return figure


def _attention() -> GaugeMetricFamily:
    """Return what waits for an organiser, as the console counts it."""
    title = "What the console lists under Needs attention"
    figure = GaugeMetricFamily("ciwo_needs_attention", title, labels=["matter"])
    for kind, number in attention.counts(database_time()).items():
        figure.add_metric([kind.value], number)
    return figure
