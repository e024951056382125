"""Whole pages kept for visitors for half a minute, so that a crowd costs one page."""

from collections.abc import Callable
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from accounts.visitors import ISSUE

# A page for somebody who carries one of these may say something to that person alone.
_PERSONAL = frozenset({settings.SESSION_COOKIE_NAME, "messages"})
# What the public lists may be asked; a page asked for anything else is made anew each time.
_ASKED = frozenset({"q", "topic", "year", "kind", "agency", "series", "state", "level", "page"})
_LONGEST = 200  # characters of such a question


class VisitorCacheMiddleware:
    """Answer visitors who carry no session from the cache; nobody else ever meets it.

    It stands below the redirect to https and the check of the host, and above everything else.
    A page is kept only if it is the same for every visitor: asked for with GET, alone or with a
    short search, answered 200 in HTML, and neither setting a cookie nor forbidding to be stored.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the kept page, or make it and keep it."""
        if not _is_shared(request):
            return self.get_response(request)
        key = _key(request)
        found = cache.get_many([key, ISSUE])
        issue = found.get(ISSUE)
        if key in found and found[key][0] == issue:
            _issue, content, headers = found[key]
            return HttpResponse(content, headers=headers)
        response = self.get_response(request)
        if isinstance(response, HttpResponse) and _may_be_kept(response):
            page = (issue, response.content, dict(response.items()))
            cache.set(key, page, settings.VISITOR_CACHE_SECONDS)
        return response


def _is_shared(request: HttpRequest) -> bool:
    return (
        settings.VISITOR_CACHE_SECONDS > 0
        and request.method == "GET"
        and len(request.META.get("QUERY_STRING", "")) <= _LONGEST
        and _ASKED.issuperset(request.GET)
        and _PERSONAL.isdisjoint(request.COOKIES)
    )


def _key(request: HttpRequest) -> str:
    """Return where the page is kept: fields left empty, and their order, make no difference."""
    asked = sorted((name, texts) for name, texts in request.GET.lists() if any(texts))
    return f"visitor-page:{sha256(repr((request.path_info, asked)).encode()).hexdigest()}"


def _may_be_kept(response: HttpResponse) -> bool:
    return (
        response.status_code == 200
        and not response.cookies
        and "no-store" not in response.get("Cache-Control", "")
        and response.get("Content-Type", "").startswith("text/html")
    )
