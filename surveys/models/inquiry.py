"""What one agency asks another about an answer, and the practice note that comes of it."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agencies.models import Agency, Membership
from surveys.models.response import Answer


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Who asked, while in the asking agency; the agency that is asked; and the organisers."""
        if not user.is_authenticated:
            return self.none()
        if user.is_organiser:
            return self
        mine = Membership.objects.active().filter(person=user).values("agency")
        own = Q(asked_by=user, agency__in=mine)
        return self.filter(Q(pk__in=self._put_to(user).values("pk")) | own)

    def put_to(self, user: User | AnonymousUser) -> Self:
        """Those that the agencies of this person are asked; organiser or not."""
        return self._put_to(user) if user.is_authenticated else self.none()

    def waiting_for(self, user: User | AnonymousUser) -> Self:
        """Those that this person, as a coordinator, has to answer."""
        mine = Membership.objects.coordinated_by(user).values("agency")
        return self.open().filter(answer__response__agency__in=mine)

    def notes(self) -> Self:
        """Practice notes that stand; who reads an answer reads the notes on it."""
        return self.filter(is_note=True, removed_at=None)

    def notes_for(self, user: User | AnonymousUser) -> Self:
        """Practice notes that this person may read: just those on answers that are readable now."""
        return self.notes().filter(answer__in=Answer.objects.visible_to(user).filter(applies=True))

    def numbers_for(self, person: User) -> dict[str, int]:
        """Return how many are `waiting` for this coordinator, and of the own ones open; a query."""
        waiting = Q(pk__in=self.waiting_for(person).values("pk"))
        mine = Q(pk__in=self.visible_to(person).filter(asked_by=person).values("pk"))
        found = self.open().filter(waiting | mine)
        return found.aggregate(waiting=Count("pk", filter=waiting), mine=Count("pk", filter=mine))

    def open(self) -> Self:
        """Neither answered, nor declined, nor removed."""
        return self.filter(state=Inquiry.State.OPEN, removed_at=None)

    def unreminded(self, asked_before: datetime) -> Self:
        """Open ones that nobody was reminded of, asked before this moment; the oldest first."""
        return self.open().filter(reminded_at=None, asked_at__lte=asked_before).order_by("asked_at")

    def newest_first(self) -> Self:
        """The one asked last comes first."""
        return self.order_by("-asked_at", "-pk")

    def with_cell(self) -> Self:
        """Bring what a line about it needs: the question, its survey, both agencies, people."""
        return self.select_related(
            "answer__question",
            "answer__response__agency",
            "answer__response__wave__survey",
            "agency",
            "asked_by",
            "settled_by",
        )

    def _put_to(self, user: User) -> Self:
        mine = Membership.objects.active().filter(person=user).values("agency")
        return self.filter(answer__response__agency__in=mine)


class Inquiry(models.Model):
    """A question about one answer, put to the agency that gave it.

    What the agency replies is a practice note on the answer while `is_note` says so.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ANSWERED = "answered", _("Answered")
        DECLINED = "declined", _("Declined")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    operation = models.UUIDField()  # made with the form: a repeated press is known by it
    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="inquiries")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="inquiries",
    )
    agency = models.ForeignKey(  # for which it was asked
        Agency, on_delete=models.SET_NULL, null=True, related_name="inquiries"
    )
    text = models.TextField()
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    reply = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_note = models.BooleanField(default=False)
    reminded_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    removed_because = models.TextField(blank=True)

    objects = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "inquiries"
        constraints = [
            models.UniqueConstraint(fields=["asked_by", "operation"], name="one_inquiry_per_press"),
            models.CheckConstraint(condition=~Q(text=""), name="inquiry_asks_something"),
            models.CheckConstraint(
                condition=Q(state="open", settled_at__isnull=True)
                | (~Q(state="open") & Q(settled_at__isnull=False)),
                name="settled_at_exactly_when_settled",
            ),
            models.CheckConstraint(
                condition=(Q(state="answered") & ~Q(reply=""))
                | (~Q(state="answered") & Q(reply="")),
                name="reply_exactly_when_answered",
            ),
            models.CheckConstraint(
                condition=Q(is_note=False) | Q(state="answered"), name="note_is_an_answer"
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_because="")
                | (Q(removed_at__isnull=False) & ~Q(removed_because="")),
                name="removed_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["asked_by", "-asked_at"], name="inquiry_of_person"),
            models.Index(fields=["-asked_at"], name="inquiry_newest"),
            models.Index(
                fields=["asked_at"],
                name="inquiry_open",
                condition=Q(state="open", removed_at__isnull=True),
            ),
            models.Index(fields=["answer"], name="inquiry_note", condition=Q(is_note=True)),
        ]

    def __str__(self) -> str:
        return f"{self.answer_id}: {self.asked_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        """Return the page on which it is read and answered."""
        return reverse("surveys:inquiry", args=[self.uid])

    @property
    def is_open(self) -> bool:
        """Whether it still waits for a word of the agency."""
        return self.state == self.State.OPEN and self.removed_at is None
