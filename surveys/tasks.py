"""Work that the clock starts."""

import time

import structlog
from celery import shared_task
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from surveys import alarms, inquiring, reminders
from surveys.models import Release, Wave

ENOUGH = 240.0  # seconds for waves that are tried in one go

log = structlog.get_logger(__name__)


@shared_task
def queue_reminders() -> None:
    """Owe the reminders that are due now."""
    reminders.queue_due(now=timezone.now())
    inquiring.queue_reminders(now=timezone.now())


@shared_task(time_limit=3600)
def audit_published() -> None:
    """Try what is published again: agencies open and narrow answers all the time.

    What was tried longest ago comes first, and after ENOUGH seconds the next hour goes on.
    """
    started = time.monotonic()
    published = Wave.objects.filter(Exists(Release.objects.filter(wave=OuterRef("pk"))))
    for wave in published.order_by(F("audit__made_at").asc(nulls_first=True), "pk"):
        if time.monotonic() - started > ENOUGH:
            log.warning("audit_goes_on_later")
            return
        try:
            alarms.record(wave=wave, now=timezone.now())
        except Exception:  # the others are tried all the same
            log.exception("not_audited", wave=wave.slug)
