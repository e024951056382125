"""Error pages: our look, helpful words, and the same strict headers as on every page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import path

from ciwo_portal import urls as portal
from ciwo_portal.views import errors
from tests.browsers import Client
from tests.factories import make_webinar

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "media-src 'self'",
    "font-src 'self'",
    "manifest-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def _break(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


def _refuse(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


urlpatterns = [
    path("broken/", _break),
    path("refused/", _refuse),
    path("busy/", errors.busy),
    *portal.urlpatterns,
]
handler400, handler403 = portal.handler400, portal.handler403
handler404, handler500 = portal.handler404, portal.handler500
Ask = Callable[[Client], Any]


def _too_often(client: Client) -> Any:
    asked = [client.post("/accounts/password/reset/", {"email": "a@example.org"}) for _ in range(8)]
    return next(answer for answer in asked if answer.status_code == 429)


ASKED: dict[str, tuple[int, Ask]] = {
    "bad request": (400, lambda client: client.get("/", headers={"Host": "evil.example"})),
    "forbidden": (403, lambda client: client.get("/refused/")),
    "no proof of origin": (403, lambda client: client.post("/accounts/login/")),
    "not found": (404, lambda client: client.get("/nothing/")),
    "wrong method": (405, lambda client: client.delete("/library/")),
    "too often": (429, _too_often),
    "fault": (500, lambda client: client.get("/broken/")),
    "busy": (503, lambda client: client.get("/busy/")),
    "page": (200, lambda client: client.get("/")),
    "static file": (200, lambda client: client.get("/static/css/site.css")),
    "missing static file": (404, lambda client: client.get("/static/css/none.css")),
    "feed": (200, lambda client: client.get("/webinars/feed/")),
    "sign in": (200, lambda client: client.get("/accounts/login/")),
    "administration": (302, lambda client: client.get("/admin/")),
    "health": (200, lambda client: client.get("/healthz")),
}


@pytest.fixture
def visitor(settings: Any) -> Client:
    """A browser that sees faults as people do; static files come from the repository."""
    settings.ROOT_URLCONF = __name__
    settings.STATIC_ROOT = Path(settings.BASE_DIR) / "static"
    settings.WHITENOISE_AUTOREFRESH = True
    return Client(raise_request_exception=False)


def ask(name: str, visitor: Client) -> Any:
    status, how = ASKED[name]
    visitor.handler.enforce_csrf_checks = name == "no proof of origin"
    answer = how(visitor)
    assert answer.status_code == status
    answer.close()
    return answer


@pytest.mark.parametrize("name", ASKED)
def test_every_answer_carries_the_strict_headers(visitor: Client, name: str):
    answer = ask(name, visitor)

    assert set(answer.headers["Content-Security-Policy"].split("; ")) == POLICY
    assert {header: answer.headers[header] for header in HEADERS} == HEADERS
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("bad request", "We could not read that request"),
        ("forbidden", "You may not do this"),
        ("no proof of origin", "Please send the form again"),
        ("not found", "Page not found"),
        ("wrong method", "This page cannot be used that way"),
        ("too often", "Too many tries"),
        ("fault", "Something went wrong on our side"),
        ("busy", "Very busy at this moment"),
    ],
)
def test_error_page_has_our_look_and_a_way_on(visitor: Client, name: str, heading: str):
    page: Any = BeautifulSoup(ask(name, visitor).content, "html.parser")

    assert page.h1.text == heading
    assert page.select_one(".site-head .wordmark")["href"] == "/"
    assert page.select("main a[href='/']") or page.select("main form, main .usa-button")
    assert page.select("script:not([src]), style, [style]") == []
    assert page.select("link[rel=canonical]") == []


def test_missing_page_offers_a_search_and_a_way_back_after_signing_in(visitor: Client):
    page: Any = BeautifulSoup(visitor.get("/webinars/private/").content, "html.parser")

    assert page.select_one("main form")["action"] == "/library/"
    links = [link["href"] for link in page.select("main ul a")]
    assert links[-1] == "/accounts/login/?next=/webinars/private/"


def test_wrong_method_says_what_is_allowed(visitor: Client):
    assert visitor.post("/library/").headers["Allow"] == "GET, HEAD"


def test_fault_page_asks_the_database_nothing(visitor: Client, django_assert_num_queries: Any):
    with django_assert_num_queries(0):
        visitor.get("/broken/")


@pytest.mark.parametrize(
    "address",
    ["/webinars/%00/", "/topics/%F0%9F/", "/library/?page=%00", "/agencies/?state=%00&q=%00"],
)
def test_odd_addresses_are_answered(visitor: Client, address: str):
    make_webinar()

    assert visitor.get(address).status_code in {200, 404}
