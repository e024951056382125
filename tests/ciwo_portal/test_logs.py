"""Logs: one JSON object a line, with ids and without anything that tells of a person."""

import json
import logging
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
import structlog
from django.db import IntegrityError, transaction

from accounts.models import User
from tests.browsers import Client
from tests.factories import make_user

TOKEN = "WzEsInJlbWluZGVycyJd:1tK0Zx:abcdefghijklmnopqrstuvwxyz0123456789"


class Written(logging.Handler):
    """What the portal's own handler would have written."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        ours = next(
            handler
            for handler in logging.getLogger().handlers
            if isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)
        )
        self.setFormatter(ours.formatter)
        for one in ours.filters:
            self.addFilter(one)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line."""
        self.lines.append(self.format(record))


@pytest.fixture
def written():
    """The lines of this test."""
    handler = Written()
    logging.getLogger().addHandler(handler)
    yield handler.lines
    logging.getLogger().removeHandler(handler)


def failed(fault: Exception, *args: Any) -> None:
    """Log a fault as Django and Celery do, with what stopped the work."""
    try:
        raise fault
    except type(fault):
        logging.getLogger("celery.app.trace").exception(*args)


def test_request_is_one_object_with_its_id(written: list[str]):
    person = make_user()
    client = Client(headers={"user-agent": "Netscape", "referer": "https://example.org/secret"})
    client.force_login(person)

    client.get("/my/?q=secret", REMOTE_ADDR="203.0.113.7")

    (line,) = written
    told = json.loads(line)
    assert (told["event"], told["code"], told["request"]) == ("request_finished", 200, "GET /my/")
    assert (told["user_id"], bool(told["request_id"])) == (person.pk, True)
    assert [word for word in ("Netscape", "secret", "203.0", person.email) if word in line] == []


def test_token_in_a_path_is_not_written(written: list[str]):
    Client().get(f"/unsubscribe/{TOKEN}/")

    assert [TOKEN in line for line in written] == [False] * len(written)
    requests = [told["request"] for told in map(json.loads, written) if "request" in told]
    assert requests == ["GET /unsubscribe/…/"]


def test_refused_recipients_are_not_written(written: list[str]):
    refused = SMTPRecipientsRefused({"ana@example.org": (550, b"no")})

    failed(refused, "Task %s raised unexpected: %r", "notifications.tasks.drain", refused)

    told = json.loads(written[0])
    assert told["event"].startswith("Task notifications.tasks.drain raised unexpected")
    assert "SMTPRecipientsRefused" in told["exception"]
    assert "ana@example.org" not in written[0]


def test_rows_that_postgres_quotes_are_not_written(written: list[str]):
    person = make_user(email="ana@example.org")
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        User.objects.create(email=person.email, name="Ana Torres")

    failed(caught.value, "Internal Server Error: %s", "/accounts/signup/")

    assert "accounts_user_email" in written[0]
    assert "ana@example.org" not in written[0]


def test_machines_that_watch_leave_no_lines(written: list[str]):
    Client().get("/healthz")

    assert written == []
