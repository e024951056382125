"""The project package: puts the apps together; nothing imports it."""

from ciwo_portal.celery import app as celery_app

__all__ = ["celery_app"]
