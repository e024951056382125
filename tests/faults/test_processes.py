"""Messages while things break: real workers, a real mail server, a real broker.

These are the small versions; `make faults` plays the full ones. Each scene that a guard decides
has a control without the guard, which shows that the scene can fail.
"""

from pathlib import Path
from typing import Any

import pytest
from django.db.models import Count

from benchmarks import faults, processes
from notifications.models import Notification

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
CARELESS = ("-m", "tests.faults")


def test_killed_workers_lose_nothing_and_repeat_only_what_was_on_the_wire(tmp_path: Path) -> None:
    seen = faults.kill_workers(tmp_path, messages=60, kills=4, pause=0.01)

    assert (seen.lost, set(seen.arrived)) == (0, seen.owed)  # the same Message-ID each time
    assert seen.repeated <= 4  # what was on the wire; how seldom: `make faults`


def test_marking_first_loses_messages(tmp_path: Path) -> None:
    """The control: who marks before sending loses what was on its way when the worker died."""
    sent = Notification.objects.filter(state="sent")

    def on_its_way(sink: processes.Sink, _: processes.Process) -> None:
        """Wait until one is marked that the server, which takes its time, has not accepted yet."""
        processes.wait_until(lambda: sent.count() > len(sink.lines()))

    program = (*CARELESS, "mark_first")
    seen = faults.kill_workers(
        tmp_path, messages=5, kills=1, program=program, pause=1, wait=on_its_way
    )

    assert seen.lost == 1


def test_flushed_broker_loses_and_repeats_nothing(tmp_path: Path) -> None:
    seen = faults.flush_broker(tmp_path, messages=150)

    assert seen.notes["sent before the flush"] < 150
    assert (seen.lost, seen.repeated, set(seen.arrived)) == (0, 0, seen.owed)


def test_everything_arrives_once_the_mail_server_is_back(tmp_path: Path) -> None:
    seen = faults.lose_mail_server(tmp_path, messages=60)

    assert seen.notes["sent before it went"] < 60
    assert (seen.lost, set(seen.arrived)) == (0, seen.owed)
    assert seen.repeated <= 1  # the one whose answer was cut off


def test_database_that_goes_and_comes_repeats_nothing(tmp_path: Path) -> None:
    seen = faults.lose_database(tmp_path, messages=120, times=2, pause=0.01)

    assert (seen.lost, seen.repeated, set(seen.arrived)) == (0, 0, seen.owed)


def test_canceled_webinar_reminds_nobody_any_more(tmp_path: Path) -> None:
    seen = faults.cancel_in_mid_fan_out(tmp_path, messages=60)

    told = Notification.objects.filter(kind="webinars/cancelled", state="sent").count()
    assert seen.notes["came after it"] <= 1  # the one on the wire
    assert seen.notes["last after s"] < 5
    assert (told, len(seen.arrived)) == (60, 60 + len(seen.owed & set(seen.arrived)))


def test_moved_webinar_is_told_once_and_reminds_of_the_old_time_no_more(tmp_path: Path) -> None:
    seen = faults.move_in_mid_fan_out(tmp_path, messages=60)

    told = Notification.objects.filter(kind="webinars/moved", state="sent").count()
    assert seen.notes["came after it"] <= 1  # the one on the wire
    assert (told, seen.repeated) == (60, 0)
    assert len(seen.arrived) == 60 + len(seen.owed & set(seen.arrived))


def test_webinar_put_back_on_is_told_once_to_who_heard_that_it_was_off(tmp_path: Path) -> None:
    seen = faults.reinstate_in_mid_fan_out(tmp_path, messages=60)

    sent = Notification.objects.filter(state="sent")
    heard, told = (sent.filter(kind=f"webinars/{kind}") for kind in ("cancelled", "reinstated"))
    assert seen.notes["came after it"] <= 1  # the one on the wire
    assert {*told.values_list("recipient")} == {*heard.values_list("recipient")}
    assert (len(seen.owed & set(seen.arrived)), seen.repeated) == (heard.count(), 0)
    assert 0 < heard.count() < 60  # to others it was never off


def test_undone_message_reaches_nobody_any_more(tmp_path: Path) -> None:
    seen = faults.undo_in_mid_fan_out(tmp_path, messages=60)

    states = Notification.objects.values_list("state", flat=True)
    assert seen.notes["came after it"] <= 1  # the one on the wire
    assert (set(states), seen.repeated) == ({"sent", "cancelled"}, 0)
    assert states.filter(state="sent").count() == len(seen.arrived) < 60


def test_who_left_is_not_reminded_and_who_moved_up_is_told_once(tmp_path: Path) -> None:
    seen = faults.promote_in_mid_fan_out(tmp_path, messages=60)

    told = Notification.objects.filter(state="sent").order_by("kind").values_list("kind")
    assert seen.notes["came after it"] == 0  # theirs would have been the last
    assert dict(told.annotate(number=Count("pk"))) == {
        "webinars/left": 6,
        "webinars/reminder": 54,
        "webinars/seat": 6,
    }
    assert (len(seen.arrived), seen.repeated, seen.lost) == (66, 0, 6)


SCENES = {
    faults.cancel_in_mid_fan_out: 60,
    faults.move_in_mid_fan_out: 60,
    faults.reinstate_in_mid_fan_out: 60,
    faults.undo_in_mid_fan_out: 60,
    faults.promote_in_mid_fan_out: 6,  # who left
}


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_reading_once_sends_on_whatever_changes(scene: Any, tmp_path: Path) -> None:
    """The control of each: who looks only at the beginning sends on what has lost its point."""
    seen = scene(tmp_path, messages=60, program=(*CARELESS, "read_once"))

    before = SCENES[scene] - seen.notes["came after it"]
    assert 0 <= before < SCENES[scene] / 2
    assert seen.lost == 0
