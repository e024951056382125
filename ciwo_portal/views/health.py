"""What machines ask: is it alive, is it ready, what are its figures."""

import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile
from uuid import uuid4

import redis
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

from ciwo_portal import figures
from ciwo_portal.switches import is_loopback

SPARE = 200 * 1024 * 1024  # bytes: room for a few uploads more
_WRITE = "INSERT INTO accounts_limits (cache_key, value, expires) VALUES (%s, '', now())"


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer as long as the web process works."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def livez(request: HttpRequest) -> HttpResponse:
    """Say whether pages can be served: for a balancer, which keeps us while only Redis is away."""
    there = _has_database()
    text = "ok\n" if there else "the database is away\n"
    return HttpResponse(text, status=200 if there else 503, content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Say which parts are there and can be written to; 503 when one is not: for who watches."""
    parts = _parts()
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Give Prometheus its figures: with METRICS_TOKEN as bearer token, or on a lone machine."""
    if not _may_read_metrics(request):
        return HttpResponseForbidden("This address is for monitoring, with METRICS_TOKEN.\n")
    answer: HttpResponse = ExportToDjangoView(request)
    answer.content += figures.text(_parts())
    return answer


def _may_read_metrics(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}")
    # Behind a proxy everybody seems to come from this machine, whether it says so or not.
    if settings.IS_PUBLIC or settings.IS_BEHIND_PROXY or "X-Forwarded-For" in request.headers:
        return False
    return is_loopback(request.META["REMOTE_ADDR"])


def _parts() -> dict[str, bool]:
    return {name: is_there() for name, is_there in _PARTS.items()}


def _has_database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _can_write() -> bool:
    """Try to write: a database that is read-only, or whose disk is full, answers questions only."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_WRITE, [uuid4().hex])
            transaction.set_rollback(True)
    except DatabaseError:
        return False
    return True


def _has_space() -> bool:
    """Whether files can be kept: their folder is there, may be written to and has some room."""
    try:
        Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=settings.MEDIA_ROOT):
            return shutil.disk_usage(settings.MEDIA_ROOT).free >= SPARE
    except OSError:
        return False


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
    "writing": _can_write,
    "files": _has_space,
    "broker": _has_broker,
    "worker": _was_seen("worker"),
    "beat": _was_seen("beat"),
}
