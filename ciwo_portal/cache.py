"""The cache: it may always be missing."""

from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError


class ForgivingRedisCache(RedisCache):
    """Redis as a cache whose absence is a miss, so that pages work without it."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Return what is kept under the key, or the default, also when Redis is away."""
        try:
            return super().get(key, default, version)
        except RedisError:
            return default

    def set(self, *args: Any, **kwargs: Any) -> None:
        """Keep a value if Redis is there."""
        try:
            super().set(*args, **kwargs)
        except RedisError:
            return

    def add(self, *args: Any, **kwargs: Any) -> bool:
        """Keep a value that is not there yet; without Redis every value is new."""
        try:
            return bool(super().add(*args, **kwargs))
        except RedisError:
            return True

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        """Forget a value; without Redis there is none."""
        try:
            return bool(super().delete(*args, **kwargs))
        except RedisError:
            return False
