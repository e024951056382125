"""A time within which something must be done."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise TimeoutError if what is done here takes longer; only a process's main thread can."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handler = signal.signal(signal.SIGALRM, _give_up)
    # Again and again: where Python cannot raise (while it collects garbage), the first is lost.
    waited_for, _every = signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, waited_for)  # whoever else waited for one
        signal.signal(signal.SIGALRM, handler)


def _give_up(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError
