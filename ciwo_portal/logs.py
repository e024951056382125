"""Structured logs without personal data."""

LOGGING = {"version": 1, "disable_existing_loggers": False}
