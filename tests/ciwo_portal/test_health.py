"""What monitoring reads."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from pytest_django import Settings

from accounts.models import User
from ciwo_portal.celery import beat_seen, worker_seen
from ciwo_portal.embedded import free_port
from notifications.claiming import database_time
from notifications.models import Notification
from tests.browsers import Client
from tests.factories import make_user

ALL = ("database", "writing", "files", "broker", "worker", "beat")


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


def test_redis_that_is_away_takes_nobody_out_of_the_balancer(client: Client, settings: Settings):
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"

    found = [client.get(path).status_code for path in ("/livez", "/readyz")]

    assert found == [200, 503]


READ_ONLY = "SET LOCAL transaction_read_only = on"
FULL = """
CREATE FUNCTION pg_temp.full() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON accounts_limits
FOR EACH ROW EXECUTE FUNCTION pg_temp.full();
"""


@pytest.mark.usefixtures("seen")
@pytest.mark.parametrize("fault", [READ_ONLY, FULL])
def test_readyz_says_that_nothing_can_be_written(client: Client, fault: str):
    with connection.cursor() as cursor:
        cursor.execute(fault)

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (
        503,
        dict.fromkeys(ALL, True) | {"writing": False},
    )


@pytest.mark.usefixtures("seen")
def test_readyz_says_that_files_have_no_place(client: Client, settings: Settings, tmp_path: Path):
    (tmp_path / "file").touch()
    settings.MEDIA_ROOT = tmp_path / "file" / "media"

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (503, dict.fromkeys(ALL, True) | {"files": False})


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_saved_is_kept_in_a_button(client: Client, staff: User):
    client.force_login(staff)
    typed = client.get("/my/profile/").context["form"].initial | {"name": "As Typed"}
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
        answer = client.post("/my/profile/", typed)
        cursor.execute("RESET default_transaction_read_only")

    assert (answer.status_code, answer.get("Retry-After")) == (503, "300")
    assert 'name="name" value="As Typed"' in answer.content.decode()


def test_metrics_are_for_loopback_alone(client: Client):
    nearby = client.get("/metrics")
    far = client.get("/metrics", REMOTE_ADDR="192.0.2.7")
    through_proxy = client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"})

    assert (nearby.status_code, far.status_code, through_proxy.status_code) == (200, 403, 403)


@pytest.mark.parametrize("switch", ["IS_PUBLIC", "IS_BEHIND_PROXY"])
def test_metrics_need_a_token_where_a_proxy_makes_everybody_look_near(
    client: Client, settings: Settings, switch: str
):
    setattr(settings, switch, True)  # a proxy need not say that it is one

    without = client.get("/metrics").status_code
    settings.METRICS_TOKEN = "a-token-that-is-long"
    known = {"Authorization": f"Bearer {settings.METRICS_TOKEN}"}

    assert (without, client.get("/metrics", headers=known).status_code) == (403, 200)


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
        'ciwo_part_up{part="writing"} 1.0',
        'ciwo_part_up{part="files"} 1.0',
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


def test_clock_that_was_away_is_in_the_log_once(caplog: pytest.LogCaptureFixture) -> None:
    cache.set("beat-last-seen", database_time().timestamp() - 3600)

    for _ in range(2):
        beat_seen()

    [line] = [one.getMessage() for one in caplog.records if "clock_was_away" in one.getMessage()]
    assert "Needs attention" in line
