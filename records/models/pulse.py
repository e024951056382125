"""What people thought of a webinar, in three questions."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Window
from django.db.models.functions import Mod, RowNumber
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from records.models.attendance import Attendance
from webinars.models import Registration, Webinar

ASKED_FOR = timedelta(days=60)  # after the webinar's end
CHANGEABLE_FOR = timedelta(days=14)  # after it was given
BATCH = 5  # nobody's answer shows by itself: they are counted in fives


def asked_of(person: User, now: datetime) -> "models.QuerySet[Webinar]":
    """Return the webinars that this person may say something about at `now`, newest first.

    Who attended, or held a seat and is not known to have missed it, is asked, for two months,
    while the person may see the webinar.
    """
    held = Webinar.objects.visible_to(person).filter(
        state=Webinar.State.PUBLISHED, ends_at__lte=now, ends_at__gt=now - ASKED_FOR
    )
    seat = Registration.objects.seated().filter(person=person).exclude(attended=False)
    came = person.attendances.attended().values("webinar")
    return held.filter(Q(pk__in=seat.values("webinar")) | Q(pk__in=came)).order_by(
        "-ends_at", "-pk"
    )


class PulseQuerySet(models.QuerySet["PulseAnswer"]):
    def of_those_there(self) -> Self:
        """Leave out what people said who did not attend, as it turned out."""
        missed = Attendance.objects.filter(attended=False)
        same = {"webinar": OuterRef("webinar"), "person": OuterRef("person")}
        return self.exclude(Exists(missed.filter(**same)))

    def in_batches(self) -> Self:
        """Of each webinar as many whole batches as there are, in the order they came.

        One answer more changes no figure: the next batch does.
        """
        counted = self.annotate(
            place=Window(RowNumber(), partition_by=F("webinar"), order_by=["given_at", "pk"]),
            given=Window(Count("pk"), partition_by=F("webinar")),
        )
        return counted.filter(place__lte=F("given") - Mod(F("given"), BATCH))


class PulseAnswer(models.Model):
    """One person's answers about one webinar."""

    class Useful(models.TextChoices):
        YES = "yes", _("Yes, very")
        PARTLY = "partly", _("In part")
        NO = "no", _("No")

    class Change(models.TextChoices):
        YES = "yes", _("Yes")
        PERHAPS = "perhaps", _("Perhaps")
        NO = "no", _("No")

    webinar = models.ForeignKey(Webinar, on_delete=models.CASCADE, related_name="pulse")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="pulse_answers"
    )
    useful = models.CharField(max_length=8, choices=Useful)
    will_change = models.CharField(max_length=8, choices=Change)
    wish = models.TextField(blank=True)  # what next; organisers alone read it
    given_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = PulseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webinar", "person"], name="one_pulse_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.webinar}: {self.useful}"

    def is_changeable(self, now: datetime) -> bool:
        """Whether the person may still think better of it at `now`."""
        return now < self.given_at + CHANGEABLE_FOR
