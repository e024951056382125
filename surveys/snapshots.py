"""Let a long change see one moment of the database, whatever others commit meanwhile."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction
from django.db.models import F
from psycopg.errors import SerializationFailure

from surveys.models import Wave, WaveQuerySet

TRIES = 5
P = ParamSpec("P")
T = TypeVar("T")


def of_one_moment(act: Callable[P, T]) -> Callable[P, T]:
    """Run it in a transaction that sees one moment, and anew if others wrote what it writes.

    Inside of another transaction it sees what that one sees.
    """

    @wraps(act)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        if connection.in_atomic_block:
            return act(*args, **kwargs)
        for _time in range(TRIES - 1):
            try:
                return _isolated(act, *args, **kwargs)
            except OperationalError as fault:
                if not isinstance(fault.__cause__, SerializationFailure):
                    raise
        return _isolated(act, *args, **kwargs)

    return run


def hold(waves: WaveQuerySet) -> list[Wave]:
    """Lock the waves, so that nothing of them is published or withdrawn beside.

    They are written as well: who has waited for them and sees an earlier moment starts anew.
    """
    locked = waves.select_for_update(of=("self",), no_key=True).order_by("pk")
    held = list(locked.select_related("survey"))
    same = {"widest_sharing": F("widest_sharing")}
    Wave.objects.filter(pk__in=[wave.pk for wave in held]).update(**same)
    return held


def _isolated(act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    with transaction.atomic():
        _isolate()
        return act(*args, **kwargs)


def _isolate() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
