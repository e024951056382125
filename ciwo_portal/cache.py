"""The cache: it may always be missing, but tries to sign in are counted all the same."""

from typing import Any

from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

_COUNTED = "allauth"  # how the keys of tries and of used codes begin


class ForgivingRedisCache(RedisCache):
    """Redis as a cache whose absence is a miss, so that pages work without it.

    What protects accounts is kept in Postgres meanwhile: slower, but nobody gets more tries.
    """

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Return what is kept under the key, or the default."""
        try:
            return super().get(key, default, version)
        except RedisError:
            return _instead(key).get(key, default, version)

    def get_many(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        """Return what is kept under these keys; nothing when Redis is away."""
        try:
            return dict(super().get_many(*args, **kwargs))
        except RedisError:
            return {}

    def set(self, key: Any, *args: Any, **kwargs: Any) -> None:
        """Keep a value if there is a place for it."""
        try:
            super().set(key, *args, **kwargs)
        except RedisError:
            _instead(key).set(key, *args, **kwargs)

    def add(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        """Keep a value that is not there yet; without Redis most values are new."""
        try:
            return bool(super().add(key, *args, **kwargs))
        except RedisError:
            return bool(_instead(key).add(key, *args, **kwargs))

    def delete(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        """Forget a value."""
        try:
            return bool(super().delete(key, *args, **kwargs))
        except RedisError:
            return bool(_instead(key).delete(key, *args, **kwargs))


def _instead(key: Any) -> BaseCache:
    """Return where a value is kept while Redis is away."""
    return caches["limits" if str(key).startswith(_COUNTED) else "nowhere"]
