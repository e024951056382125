"""Structured logs: one JSON object a line, with request and task ids and without personal data."""

import logging
import re
from typing import Any

import structlog

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
# Addresses and agents describe a person; a token in a path would open somebody's page.
_PERSONAL = ("ip", "user_agent", "email", "referer")
_IDS = ("request_id", "task_id", "timestamp")
_NAMING = (
    re.compile(r"[^\s<>\"'(,:=]+@[^\s<>\"'),;]+"),  # e-mail addresses
    re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b|\b[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){3,7}\b"),  # IPs
    re.compile(r"(?<=DETAIL:).*"),  # what Postgres quotes of a row
    re.compile(r"(?<=/)[^/\s]{40,}"),
    re.compile(r"(?<=\?)\S+"),
)


_ASKED_BY_MACHINES = ("/healthz", "/livez", "/readyz", "/metrics")


class NotRoutine(logging.Filter):
    """Drop what says nothing: that a request began, and what monitoring asks all the time."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep faults and the end of each reader's request."""
        if record.exc_info:
            return True
        if isinstance(record.msg, dict):  # from structlog
            path = str(record.msg.get("request", "")).rpartition(" ")[2]
            return record.msg.get("event") != "request_started" and path not in _ASKED_BY_MACHINES
        return getattr(getattr(record, "request", None), "path", "") not in _ASKED_BY_MACHINES


def _without_personal_data(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    """Drop what describes a person; faults of others name people in their texts, too."""
    kept = {name: value for name, value in event.items() if name not in _PERSONAL}
    if "request" in kept:
        kept["request"] = str(kept["request"]).split("?", maxsplit=1)[0]
    return {name: _told(value) if name not in _IDS else value for name, value in kept.items()}


def _told(value: Any) -> Any:
    """Return a text without addresses, keys of rows and what may be a token in a path."""
    if isinstance(value, str):
        for pattern in _NAMING:
            value = pattern.sub("…", value)
        return value
    return value if isinstance(value, int | float | None) else _told(str(value))


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _SHARED,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _without_personal_data,
                structlog.processors.JSONRenderer(),
            ],
        },
    },
    "filters": {"not_routine": {"()": NotRoutine}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "filters": ["not_routine"],
        },
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django_structlog": {"level": "INFO"},
        "django_structlog.celery": {"level": "WARNING"},  # beat ticks a few times a minute
        "ciwo": {"level": "INFO"},
    },
}

structlog.configure(
    processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
