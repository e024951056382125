"""People who press at the same moment."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep
from typing import Any, TypeVar

from django.db import connection, transaction

T = TypeVar("T")


def at_once(act: Callable[[T], Any], on: Iterable[T]) -> list[Any]:
    """Call `act` with each item in a thread of its own, all at the same moment.

    Returns what each call returned or raised, in the order of the items.
    """
    items = list(on)
    start = Barrier(len(items))

    def run(item: T) -> Any:
        start.wait(timeout=30)
        try:
            return act(item)
        except Exception as fault:
            return fault
        finally:
            connection.close()

    with ThreadPoolExecutor(len(items)) as pool:
        return list(pool.map(run, items))


def is_somebody_waiting() -> bool:
    """Whether a transaction of this database waits for another one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def overtaking(first: Callable[[], Any], second: Callable[[], T]) -> tuple[Any, T]:
    """Call `first`, and `second` in a thread before what the first has written is committed."""

    def run() -> T:
        try:
            return second()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            done = first()
            future = pool.submit(run)
            while not future.done() and not is_somebody_waiting():
                sleep(0.01)
        return done, future.result(timeout=30)
