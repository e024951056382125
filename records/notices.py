"""The messages that a webinar's records owe."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy

from notifications.fanning import ToEach
from notifications.kinds import Dropped, Kind, Letter, register
from notifications.models import Category, Notification, NotificationQuerySet
from records.models import Recording

KIND = "records/recording"


def about(recording: Recording) -> str:
    """Return what withdrawing this recording withdraws its messages by."""
    return f"recording/{recording.pk}"


def told(recording: Recording) -> NotificationQuerySet:
    """Return what brought this news to somebody, or still may."""
    withdrawn = Notification.State.CANCELLED
    return Notification.objects.filter(about=about(recording)).exclude(state=withdrawn)


def recording_is_out(recording: Recording, now: datetime) -> ToEach:
    """Tell who had a place or came that the recording is there; once for each time it comes out."""
    return ToEach(
        kind=KIND,
        category=Category.MESSAGES,
        key=(f"recording-out/{recording.webinar_id}/", f"/{now.isoformat()}"),
        about=about(recording),
        recipient="pk",
        context={"recording": recording.pk},
        priority=6,
        due_at=now,
        useful_until=None,
    )


def _write(notification: Notification) -> Letter:
    recording: Recording | None = notification.found
    if recording is None:
        raise Dropped("the recording was removed")
    person = notification.recipient
    seen = Recording.objects.visible_to(person).published() if person else None
    if seen is None or not seen.filter(pk=recording.pk).exists():
        raise Dropped("the recording was withdrawn, or the person may not see it")
    context = {
        "webinar": recording.webinar,
        "has_chapters": bool(recording.chapters),
        "page_url": settings.SITE_URL + recording.get_absolute_url(),
    }
    return Letter(context, can_wait=True)


register(
    Kind(
        KIND,
        Category.MESSAGES,
        _write,
        "recording",
        Recording.objects.select_related("webinar"),
        gettext_lazy("The recording is out"),
    )
)
