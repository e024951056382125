"""What monitoring reads."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from ciwo_portal.celery import beat_seen, worker_seen
from ciwo_portal.embedded import free_port
from notifications.claiming import database_time
from notifications.models import Notification
from tests.factories import make_user

ALL = ("database", "broker", "worker", "beat")


@pytest.fixture
def seen() -> Iterator[None]:
    """Worker and beat have just given their signs of life."""
    worker_seen()
    beat_seen()
    yield
    cache.delete_many(["seen-worker", "seen-beat"])


def _figures(client: Client, name: str) -> list[str]:
    lines = client.get("/metrics").content.decode().splitlines()
    return [line for line in lines if line.startswith(name)]


def test_healthz_answers_as_long_as_the_web_process_works(client: Client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.usefixtures("seen")
def test_readyz_is_green_when_every_part_is_there(client: Client):
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, dict.fromkeys(ALL, True))


@pytest.mark.usefixtures("seen")
@pytest.mark.parametrize("part", ["worker", "beat"])
def test_readyz_names_the_part_that_is_away(client: Client, part: str):
    cache.delete(f"seen-{part}")

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (503, dict.fromkeys(ALL, True) | {part: False})


@pytest.mark.usefixtures("seen")
def test_readyz_says_that_the_broker_is_away(client: Client, settings: Settings):
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["broker"]) == (503, False)


def test_metrics_are_for_loopback_alone(client: Client):
    nearby = client.get("/metrics")
    far = client.get("/metrics", REMOTE_ADDR="192.0.2.7")
    through_proxy = client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"})

    assert (nearby.status_code, far.status_code, through_proxy.status_code) == (200, 403, 403)


@pytest.mark.parametrize(
    ("sent", "status"), [("Bearer right", 200), ("Bearer wrong", 403), ("right", 403), (None, 403)]
)
def test_metrics_ask_for_the_token_where_there_is_one(
    client: Client, settings: Settings, sent: str | None, status: int
):
    settings.METRICS_TOKEN = "right"

    answer = client.get("/metrics", headers={"Authorization": sent} if sent else None)

    assert answer.status_code == status


@pytest.mark.usefixtures("seen")
def test_metrics_say_which_parts_are_there(client: Client):
    cache.delete("seen-beat")

    assert _figures(client, "ciwo_part_up{") == [
        'ciwo_part_up{part="database"} 1.0',
        'ciwo_part_up{part="broker"} 1.0',
        'ciwo_part_up{part="worker"} 1.0',
        'ciwo_part_up{part="beat"} 0.0',
    ]


def test_metrics_say_how_long_the_oldest_message_has_waited(client: Client):
    due = database_time() - timedelta(minutes=7)
    morning = database_time() + timedelta(hours=3)
    owed = {"kind": "x/mail/y", "category": "reminders", "recipient": make_user()}
    Notification.objects.create(key="late", due_at=due, **owed)
    Notification.objects.create(
        key="for-the-morning", due_at=due - timedelta(hours=1), next_try_at=morning, **owed
    )

    waited = float(_figures(client, "ciwo_outbox_oldest_due_seconds")[0].split()[1])
    pending = _figures(client, 'ciwo_outbox_messages{state="pending"}')

    assert 420 <= waited < 430
    assert pending == ['ciwo_outbox_messages{state="pending"} 2.0']
