"""Structured logs: one JSON object a line, with request and task ids and without personal data."""

import logging
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


_ASKED_BY_MACHINES = ("/healthz", "/readyz", "/metrics")


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
    for name in _PERSONAL:
        event.pop(name, None)
    if "request" in event:
        event["request"] = _without_tokens(str(event["request"]))
    return event


def _without_tokens(line: str) -> str:
    """Keep the method and the path up to what may be a token; drop the query."""
    path = line.split("?", maxsplit=1)[0]
    parts = [part if len(part) < 40 else "…" for part in path.split("/")]
    return "/".join(parts)


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _SHARED,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _without_personal_data,
                structlog.processors.format_exc_info,
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
