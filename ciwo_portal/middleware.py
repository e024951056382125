"""The reader's zone, the caching rules of private pages, and pages for busy and wrong requests."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import DatabaseError, DataError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from psycopg.errors import DeadlockDetected, DiskFull, LockNotAvailable, ReadOnlySqlTransaction

from ciwo_portal.views import errors
from sessions.models import PracticeSession
from surveys.models import Response, Wave
from webinars.models import Webinar

log = structlog.get_logger(__name__)


class HostMiddleware:
    """Refuse hosts that are not ours before anything is answered: pages, kept ones, files."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; raises DisallowedHost, which answers 400."""
        request.get_host()
        return self.get_response(request)


class CharsetMiddleware:
    """Refuse what says of itself that it is not UTF-8, before anything reads it.

    Everything that we send asks for UTF-8; some names of codecs are of no text at all.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, or answer 400."""
        charset = (request.content_params or {}).get("charset", "utf-8")
        if charset.lower() not in ("utf-8", "utf8"):
            return errors.bad_request(request)
        return self.get_response(request)


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


# What somebody deleted while the request that changes it waited for its turn.
GONE = (
    Webinar.DoesNotExist,
    PracticeSession.DoesNotExist,
    Wave.DoesNotExist,
    Response.DoesNotExist,
)


class BusyMiddleware:
    """Answer 503 with a way to try again when the database cannot do now what a request needs.

    And 400 when no database could: a text with NUL or half a character, a number beyond all rows.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """Say so if others hold or deleted what this request needs, or nothing can be written."""
        if isinstance(fault, GONE):
            return errors.page_not_found(request, fault)
        if isinstance(fault, DataError | UnicodeEncodeError):
            log.warning("unfit_value", path=request.path, exc_info=fault)
            return errors.bad_request(request, fault)
        if not isinstance(fault, DatabaseError):
            return None
        if isinstance(fault.__cause__, LockNotAvailable | DeadlockDetected):
            return errors.busy(request)
        if isinstance(fault.__cause__, ReadOnlySqlTransaction | DiskFull):
            return errors.cannot_write(request)
        return None


class MethodMiddleware:
    """Give the answer to a wrong method a page that says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Replace an empty 405; what it allows stays in its header."""
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            page = errors.method_not_allowed(request)
            page["Allow"] = response["Allow"]
            return page
        return response
