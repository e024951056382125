"""Which webinars can be closed."""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from webinars.models import Webinar, WebinarQuerySet


def closable(user: User | AnonymousUser, now: datetime) -> WebinarQuerySet:
    """Return the webinars that took place and whose hours are known, as far as one sees them.

    Of some of the past only the day is on record: nobody's minutes can be counted there.
    """
    held = Webinar.objects.visible_to(user).filter(state=Webinar.State.PUBLISHED)
    return held.filter(ends_at__lte=now)


def held(user: User | AnonymousUser, now: datetime) -> WebinarQuerySet:
    """Return the webinars that took place, whether or not their hours are known."""
    past = Webinar.objects.visible_to(user).filter(state=Webinar.State.PUBLISHED).past(now)
    return past.order_by()
