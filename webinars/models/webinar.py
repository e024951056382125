"""An online event open to registration."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
)
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agencies.models import Community, reads_as_staff
from events.leads import LEADS
from events.models import Event, EventQuerySet
from webinars.models.rules import Rules

# Closer to the start nobody is moved up without being asked.
PROMOTES_UNTIL = timedelta(hours=2)


class PlaceState(models.TextChoices):
    """What has become of somebody's registration."""

    REGISTERED = "registered", _("Registered")
    WAITLISTED = "waitlisted", _("On the waitlist")
    PENDING = "pending", _("Waiting for approval")
    CANCELLED = "cancelled", _("Canceled")


class OfferState(models.TextChoices):
    """What has become of a seat that somebody was asked to take."""

    OPEN = "open", _("Waiting for an answer")
    ACCEPTED = "accepted", _("Said yes")
    DECLINED = "declined", _("Said no")
    LAPSED = "lapsed", _("Did not answer in time")
    WITHDRAWN = "withdrawn", _("Withdrawn")


THANKS = "thanks"  # in a plan of reminders: who held a seat is thanked a day later


def default_reminders() -> list[str]:
    """Return the plan that a webinar has when nobody has chosen one."""
    return [lead.word for lead in LEADS] + [THANKS]


class WebinarQuerySet(EventQuerySet["Webinar"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Published ones that are open to this person; drafts for organisers only."""
        if user.is_authenticated and user.is_organiser:
            return self
        allowed = Q(visibility=Webinar.Visibility.PUBLIC)
        if user.is_authenticated:
            allowed |= Q(reads_as_staff(user), visibility=Webinar.Visibility.MEMBERS)
            allowed |= Q(
                visibility=Webinar.Visibility.COMMUNITY,
                community__in=Community.objects.open_to(user),
            )
        return self.announced().filter(allowed)

    def with_questions(self) -> Self:
        """Say whether people are asked something when they register."""
        asked = Webinar.objects.filter(pk=OuterRef("pk"), questions__is_asked=True)
        return self.annotate(has_questions=Exists(asked))

    def with_seats(self) -> Self:
        """Count the seats that are held and who waits; full is where a newcomer must wait.

        A seat that is kept for somebody who is asked to take it counts as held. Each webinar is
        counted by itself, so that a page of many counts only those that it shows.
        """
        # Who waits only as their agency has its share keeps nobody else from a seat.
        is_line = Q(people_waiting__gt=0, seats_per_agency__isnull=True)
        is_full = Q(capacity__isnull=False) & (Q(seats_taken__gte=F("capacity")) | is_line)
        return self.annotate(
            seats_taken=_number_of("registrations", state=PlaceState.REGISTERED)
            + _number_of("offers", state=OfferState.OPEN, holds_seat=True),
            people_waiting=_number_of("registrations", state=PlaceState.WAITLISTED),
            people_pending=_number_of("registrations", state=PlaceState.PENDING),
        ).annotate(is_full=ExpressionWrapper(is_full, output_field=BooleanField()))


def _number_of(rows: str, **which: Any) -> Coalesce:
    """Count those of a webinar's rows (registrations, offers) of which this holds."""
    those = {f"{rows}__{name}": value for name, value in which.items()}
    one = Webinar.objects.filter(pk=OuterRef("pk"), **those).order_by().values("pk")
    return Coalesce(Subquery(one.annotate(number=Count(rows)).values("number")), 0)


class Webinar(Event, Rules):
    """An online event open to registration."""

    kind: ClassVar[str] = "webinar"

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Everyone")
        MEMBERS = "members", _("Agency staff and facilitators")
        COMMUNITY = "community", _("One community")

    class Stage(models.TextChoices):
        DRAFT = "draft", _("Draft")
        CANCELLED = "cancelled", _("Canceled")
        OPEN = "open", _("Registration open")
        LIVE = "live", _("Live now")
        PAST = "past", _("Past webinar")

    visibility = models.CharField(
        _("who may see it and register"),
        max_length=10,
        choices=Visibility,
        default=Visibility.PUBLIC,
    )
    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, null=True, blank=True, related_name="webinars"
    )
    capacity = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    join_url = models.URLField(_("join link"), max_length=500, blank=True)
    access_information = models.TextField(_("access information"), blank=True)
    partner = models.CharField(_("organized with"), max_length=200, blank=True)
    series = models.ForeignKey(
        "webinars.Series", on_delete=models.PROTECT, null=True, blank=True, related_name="webinars"
    )
    # Which reminders go out (events.leads), and whether thanks follow.
    reminders = ArrayField(
        models.CharField(max_length=10),
        default=default_reminders,
        db_default=default_reminders(),
        blank=True,
    )
    publish_at = models.DateTimeField(null=True, blank=True, editable=False)  # of a draft

    objects = models.Manager.from_queryset(WebinarQuerySet)()

    class Meta(Event.Meta):
        verbose_name = _("webinar")
        verbose_name_plural = _("webinars")
        constraints = [
            *Event.Meta.constraints,
            models.CheckConstraint(
                condition=Q(visibility="community", community__isnull=False)
                | ~Q(visibility="community"),
                name="closed_webinar_names_its_community",
            ),
            models.CheckConstraint(
                condition=~Q(audience="community") | Q(community__isnull=False),
                name="community_audience_names_its_community",
            ),
            models.CheckConstraint(
                condition=Q(publish_at__isnull=True) | Q(state="draft"),
                name="only_a_draft_waits_to_be_published",
            ),
        ]
        indexes = [
            *Event.Meta.indexes,
            models.Index(
                fields=["publish_at"],
                name="webinar_to_publish",
                condition=Q(publish_at__isnull=False),
            ),
        ]

    def get_absolute_url(self) -> str:
        """Return the webinar's page."""
        return reverse("webinars:detail", args=[self.slug])

    def is_open(self, now: datetime) -> bool:
        """Whether people may register at `now`."""
        return self.stage(now) == self.Stage.OPEN

    def is_live(self, now: datetime) -> bool:
        """Whether it takes place at `now`."""
        return self.stage(now) == self.Stage.LIVE

    def is_coming(self, now: datetime) -> bool:
        """Whether it has a time that is not over at `now`."""
        return self.ends_at is not None and now < self.ends_at

    def stage(self, now: datetime) -> Stage:
        """Return where the webinar stands at `now`."""
        if self.state != self.State.PUBLISHED:
            return self.Stage(self.state)
        if self.starts_at is None or self.ends_at is None or now >= self.ends_at:
            return self.Stage.PAST
        return self.Stage.OPEN if now < self.starts_at else self.Stage.LIVE

    def takes_newcomers(self, now: datetime) -> bool:
        """Whether somebody who has no place may still ask for one at `now`."""
        return self.is_open(now) and now < self.before_start(self.closes_hours)

    def takes_access_needs(self, now: datetime) -> bool:
        """Whether there is somebody to arrange what people need, and time to."""
        has_contact = self.access_contact_id is not None
        return has_contact and self.is_open(now) and now < self.before_start(self.access_hours)

    def asks_anything(self, now: datetime) -> bool:
        """Whether who registers is asked something first; it comes from with_questions()."""
        has_questions: bool = getattr(self, "has_questions")  # noqa: B009 annotated
        return self.is_open(now) and (has_questions or self.takes_access_needs(now))

    def shares(self, now: datetime) -> bool:
        """Whether an agency gets only its share of the seats at `now`.

        The rest is free for all from the moment that the rules name; else once registration
        closes, or when seats are offered instead of given.
        """
        if self.seats_per_agency is None or self.starts_at is None:
            return False
        if self.share_hours is not None:
            return now < self.before_start(self.share_hours)
        return now < self.before_start(self.closes_hours) and self.promotes(now)

    def before_start(self, hours: int) -> datetime:
        """Return the moment so many hours before the start; it must have a time."""
        assert self.starts_at is not None  # noqa: S101 who asks has looked
        return self.starts_at - timedelta(hours=hours)

    def promotes(self, now: datetime) -> bool:
        """Whether a freed seat goes to the first in line without asking, at `now`."""
        return self.starts_at is not None and now < self.starts_at - PROMOTES_UNTIL
