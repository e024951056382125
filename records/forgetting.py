"""Forget when people joined and left, once nobody will ask any more; the minutes stay."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from records import attendance
from records.models import AttendanceReport, ReportedPerson
from webinars import registration
from webinars.models import Webinar


def forget_due(*, now: datetime) -> int:
    """Forget the connections of webinars that ended so long ago; return of how many webinars.

    How long is the setting ATTENDANCE_TIMES_DAYS. What was read and never confirmed goes after a
    day. Twice changes nothing.
    """
    left = AttendanceReport.objects.filter(confirmed_at__isnull=True)
    left.filter(read_at__lt=now - attendance.FORGOTTEN_AFTER).delete()
    ended = now - timedelta(days=settings.ATTENDANCE_TIMES_DAYS)
    known = ReportedPerson.objects.filter(~Q(stays=[]), report__webinar__ends_at__lt=ended)
    known = known.filter(report__confirmed_at__isnull=False)
    webinars = list(Webinar.objects.filter(pk__in=known.values("report__webinar")).order_by("pk"))
    for webinar in webinars:
        _forget(webinar)
    return len(webinars)


@transaction.atomic
def _forget(webinar: Webinar) -> None:
    """Put in the place of each one's connections how long they cover together.

    All of somebody's rows say the same sum, so that counting once more finds it again.
    """
    webinar = registration.hold(webinar)
    confirmed = {"report__webinar": webinar, "report__confirmed_at__isnull": False}
    rows = list(ReportedPerson.objects.filter(**confirmed).order_by("pk"))
    window = attendance.window_of(webinar)
    for group in attendance.by_person(rows).values():
        covered = attendance.seconds(group, window)
        for row in group:
            row.stays, row.cap = [], covered
    ReportedPerson.objects.bulk_update(rows, ["stays", "cap"], batch_size=500)
