"""Organisers word a message: every save is a version, and nobody overwrites a colleague."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts import concurrency
from accounts.models import User
from notifications.models import WordingVersion
from notifications.placeholders import Wording


def save(
    *, occasion: str, language: str, wording: Wording | None, seen: int, by: User, now: datetime
) -> WordingVersion:
    """Use this text from now on, or with None the built-in one; older versions stay.

    `seen` is the number of the last version that the caller knows of, 0 for none. Raises
    ChangedMeanwhile.
    """
    said = {"subject": wording.subject, "text": wording.text} if wording else {"is_builtin": True}
    version = WordingVersion(
        occasion=occasion, language=language, number=seen + 1, saved_by=by, saved_at=now, **said
    )
    try:
        with transaction.atomic():
            version.save()
    except IntegrityError:  # there is one of this number
        raise concurrency.ChangedMeanwhile from None
    return version
