"""The Celery application, and the signs of life that /readyz asks for."""

import os
import time
from typing import Any

import structlog
from celery import Celery
from celery.signals import beat_init, before_task_publish, heartbeat_sent
from django.core.cache import cache

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ciwo_portal.settings")
app = Celery("ciwo_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

log = structlog.get_logger(__name__)
SEEN_FOR = 60  # seconds: who was not seen for longer is away
AWAY = 10 * 60  # seconds after which something may have been missed


@heartbeat_sent.connect
def worker_seen(**_: Any) -> None:
    """Note that the worker lives; Celery sends this every other second."""
    cache.set("seen-worker", time.time(), SEEN_FOR)


@beat_init.connect
def beat_started(**_: Any) -> None:
    """From now on, in this process, publishing a task is beat's sign of life."""
    before_task_publish.connect(beat_seen)
    beat_seen()


def beat_seen(**_: Any) -> None:
    """Note that beat lives; it publishes a task every fifteen seconds at the latest."""
    now, before = time.time(), cache.get("beat-last-seen")
    if before and now - before > AWAY:
        log.warning(
            "clock_was_away",
            minutes=int((now - before) / 60),
            what_to_do="what is still of use is done now; the rest stands under Needs attention",
        )
    cache.set("beat-last-seen", now, None)
    cache.set("seen-beat", now, SEEN_FOR)
