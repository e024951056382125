"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language


def portal(request: HttpRequest) -> dict[str, Any]:
    """Give every page the site's name, its support address and whether demo data is loaded."""
    return {
        "canonical_url": settings.SITE_URL + request.path,
        "language": get_language(),
        "section": request.path.split("/", 2)[1],  # what the menu marks
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "support_email": settings.SUPPORT_EMAIL,
        "has_demo_data": settings.HAS_DEMO_DATA,
    }
