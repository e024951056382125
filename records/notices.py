"""The messages that a webinar's records owe."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy

from notifications.fanning import ToEach
from notifications.kinds import Dropped, Kind, Letter, register
from notifications.models import Category, Notification, NotificationQuerySet
from records.models import Certificate, Recording

KIND = "records/recording"
CERTIFICATE_USEFUL_FOR = timedelta(days=60)


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


def certified(certificate: Certificate, now: datetime) -> Notification:
    """Bring somebody the certificate of a webinar; owed once for each certificate."""
    return _of_certificate("certified", certificate, now)


def revoked(certificate: Certificate, now: datetime) -> Notification:
    """Tell somebody that a certificate is revoked, and why."""
    return _of_certificate("revoked", certificate, now)


def _of_certificate(word: str, certificate: Certificate, now: datetime) -> Notification:
    return Notification(
        key=f"certificate-{word}/{certificate.pk}",
        kind=f"records/{word}",
        category=Category.CHANGES,
        about=f"certificate/{certificate.pk}",
        recipient=certificate.person,
        context={"certificate": certificate.pk},
        due_at=now,
        useful_until=now + CERTIFICATE_USEFUL_FOR,
    )


def _write_certified(notification: Notification) -> Letter:
    certificate: Certificate | None = notification.found
    valid = Certificate.objects.valid().filter(pk=certificate.pk) if certificate else None
    if certificate is None or not valid:
        raise Dropped("the certificate is not valid any more")
    return _certificate_letter(certificate)


def _write_revoked(notification: Notification) -> Letter:
    certificate: Certificate | None = notification.found
    if certificate is None or certificate.revoked_at is None:
        raise Dropped("the certificate stands")
    return _certificate_letter(certificate)


def _certificate_letter(certificate: Certificate) -> Letter:
    url = settings.SITE_URL + certificate.get_absolute_url()
    return Letter({"certificate": certificate, "page_url": url}, can_wait=True, url=url)


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
    return Letter(context, can_wait=True, url=str(context["page_url"]))


_CERTIFICATES = Certificate.objects.select_related("webinar")
register(
    Kind(
        KIND,
        Category.MESSAGES,
        _write,
        "recording",
        Recording.objects.select_related("webinar"),
        gettext_lazy("The recording is out"),
    ),
    *(
        Kind(f"records/{word}", Category.CHANGES, write, "certificate", _CERTIFICATES, title)
        for word, write, title in (
            ("certified", _write_certified, gettext_lazy("Certificate of attendance")),
            ("revoked", _write_revoked, gettext_lazy("Certificate revoked")),
        )
    ),
)
