"""The controls of the fault tests: mail programs that leave out what ours takes care of.

`python -m tests.faults mark_first` or `… read_once` runs one.
"""

import smtplib
from contextlib import closing

from django.conf import settings
from django.utils import timezone

from notifications import rendering
from notifications.models import Notification


def mark_first() -> None:
    """Mark each message as sent, then send it."""
    with closing(_line()) as line:
        for one in _owed():
            mine = Notification.objects.filter(pk=one.pk)
            mine.update(state="sent", sent_at=timezone.now(), context={})
            _send(line, one)


def read_once() -> None:
    """Read once what is owed, then send it all."""
    owed = _owed()
    with closing(_line()) as line:
        for one in owed:
            _send(line, one)


def _owed() -> list[Notification]:
    waiting = Notification.objects.filter(state="pending").select_related("recipient")
    return list(waiting.order_by("pk"))


def _line() -> smtplib.SMTP:
    return smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT)


def _send(line: smtplib.SMTP, one: Notification) -> None:
    text = f"Message-ID: {rendering.message_id(one)}\r\n\r\nA reminder.\r\n"
    line.sendmail("learning@example.org", one.recipient.email, text)  # type: ignore[union-attr]
