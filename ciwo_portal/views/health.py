"""What machines ask: is it alive, is it ready, what are its figures."""

import ipaddress
from collections.abc import Callable

import redis
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

from ciwo_portal import figures


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer as long as the web process works."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether database, broker, worker and beat are there; 503 when one is not."""
    parts = _parts()
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Give Prometheus its figures, on loopback or with METRICS_TOKEN as bearer token."""
    if not _may_read_metrics(request):
        return HttpResponseForbidden("This address is for monitoring only.\n")
    answer: HttpResponse = ExportToDjangoView(request)
    answer.content += figures.text(_parts())
    return answer


def _may_read_metrics(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}")
    behind_proxy = "X-Forwarded-For" in request.headers
    return not behind_proxy and ipaddress.ip_address(request.META["REMOTE_ADDR"]).is_loopback


def _parts() -> dict[str, bool]:
    return {name: is_there() for name, is_there in _PARTS.items()}


def _has_database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _has_broker() -> bool:
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1
        ) as client:
            client.ping()
    except redis.RedisError:
        return False
    return True


def _was_seen(name: str) -> Callable[[], bool]:
    return lambda: cache.get(f"seen-{name}") is not None


_PARTS: dict[str, Callable[[], bool]] = {
    "database": _has_database,
    "broker": _has_broker,
    "worker": _was_seen("worker"),
    "beat": _was_seen("beat"),
}
