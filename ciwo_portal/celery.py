"""The Celery application, and the signs of life that /readyz asks for."""

import os
import time
from typing import Any

from celery import Celery
from celery.signals import beat_init, before_task_publish, heartbeat_sent
from django.core.cache import cache

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ciwo_portal.settings")
app = Celery("ciwo_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

SEEN_FOR = 60  # seconds: who was not seen for longer is away


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
    cache.set("seen-beat", time.time(), SEEN_FOR)
