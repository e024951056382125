"""What `manage.py check --deploy` looks for in the settings together with the data."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register
from django.db import DatabaseError

from accounts.models import User


@register(Tags.security, deploy=True)
def check_demo_people(**_more: Any) -> Sequence[CheckMessage]:
    """Find people whose password is published where they must not be."""
    if settings.HAS_DEMO_DATA and settings.IS_PUBLIC:
        return [
            Error(
                "HAS_DEMO_DATA is on at a public address.",
                hint="Set HAS_DEMO_DATA=false and run `manage.py unload_demo`. Nobody can sign in "
                "as a demonstration person there; people try the demonstration on one machine.",
                id="ciwo.E001",
            )
        ]
    if settings.ADMITS_DEMO_PEOPLE:
        return []
    try:
        has_demo_people = User.objects.filter(is_demo=True).exists()
    except DatabaseError:
        return [Info("The database was not asked whether it holds demo people.", id="ciwo.I001")]
    if not has_demo_people:
        return []
    return [
        Error(
            "The database holds demonstration people, whose password is published.",
            hint="Remove them with `manage.py unload_demo`. Until then none of them can sign in.",
            id="ciwo.E002",
        )
    ]


@register(Tags.security, deploy=True)
def check_proxy(**_more: Any) -> Sequence[CheckMessage]:
    """Find a portal that would redirect every page to itself: gunicorn speaks no TLS here."""
    if not settings.IS_HTTPS or settings.IS_BEHIND_PROXY:
        return []
    return [
        Warning(
            "SITE_URL is https, but BEHIND_PROXY is off.",
            hint="Let the proxy that speaks TLS set X-Forwarded-Proto and X-Forwarded-For, and "
            "set BEHIND_PROXY=true; else every page leads to itself.",
            id="ciwo.W001",
        )
    ]
