"""Set the rules of registering for a webinar or for the new ones of a series."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from webinars import registration
from webinars.models import RULES, Series, Webinar


class NeedsCommunity(Exception):
    """A webinar that is for a community must name the community."""


@dataclass(frozen=True)
class Ruling:
    """What an organiser says about registering; the names are those of webinars.models.Rules."""

    audience: str
    audience_levels: list[str]
    audience_states: list[str]
    approval: str
    closes_hours: int
    seats_per_agency: int | None
    share_hours: int | None
    access_contact: User | None
    access_hours: int


@transaction.atomic
def rule(*, webinar: Webinar, ruling: Ruling, now: datetime) -> None:
    """Set the rules; who has a place keeps it, and who waits moves up where they now may.

    Raises NeedsCommunity.
    """
    webinar = registration.hold(webinar)
    _set(webinar, ruling)
    webinar.save()
    registration.promote(webinar=webinar, now=now)


@transaction.atomic
def rule_series(*, series: Series, ruling: Ruling) -> None:
    """Set the rules that a new webinar of the series starts with. Raises NeedsCommunity."""
    _set(series, ruling)
    series.save()


def take_over(webinar: Webinar, source: Webinar | Series | None) -> None:
    """Give a new webinar, before it is saved, the rules of another or of its series."""
    for name in RULES if source else ():
        setattr(webinar, name, getattr(source, name))
    if webinar.audience == Webinar.Audience.COMMUNITY and webinar.community is None:
        webinar.audience = Webinar.Audience.STAFF  # the nearest that needs no community


def _set(owner: Webinar | Series, ruling: Ruling) -> None:
    is_for_community = ruling.audience == Webinar.Audience.COMMUNITY
    if is_for_community and owner.community_id is None:
        raise NeedsCommunity
    for name, value in vars(ruling).items():
        setattr(owner, name, value)
