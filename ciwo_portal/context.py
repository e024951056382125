"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from accounts.sign_in import awaits_second_factor
from agencies import permissions


def portal(request: HttpRequest) -> dict[str, Any]:
    """Give every page the site's name, its support address and whether demo data is loaded."""
    return {
        "canonical_url": settings.SITE_URL + request.path,
        "language": get_language(),
        "menu": request.path.split("/", 2)[1],  # what the menu marks
        # Asked for on few pages only, and then of the database.
        "awaits_second_factor": SimpleLazyObject(lambda: awaits_second_factor(request.user)),
        "runs_sessions": SimpleLazyObject(lambda: permissions.runs_sessions(request.user)),
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "support_email": settings.SUPPORT_EMAIL,
        "has_demo_data": settings.HAS_DEMO_DATA,
    }
