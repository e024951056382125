"""What is owed to whom: the outbox, what people want to hear of, and addresses that must rest."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, F, Max, Q, Value, When
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    """Why somebody hears from us; the first two are necessary and cannot be switched off."""

    ACCOUNT = "account", _("Your account")
    CHANGES = "changes", _("Changes to what you registered for or were asked to")
    REMINDERS = "reminders", _("Reminders")
    MESSAGES = "messages", _("What organizers write about webinars you registered for")
    SURVEYS = "surveys", _("Survey invitations")
    QUESTIONS = "questions", _("What agencies ask each other about their practices")
    NEWS = "news", _("News of the program")


NECESSARY = (Category.ACCOUNT, Category.CHANGES)
PATIENT = (Category.SURVEYS, Category.NEWS)  # what can wait for the weekly digest


SENT_WITHIN = timedelta(minutes=5)  # what takes longer is worth a look

# A message that waited for its reader's morning has no other reason, and was due only then.
_FOR_MORNING = Q(reason="", faults=0, next_try_at__isnull=False)
WAITING_SINCE = Case(When(_FOR_MORNING, then=F("next_try_at")), default=F("due_at"))


def overdue(now: datetime) -> Q:
    """Return what messages are due and not sent; one that waits for its reader's morning is not."""
    state = Notification.State
    owed = [state.PENDING, state.CLAIMED, state.SENDING]
    waits = _FOR_MORNING & Q(state=state.PENDING, next_try_at__gt=now)
    return Q(state__in=owed, due_at__lte=now, is_void=False) & ~waits


def unseen() -> Q:
    """Return what messages failed and wait for somebody to send them again, or to leave them."""
    return Q(state__in=Notification.FAULTY, seen_at__isnull=True)


class NotificationQuerySet(models.QuerySet["Notification"]):
    def open(self) -> Self:
        """Owed and not yet on the wire."""
        state = Notification.State
        return self.filter(state__in=[state.PENDING, state.CLAIMED, state.HELD])

    def held(self) -> Self:
        """Those that wait for their readers' weekly digest."""
        return self.filter(state=Notification.State.HELD)

    def for_morning(self) -> Self:
        """Those that wait for their readers' morning, as it was when somebody last looked."""
        return self.filter(_FOR_MORNING, state=Notification.State.PENDING)

    def failed(self) -> Self:
        """Refused or set aside; nobody tries them again by itself."""
        return self.filter(state__in=Notification.FAULTY)

    def not_reached(self) -> Self:
        """Those that failed, or came too late: what may be sent again."""
        return self.filter(state__in=Notification.NOT_REACHED)

    def sent_and_owed(self) -> tuple[int, int]:
        """Count those that have gone out, and those that are still to."""
        state = Notification.State
        counted = self.aggregate(
            sent=Count("pk", filter=Q(state__in=[state.SENT, state.DELIVERED])),
            owed=Count("pk", filter=Q(state__in=[state.PENDING, state.CLAIMED])),
        )
        return counted["sent"], counted["owed"]

    def by_kind(self) -> "models.QuerySet[Any, Any]":
        """Count for each kind what was `sent`, is `owed`, `failed` and was not needed (`spared`).

        The kind that was due last comes first; `last` is when.
        """
        state = Notification.State
        counted = {
            "sent": [state.SENT, state.DELIVERED],
            "owed": [state.PENDING, state.HELD, state.CLAIMED, state.SENDING],
            "failed": [state.FAILED, state.PARKED],
            "spared": [state.CANCELLED, state.SUPERSEDED, state.EXPIRED, state.SUPPRESSED],
        }
        numbers = {
            word: Count("pk", filter=Q(state__in=states)) for word, states in counted.items()
        }
        return self.values("kind").annotate(last=Max("due_at"), **numbers).order_by("-last", "kind")

    def finish(self, state: "Notification.State", **values: Any) -> int:
        """Owe these no more; what a text needed is erased.

        Of what did not reach its reader it is kept, to be sent again; but not codes and links to
        an account.
        """
        context: Any = {}
        if state in Notification.NOT_REACHED:
            nothing = Value({}, models.JSONField())
            context = Case(When(category=Category.ACCOUNT, then=nothing), default=F("context"))
        return self.update(state=state, context=context, **values)


class Notification(models.Model):
    """One message owed to one person: what, to whom, when due, and what became of it."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        HELD = "held", _("Waiting for the weekly digest")
        CLAIMED = "claimed", _("Being prepared")
        SENDING = "sending", _("On the wire")
        SENT = "sent", _("Sent")
        DELIVERED = "delivered", _("Delivered")
        CANCELLED = "cancelled", _("Withdrawn")
        SUPERSEDED = "superseded", _("Replaced by a later one")
        EXPIRED = "expired", _("Too late to be of use")
        SUPPRESSED = "suppressed", _("Not wanted or not deliverable")
        FAILED = "failed", _("Refused by the mail server")
        PARKED = "parked", _("Set aside after repeated faults")

    FAULTY = (State.FAILED, State.PARKED)
    NOT_REACHED = (State.FAILED, State.PARKED, State.EXPIRED)

    key = models.CharField(max_length=200, unique=True)  # owed once, whoever asks how often
    kind = models.CharField(max_length=60)
    category = models.CharField(max_length=12, choices=Category)
    about = models.CharField(max_length=80, blank=True, db_index=True)  # a change withdraws by it
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="notifications",
    )
    address = models.EmailField(blank=True)  # where it went, or must go when there is no recipient
    context = models.JSONField(default=dict, blank=True)
    priority = models.PositiveSmallIntegerField(default=5)  # 1 goes first
    due_at = models.DateTimeField()
    useful_until = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    reason = models.CharField(max_length=200, blank=True)  # why it was not sent, in plain words
    attempts = models.PositiveSmallIntegerField(default=0)
    # Claims in a row that came to no outcome.
    faults = models.PositiveSmallIntegerField(default=0, db_default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    refused_since = models.DateTimeField(null=True, blank=True)  # by whoever, for the first time
    refused_at = models.DateTimeField(null=True, blank=True)  # by the mail server, the last time
    lease_until = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    is_void = models.BooleanField(default=False)  # withdrawn while on the wire: never send again
    seen_at = models.DateTimeField(null=True, blank=True)  # that it failed, by an organiser
    message_id = models.CharField(max_length=120, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    claimed_at: datetime  # by the database's clock; known to the worker that holds it
    found: Any = None  # the row that its kind looked up (notifications.kinds)
    # What organisers wrote for each occasion and language, looked up together with it.
    wordings: Mapping[tuple[str, str], Any] = MappingProxyType({})

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            models.CheckConstraint(
                condition=Q(recipient__isnull=False) | ~Q(address=""),
                name="owed_to_a_person_or_an_address",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["sent", "delivered"], sent_at__isnull=False)
                | Q(state="failed")  # it may have come back
                | (~Q(state__in=["sent", "delivered", "failed"]) & Q(sent_at__isnull=True)),
                name="sent_at_exactly_when_sent",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "held", "claimed", "sending"])
                | (Q(state__in=["failed", "parked", "expired"]) & ~Q(category="account"))
                | Q(context={}),
                name="finished_message_keeps_no_secrets",
            ),
        ]
        indexes = [
            models.Index(
                fields=["priority", "due_at"],
                name="notification_owed",
                condition=Q(state__in=["pending", "claimed", "sending"]),
            ),
            models.Index(fields=["-created_at"], name="notification_newest"),
            models.Index(
                fields=["-id"],
                name="notification_not_reached",
                condition=Q(state__in=["failed", "parked", "expired"]),
            ),
            models.Index(
                fields=["recipient", "due_at"], name="notification_held", condition=Q(state="held")
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Preference(models.Model):
    """How a person wants to hear of a category; at once, where they have not said."""

    class Pace(models.TextChoices):
        NOW = "now", _("At once")
        WEEKLY = "weekly", _("Once a week")
        OFF = "off", _("Not at all")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_preferences"
    )
    category = models.CharField(max_length=12, choices=Category)
    pace = models.CharField(max_length=6, choices=Pace, default=Pace.NOW, db_default=Pace.NOW)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "category"], name="one_preference_each"),
            models.CheckConstraint(
                condition=~Q(category__in=["account", "changes"]), name="necessary_stays_on"
            ),
            models.CheckConstraint(
                condition=~Q(pace="weekly") | Q(category__in=["surveys", "news"]),
                name="only_what_can_wait_comes_weekly",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.category}"


class Suppression(models.Model):
    """An address that must not be written to; only its hash is kept."""

    class Reason(models.TextChoices):
        BOUNCE = "bounce", _("The address does not exist")
        SOFT = "soft", _("Three messages in two weeks could not be delivered")
        COMPLAINT = "complaint", _("The reader reported our mail")
        ORGANISER = "organiser", _("Set by an organizer")

    address_hash = models.CharField(max_length=64, unique=True)  # SHA-256 of the lower-case address
    reason = models.CharField(max_length=10, choices=Reason)
    since = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)  # by an organiser

    def __str__(self) -> str:
        return self.get_reason_display()


class Relay(models.Model):
    """How the mail server takes what we send: one row, shared by all who send."""

    refusals = models.PositiveIntegerField(default=0)  # in a row
    reason = models.CharField(max_length=200, blank=True)  # the last one, in the server's words
    domain = models.CharField(max_length=254, blank=True)  # of the recipient, if it was for one
    stopped_at = models.DateTimeField(null=True, blank=True)  # nothing goes out since then
    probe_at = models.DateTimeField(null=True, blank=True)  # when one message is tried next
    probes = models.PositiveIntegerField(default=0)  # how many were refused
    accepted_at = models.DateTimeField(null=True, blank=True)  # what ended the last refusals

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_mail_server"),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True, probe_at__isnull=True)
                | Q(stopped_at__isnull=False, probe_at__isnull=False),
                name="stopped_mail_is_probed",
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class DeliveryEvent(models.Model):
    """What the mail provider said became of a message; one that is said twice counts once."""

    class Kind(models.TextChoices):
        DELIVERED = "delivered", _("Delivered")
        BOUNCED = "bounced", _("Came back")
        COMPLAINED = "complained", _("Reported by its reader")
        REFUSED = "refused", _("Refused by the provider")

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=200)  # the provider's own, or a hash of what it says
    kind = models.CharField(max_length=10, choices=Kind)
    notification = models.ForeignKey(
        Notification, on_delete=models.CASCADE, null=True, related_name="events"
    )
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "event_id"], name="provider_event_counts_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {self.kind}"


class WordingVersion(models.Model):
    """What organisers wrote for one occasion in one language; the last version is in use."""

    occasion = models.CharField(max_length=60)
    language = models.CharField(max_length=5)
    number = models.PositiveIntegerField()
    is_builtin = models.BooleanField(default=False)  # from here on the built-in text again
    subject = models.CharField(max_length=150, blank=True)
    text = models.TextField(blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["occasion", "language", "number"], name="one_wording_of_a_number"
            ),
            models.CheckConstraint(
                condition=Q(is_builtin=True, subject="", text="")
                | (Q(is_builtin=False) & ~Q(subject="") & ~Q(text="")),
                name="wording_is_built_in_or_written",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.occasion} {self.language} {self.number}"


class SoftBounce(models.Model):
    """A message that its address refused for longer than mail servers hold strangers off."""

    notification = models.OneToOneField(
        Notification, on_delete=models.CASCADE, related_name="soft_bounce"
    )
    address_hash = models.CharField(max_length=64, db_index=True)
    noted_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.notification)
