"""What every dated thing has: a title, a time or only a date, and a place in calendars."""

import uuid
from datetime import date, datetime
from typing import Self, TypeVar
from zoneinfo import ZoneInfo

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, GeneratedField, Q
from django.utils.translation import gettext_lazy as _

from agencies import words

_ENDS_LAST = ZoneInfo("Pacific/Honolulu")  # of the zones of the US, where a day ends last

E_co = TypeVar("E_co", bound="Event", covariant=True)


class EventQuerySet(models.QuerySet[E_co]):
    def announced(self) -> Self:
        """Those that people were told of; canceled ones stay, so that links can say so.

        A draft that is called off was never announced: nobody learns that it was planned.
        """
        return self.filter(published_at__isnull=False)

    def upcoming(self, now: datetime) -> Self:
        """Not over at `now`, soonest first; what is invented stands apart, at the end."""
        return self.filter(
            Q(ends_at__gt=now) | Q(ends_at__isnull=True, held_on__gte=_day_not_over(now))
        ).order_by("is_demo", "held_on", "starts_at", "pk")

    def past(self, now: datetime) -> Self:
        """Over at `now`, newest first; what is invented stands apart, at the end."""
        return self.filter(
            Q(ends_at__lte=now) | Q(ends_at__isnull=True, held_on__lt=_day_not_over(now))
        ).order_by("is_demo", "-held_on", "-starts_at", "-pk")


def is_day_over(day: date, now: datetime) -> bool:
    """Whether a day without hours is over at `now`, everywhere."""
    return day < _day_not_over(now)


def _day_not_over(now: datetime) -> date:
    """Return the first day that is not over everywhere: a day without hours has no zone either."""
    return now.astimezone(_ENDS_LAST).date()


class Event(models.Model):
    """A dated thing; when only its date is known it has no times and no zone."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        CANCELLED = "cancelled", _("Canceled")

    slug = models.SlugField(max_length=120, unique=True)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), blank=True)
    description = models.TextField(_("description"), blank=True)
    source_text = models.TextField(_("wording of the source"), blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    held_on = models.DateField(_("date"))  # in the event's own zone
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, blank=True)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    # When it was announced. Of a day on record it stands for "by then all knew", and is not shown.
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    change_reason = models.TextField(blank=True)  # why it was last moved or cancelled
    changed_at = models.DateTimeField(auto_now=True)
    is_demo = models.BooleanField(default=False, editable=False)
    topics = models.ManyToManyField("library.Topic", related_name="%(class)ss", blank=True)
    resources = models.ManyToManyField("library.Resource", related_name="%(class)ss", blank=True)
    search = GeneratedField(
        expression=words.vector("title", weight="A")
        + words.vector("summary", weight="B")
        + words.vector("description", weight="C"),
        output_field=SearchVectorField(),
        db_persist=True,
        db_column="search_words",  # the column `search` is the release before's
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True, ends_at__isnull=True, time_zone="")
                | (Q(starts_at__isnull=False, ends_at__gt=F("starts_at")) & ~Q(time_zone="")),
                name="%(class)s_times_and_zone_together",
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_at__isnull=False)
                | (~Q(state="cancelled") & Q(cancelled_at__isnull=True)),
                name="%(class)s_cancelled_at_exactly_when_cancelled",
            ),
            # What was called off keeps the moment of its announcement, if it had one.
            models.CheckConstraint(
                condition=Q(state="draft", published_at__isnull=True)
                | Q(state="published", published_at__isnull=False)
                | Q(state="cancelled"),
                name="%(class)s_published_at_once_announced",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "held_on"], name="%(class)s_by_date"),
            GinIndex(fields=["search"], name="%(class)s_search_words"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the event's page; each kind of event says its own."""
        raise NotImplementedError

    @property
    def zone(self) -> ZoneInfo | None:
        """The zone that the organiser announced, or None when only the date is known."""
        return ZoneInfo(self.time_zone) if self.time_zone else None

    def was_held(self, now: datetime) -> bool:
        """Whether it is over at `now`; a day without hours is once it is over everywhere."""
        return self.ends_at <= now if self.ends_at else is_day_over(self.held_on, now)

    @property
    def is_entered_later(self) -> bool:
        """Whether it was put on record after it was held: then nobody is told of it."""
        return self.published_at is not None and self.was_held(self.published_at)

    @property
    def is_announced(self) -> bool:
        """Whether people were told of it, whatever has become of it since."""
        return self.published_at is not None

    @property
    def is_cancelled(self) -> bool:
        """Whether the event was called off."""
        return self.state == self.State.CANCELLED
