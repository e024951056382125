"""An online event open to registration, who speaks, and who has a place."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    When,
)
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agencies.models import Agency, Community, Membership
from events.leads import Lead
from events.models import Event, EventQuerySet

# Closer to the start nobody is moved up without being asked.
PROMOTES_UNTIL = timedelta(hours=2)


class WebinarQuerySet(EventQuerySet["Webinar"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Published ones that are open to this person; drafts for organisers only."""
        if user.is_authenticated and user.is_organiser:
            return self
        allowed = Q(visibility=Webinar.Visibility.PUBLIC)
        if user.is_authenticated:
            memberships = Membership.objects.active().filter(person=user)
            allowed |= Q(Exists(memberships), visibility=Webinar.Visibility.MEMBERS)
            allowed |= Q(
                visibility=Webinar.Visibility.COMMUNITY,
                community__in=Community.objects.open_to(user),
            )
        return self.published().filter(allowed)

    def with_seats(self) -> Self:
        """Count who holds a seat and who waits; it is full when a newcomer would have to wait."""
        seated = Q(registrations__state=Registration.State.REGISTERED)
        waiting = Q(registrations__state=Registration.State.WAITLISTED)
        is_full = Q(capacity__isnull=False) & (
            Q(seats_taken__gte=F("capacity")) | Q(people_waiting__gt=0)
        )
        return self.annotate(
            seats_taken=Count("registrations", filter=seated),
            people_waiting=Count("registrations", filter=waiting),
        ).annotate(is_full=ExpressionWrapper(is_full, output_field=BooleanField()))


class Webinar(Event):
    """An online event open to registration."""

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Everyone")
        MEMBERS = "members", _("Agency staff")
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

    def promotes(self, now: datetime) -> bool:
        """Whether a freed seat goes to the first in line without asking, at `now`."""
        return self.starts_at is not None and now < self.starts_at - PROMOTES_UNTIL


class Presenter(models.Model):
    """Somebody who speaks at a webinar."""

    webinar = models.ForeignKey(Webinar, on_delete=models.CASCADE, related_name="presenters")
    name = models.CharField(_("name"), max_length=150)
    title = models.CharField(_("title"), max_length=200, blank=True)
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="presenters"
    )
    position = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def by_name(self) -> Self:
        """Seats first, then the line, then who canceled; by name, with people's agencies."""
        active = Membership.objects.active().select_related("agency").order_by("agency__name")
        order = Case(
            When(state=Registration.State.REGISTERED, then=0),
            When(state=Registration.State.WAITLISTED, then=1),
            default=2,
        )
        return (
            self.select_related("person")
            .prefetch_related(Prefetch("person__memberships", active, "agency_places"))
            .order_by(order, "person__name", "pk")
        )

    def seated(self) -> Self:
        """Those who hold a seat."""
        return self.filter(state=Registration.State.REGISTERED)

    def waiting(self) -> Self:
        """Those who stand in line, first come first."""
        return self.filter(state=Registration.State.WAITLISTED).order_by("joined_at", "pk")

    def line(self) -> tuple[int, datetime | None]:
        """Count the seats that are held, and say when the last who waits came to the line."""
        seated = Q(state=Registration.State.REGISTERED)
        waiting = Q(state=Registration.State.WAITLISTED)
        found = self.aggregate(
            seats_taken=Count("pk", filter=seated), last=Max("joined_at", filter=waiting)
        )
        return found["seats_taken"], found["last"]

    def current(self) -> Self:
        """Those who have not cancelled."""
        return self.exclude(state=Registration.State.CANCELLED)

    def position(self, place: "Registration | None") -> int | None:
        """Return somebody's place in the line, the first being 1; None for who does not wait."""
        if place is None or place.state != Registration.State.WAITLISTED:
            return None
        earlier = Q(joined_at__lt=place.joined_at) | Q(joined_at=place.joined_at, pk__lt=place.pk)
        return self.filter(earlier, state=place.state, webinar=place.webinar_id).count() + 1

    def with_position(self) -> Self:
        """Add how many stand in line up to and with each; it says something of who waits only."""
        before = Q(joined_at__lt=OuterRef("joined_at")) | Q(
            joined_at=OuterRef("joined_at"), pk__lte=OuterRef("pk")
        )
        line = Registration.objects.filter(
            before, webinar=OuterRef("webinar"), state=Registration.State.WAITLISTED
        )
        count = line.order_by().values("webinar").annotate(number=Count("pk")).values("number")
        return self.annotate(line_position=Subquery(count))

    def next_in_line(self, webinar: Webinar) -> Self:
        """Those who wait for whom a seat is free now, first come first."""
        waiting = self.waiting()
        if webinar.capacity is None:
            return waiting
        return waiting[: max(0, webinar.capacity - self.seated().count())]

    def is_offered(self, place: "Registration | None", now: datetime) -> bool:
        """Whether a seat is free for this person who waits, and is theirs for the asking."""
        if place is None or not place.webinar.is_open(now) or place.webinar.promotes(now):
            return False
        return place in self.next_in_line(place.webinar)

    def to_remind(self, now: datetime, lead: Lead) -> Self:
        """Those who are owed this reminder now; who came later than it was due knows already."""
        return (
            self.seated()
            .filter(
                webinar__state=Webinar.State.PUBLISHED,
                webinar__starts_at__lte=now + lead.before,
                webinar__starts_at__gt=now + lead.until,
                webinar__starts_at__gte=F("joined_at") + lead.before,
                person__is_active=True,
            )
            .order_by("pk")
        )


class Registration(models.Model):
    """One person's place in one webinar."""

    class State(models.TextChoices):
        REGISTERED = "registered", _("Registered")
        WAITLISTED = "waitlisted", _("On the waitlist")
        PENDING = "pending", _("Waiting for approval")
        CANCELLED = "cancelled", _("Canceled")

    webinar = models.ForeignKey(Webinar, on_delete=models.CASCADE, related_name="registrations")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="registrations"
    )
    state = models.CharField(max_length=10, choices=State)
    joined_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    attended = models.BooleanField(null=True, blank=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webinar", "person"], name="one_place_per_person"),
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_at__isnull=False)
                | (~Q(state="cancelled") & Q(cancelled_at__isnull=True)),
                name="cancelled_at_exactly_when_cancelled",
            ),
        ]
        indexes = [
            models.Index(fields=["webinar", "state", "joined_at"], name="registration_line"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.webinar}"
