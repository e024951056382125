"""People who press at the same moment."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar

from django.db import connection

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
