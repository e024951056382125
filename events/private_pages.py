"""Pages behind the links in messages: nobody keeps them, and nobody learns their address."""

from allauth.core.internal import ratelimit  # the public one never counts a GET
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def kept_private(answer: HttpResponse) -> HttpResponse:
    """Tell neither other sites nor a search engine the link.

    A form on such a page comes from nowhere, as browsers see it: no proof of origin can be asked.
    """
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def ended(request: HttpRequest) -> HttpResponse:
    """Say that a link of a message works no longer, and nothing of what it was about."""
    return kept_private(render(request, "events/link_ended.html", status=410))


def unknown(request: HttpRequest, template: str) -> HttpResponse:
    """Say that a link opens nothing and what to do; who tries many is held up."""
    counted = {"app": "allauth.account", "action": "join_by_link", "limit_get": True}
    too_many = ratelimit.consume_or_429(request, **counted)
    return kept_private(too_many or render(request, template, status=404))
