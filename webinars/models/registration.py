"""Who has a place in a webinar, and who waits for one."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, Subquery, When
from django.utils.translation import gettext_lazy as _

from agencies.membership import SLIP
from agencies.models import Agency, Community, Membership, reads_as_staff
from events.leads import Lead
from webinars.models.webinar import THANKS, PlaceState, Webinar

THANKS_AFTER, THANKS_UNTIL = timedelta(days=1), timedelta(days=4)  # after the end


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

    def pending(self) -> Self:
        """Those that wait for an organiser's decision, oldest first."""
        return self.filter(state=Registration.State.PENDING).order_by("joined_at", "pk")

    def undecided_or_declined(self) -> Self:
        """Those on which an organiser can decide: also who was declined and asks why."""
        return self.filter(Q(state=Registration.State.PENDING) | ~Q(declined_reason=""))

    def current(self) -> Self:
        """Those who have not cancelled."""
        return self.exclude(state=Registration.State.CANCELLED)

    def of_audience(self, audience: str) -> Self:
        """Those whom a message to an audience (Mailing.Audience) is for."""
        state = Registration.State
        chosen = {
            "seated": Q(state=state.REGISTERED),
            "waiting": Q(state=state.WAITLISTED),
            "everybody": Q(state__in=[state.REGISTERED, state.WAITLISTED]),
            "attended": Q(attended=True),
            "absent": Q(state=state.REGISTERED, attended=False),
        }
        return self.filter(chosen[audience], person__is_active=True)

    def of_agencies(self, agencies: Iterable[Agency]) -> Self:
        """Those of people who belong to one of these agencies now."""
        members = Membership.objects.active().filter(agency__in=agencies).values("person")
        return self.filter(person__in=members)

    def who_may_see(self, webinar: Webinar) -> Self:
        """Those of people to whom the webinar is open now."""
        members = Membership.objects.active()
        if webinar.visibility == Webinar.Visibility.PUBLIC:
            return self
        allowed = Q(person__is_organiser=True)
        if webinar.community is None:
            return self.filter(allowed | reads_as_staff(OuterRef("person")))
        community = webinar.community
        inside = members.filter(agency__in=community.agencies.all()).values("person")
        leads = community.facilitators.values("pk")
        return self.filter(allowed | Q(person__in=inside) | Q(person__in=leads))

    def left(self) -> Self:
        """Those of people to whom their webinar is not open any more; accounts are."""
        mine = Membership.objects.active().filter(person=OuterRef("person"))
        inside = mine.filter(agency__communities=OuterRef("webinar__community"))
        leads = Community.facilitators.through.objects.filter(
            user=OuterRef("person"), community=OuterRef("webinar__community")
        )
        seen_by = {
            Webinar.Visibility.PUBLIC: Q(),
            Webinar.Visibility.MEMBERS: reads_as_staff(OuterRef("person")),
            Webinar.Visibility.COMMUNITY: Q(Exists(inside)) | Q(Exists(leads)),
        }
        is_open = Q(person__is_organiser=True)
        for visibility, reader in seen_by.items():
            is_open |= Q(webinar__visibility=visibility) & reader
        return self.filter(~is_open, person__is_active=True)

    def gone(self, now: datetime) -> Self:
        """Those of people who left a while ago, or shortly before their webinar."""
        is_due = Q(left_at__lte=now - SLIP) | Q(webinar__starts_at__lte=now + 2 * SLIP)
        return self.left().filter(is_due)

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

    def to_remind(self, now: datetime, lead: Lead) -> Self:
        """Those who are owed this reminder now; who came later than it was due knows already."""
        return (
            self.seated()
            .filter(
                webinar__state=Webinar.State.PUBLISHED,
                webinar__reminders__contains=[lead.word],
                webinar__starts_at__lte=now + lead.before,
                webinar__starts_at__gt=now + lead.until,
                webinar__starts_at__gte=F("joined_at") + lead.before,
                person__is_active=True,
            )
            .order_by("pk")
        )

    def to_thank(self, now: datetime) -> Self:
        """Those who held a seat in what ended a day ago; of whom is known who came, only those."""
        is_known = Registration.objects.filter(webinar=OuterRef("webinar"), attended=True)
        return (
            self.seated()
            .filter(
                Q(attended=True) | Q(attended__isnull=True) & ~Exists(is_known),
                webinar__state=Webinar.State.PUBLISHED,
                webinar__reminders__contains=[THANKS],
                webinar__ends_at__lte=now - THANKS_AFTER,
                webinar__ends_at__gt=now - THANKS_UNTIL,
                person__is_active=True,
            )
            .order_by("pk")
        )


class Registration(models.Model):
    """One person's place in one webinar."""

    State = PlaceState

    webinar = models.ForeignKey(Webinar, on_delete=models.CASCADE, related_name="registrations")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="registrations"
    )
    state = models.CharField(max_length=10, choices=State)
    joined_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    attended = models.BooleanField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)  # by an organiser
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="registrations_decided",
    )
    # Empty unless an organiser has declined.
    declined_reason = models.TextField(blank=True, default="", db_default="", editable=False)
    # The personal join link is made of it (webinars.join_links); a new one ends the old link.
    join_key = models.UUIDField(
        default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False
    )
    left_at = models.DateTimeField(null=True, blank=True, editable=False)  # seen to be outside
    # How often a seat was given up: calendars take it back only under a higher sequence.
    times_left = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    entered_at = models.DateTimeField(null=True, blank=True, editable=False)  # first pressed Join

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webinar", "person"], name="one_place_per_person"),
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_at__isnull=False)
                | (~Q(state="cancelled") & Q(cancelled_at__isnull=True)),
                name="cancelled_at_exactly_when_cancelled",
            ),
            models.CheckConstraint(
                condition=Q(declined_reason="") | Q(state="cancelled"),
                name="declined_place_is_canceled",
            ),
        ]
        indexes = [
            models.Index(fields=["webinar", "state", "joined_at"], name="registration_line"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.webinar}"

    @property
    def is_current(self) -> bool:
        """Whether it has not been given up, called off or declined."""
        return self.state != self.State.CANCELLED

    def get_state_display(self) -> str:  # type: ignore[no-redef] # in place of what Django makes
        """Return what has become of it in words; the person canceled nothing that was declined."""
        return str(_("Declined") if self.declined_reason else self.State(self.state).label)
