"""Which time zones there are."""

from functools import cache
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def is_known(zone: str) -> bool:
    """Whether there is an IANA zone of this name."""
    return zone in _all()


def known(zone: str) -> None:
    """Refuse what names no IANA zone. Raises ValidationError."""
    if not is_known(zone):
        raise ValidationError(_("Name a time zone as computers do, such as America/Chicago."))


@cache
def _all() -> set[str]:
    return available_timezones()
