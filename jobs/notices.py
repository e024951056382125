"""The message that a job owes."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy

from jobs.models import Job
from notifications.kinds import Dropped, Kind, Letter, register
from notifications.models import Category, Notification

KIND = "jobs/finished"


def finished(job: Job, now: datetime, kept_until: datetime) -> Notification:
    """Tell the person that it is done, or why not, while that is of use."""
    return Notification(
        key=f"job-finished/{job.pk}",
        kind=KIND,
        category=Category.ACCOUNT,
        about=f"job/{job.pk}",
        recipient=job.person,
        context={"job": job.pk},
        due_at=now,
        useful_until=kept_until,
    )


def _write(notification: Notification) -> Letter:
    job: Job | None = notification.found
    if job is None:
        raise Dropped("what was made is not kept any longer")
    return Letter({"job": job, "page_url": settings.SITE_URL + job.get_absolute_url()})


register(
    Kind(
        KIND,
        Category.ACCOUNT,
        _write,
        "job",
        Job.objects.all(),
        gettext_lazy("What you asked for is ready"),
    )
)
