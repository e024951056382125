"""The reader's time zone and the caching rules of private pages."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_vary_headers


class ReaderMiddleware:
    """Show times in the reader's zone; never let a shared cache keep a reader's page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Work in the reader's zone and mark the answer private when somebody is signed in."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            response = self.get_response(request)
            patch_vary_headers(response, ["Cookie"])
            return response
        user = request.user
        with timezone.override(user.zone if user.is_authenticated else None):
            response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        patch_vary_headers(response, ["Cookie"])
        return response
