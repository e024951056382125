"""Whole pages kept for visitors for half a minute, so that a crowd costs one page."""

import gzip
from collections.abc import Callable
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers

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
            _issue, packed, headers = found[key]
            return _answer(request, packed, headers)
        response = self.get_response(request)
        if not isinstance(response, HttpResponse) or not _may_be_kept(response):
            return response
        packed, headers = gzip.compress(response.content, mtime=0), _headers(response)
        cache.set(key, (issue, packed, headers), settings.VISITOR_CACHE_SECONDS)
        return _answer(request, packed, headers)


def _is_shared(request: HttpRequest) -> bool:
    return (
        settings.VISITOR_CACHE_SECONDS > 0
        and request.method == "GET"
        and len(request.META.get("QUERY_STRING", "")) <= _LONGEST
        and _ASKED.issuperset(request.GET)
        and _PERSONAL.isdisjoint(request.COOKIES)
    )


def _headers(response: HttpResponse) -> dict[str, str]:
    """Return what is sent with a kept page: who has it asks each time whether it still holds."""
    response["ETag"] = f'W/"{sha256(response.content).hexdigest()[:32]}"'
    response["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ["Accept-Encoding"])
    del response["Content-Length"]  # of the page as it is not sent
    return dict(response.items())


def _answer(request: HttpRequest, packed: bytes, headers: dict[str, str]) -> HttpResponseBase:
    """Send a kept page, compressed to who can read that; nothing to who has it already.

    Only here are pages compressed: what is the same for every visitor holds no secret that could
    be guessed from its length (BREACH).
    """
    is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(packed if is_packed else gzip.decompress(packed), headers=headers)
    response["Content-Length"] = str(len(response.content))
    if is_packed:
        response["Content-Encoding"] = "gzip"
    etag = headers["ETag"]
    return get_conditional_response(request, etag=etag, response=response) or response


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
