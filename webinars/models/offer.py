"""A seat that somebody is asked to take, until a certain moment."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agencies.models import Agency, Membership
from webinars.models.registration import Registration
from webinars.models.webinar import OfferState, Webinar


class OfferQuerySet(models.QuerySet["Offer"]):
    def visible_to(self, user: User) -> Self:
        """One's own, what one has made, and what one's agency was offered by its coordinators."""
        if user.is_organiser:
            return self
        spoken_for = Membership.objects.coordinated_by(user).values("agency")
        return self.filter(Q(person=user) | Q(made_by=user) | Q(agency__in=spoken_for))

    def open(self) -> Self:
        """Those that are not answered and have not ended."""
        return self.filter(state=OfferState.OPEN)

    def holding(self) -> Self:
        """Those for which a seat is kept free."""
        return self.open().filter(holds_seat=True)

    def asked_by_others(self) -> Self:
        """Open ones of people who have no place of their own: a colleague asked them."""
        return self.open().exclude(kind=Offer.Kind.LINE)

    def with_questions(self) -> Self:
        """Say whether who registers for the webinar is asked something."""
        asked = Webinar.objects.filter(pk=OuterRef("webinar"), questions__is_asked=True)
        return self.annotate(has_questions=Exists(asked))

    def due(self, now: datetime) -> Self:
        """Those whose time is over, oldest first."""
        return self.open().filter(until__lte=now).order_by("until", "pk")

    def answerable(self, now: datetime) -> Self:
        """Those that can be taken at `now`."""
        return self.open().filter(until__gt=now)


class Offer(models.Model):
    """A person is asked to take a seat: from the line, by a coordinator, or in somebody's stead.

    While it is open and `holds_seat`, the seat counts as taken. A substitute's does not: whoever
    gives the seat holds it until the substitute says yes.
    """

    class Kind(models.TextChoices):
        LINE = "line", _("From the waitlist")
        COLLEAGUE = "colleague", _("Asked by the coordinator")
        SUBSTITUTE = "substitute", _("In somebody's stead")

    State = OfferState

    webinar = models.ForeignKey(Webinar, on_delete=models.CASCADE, related_name="offers")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="offers"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=10, choices=OfferState, default=OfferState.OPEN)
    holds_seat = models.BooleanField(default=True)
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)  # or ended
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="offers_made",
    )
    agency = models.ForeignKey(
        Agency, on_delete=models.CASCADE, null=True, blank=True, related_name="offers"
    )
    giver = models.ForeignKey(  # whose seat it is until the substitute says yes
        Registration, on_delete=models.SET_NULL, null=True, blank=True, related_name="offers"
    )
    frees_seat = models.BooleanField(default=False)  # when the substitute says no, for the line

    objects = OfferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["webinar", "person"],
                condition=Q(state="open"),
                name="one_open_offer_per_person",
            ),
            models.UniqueConstraint(
                fields=["giver"], condition=Q(state="open"), name="one_open_substitute_per_seat"
            ),
            models.CheckConstraint(
                condition=Q(state="open", answered_at__isnull=True)
                | (~Q(state="open") & Q(answered_at__isnull=False)),
                name="answered_at_exactly_when_not_open",
            ),
            models.CheckConstraint(
                condition=Q(giver__isnull=True) | Q(kind="substitute"),
                name="only_a_substitute_has_a_giver",
            ),
        ]
        indexes = [
            models.Index(fields=["until"], condition=Q(state="open"), name="offer_due"),
            models.Index(fields=["webinar", "agency", "made_at"], name="offer_by_agency"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.webinar}"

    def asks_anything(self, now: datetime) -> bool:
        """Whether who comes new is asked something first; it comes from with_questions()."""
        has_questions: bool = getattr(self, "has_questions")  # noqa: B009 annotated
        return has_questions or self.webinar.takes_access_needs(now)

    def can_be_taken(self, now: datetime) -> bool:
        """Whether a yes still counts at `now`."""
        return self.state == OfferState.OPEN and now < self.until
