"""What an organiser writes to people who have a place."""

from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from webinars.models.registration import Registration, RegistrationQuerySet
from webinars.models.webinar import Webinar


class Mailing(models.Model):
    """One message to some or all who have a place: a draft until its sending is confirmed."""

    class Audience(models.TextChoices):
        SEATED = "seated", _("Who holds a seat")
        WAITING = "waiting", _("Who waits for a seat")
        EVERYBODY = "everybody", _("Everybody with a place")
        ATTENDED = "attended", _("Who came")
        ABSENT = "absent", _("Who held a seat and did not come")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        HELD = "held", _("Goes out soon")
        SENT = "sent", _("Sent")
        UNDONE = "undone", _("Undone")

    webinar = models.ForeignKey(Webinar, on_delete=models.CASCADE, related_name="mailings")
    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    audience = models.CharField(_("to"), max_length=10, choices=Audience)
    agencies = models.ManyToManyField(Agency, blank=True, related_name="+")  # none: of all
    subject = models.CharField(_("subject"), max_length=150)
    text = models.TextField(_("text"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now=True)
    queued_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)  # until then all of it can be undone
    undone_at = models.DateTimeField(null=True, blank=True)
    # How many got it, and how many of the audience were left out, and why.
    owed = models.PositiveIntegerField(default=0)
    unwilling = models.PositiveIntegerField(default=0)
    resting = models.PositiveIntegerField(default=0)
    barred = models.PositiveIntegerField(default=0)

    stands: State  # where it stood when the list was made

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(queued_at__isnull=True, due_at__isnull=True)
                | Q(queued_at__isnull=False, due_at__isnull=False),
                name="mailing_queued_and_due_together",
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(queued_at__isnull=False),
                name="only_a_queued_mailing_is_undone",
            ),
        ]
        indexes = [models.Index(fields=["webinar", "-changed_at"], name="mailings_of_webinar")]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        """Return its page among the organisers'."""
        return reverse("webinars:manage-mailing", args=[self.webinar.slug, self.uid])

    @property
    def version(self) -> str:
        """What tells one saved state of the draft from the next."""
        return self.changed_at.isoformat()

    def stage(self, now: datetime) -> State:
        """Return what has become of it at `now`."""
        if self.queued_at is None or self.due_at is None:
            return self.State.DRAFT
        if self.undone_at is not None:
            return self.State.UNDONE
        return self.State.HELD if now < self.due_at else self.State.SENT

    def chosen(self) -> RegistrationQuerySet:
        """Return the places of whom the organiser chose, by name."""
        places = self.webinar.registrations.of_audience(self.audience)
        if self.pk and (agencies := list(self.agencies.all())):
            places = places.of_agencies(agencies)
        return places.select_related("person").order_by("person__name", "pk")

    def addresses(self, place: Registration) -> bool:
        """Whether this place is still one of whom the organiser chose."""
        return self.chosen().filter(pk=place.pk).exists()
