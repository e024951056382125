"""What the tests of messages share."""

from tests.notifications.plain import plain_kind

__all__ = ["plain_kind"]
