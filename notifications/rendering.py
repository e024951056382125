"""Turn what is owed into one e-mail: text, HTML and, where there is one, the calendar part."""

from dataclasses import dataclass
from email._policybase import Compat32
from email.generator import BytesGenerator
from email.mime.multipart import MIMEMultipart
from email.utils import formatdate
from io import BytesIO
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_supported_language_variant, to_locale
from django.utils.translation import gettext as _

from accounts.models import User
from notifications import placeholders, providers, unsubscribing
from notifications.kinds import Letter
from notifications.models import NECESSARY, Notification
from notifications.placeholders import Wording
from notifications.wordings import Occasion

# How a page may show a mail: it brings its own style; nothing else in it may do anything.
MAIL_ONLY = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "frame-ancestors": [SELF],
    "sandbox": [""],
}


def message_id(notification: Notification) -> str:
    """Return the Message-ID, the same for every attempt at the same message."""
    return f"<{uuid5(NAMESPACE_URL, notification.key)}@{settings.MESSAGE_ID_DOMAIN}>"


def language_of(person: User | None) -> str:
    """Return the language, one of those that the portal speaks, in which somebody is written to."""
    try:
        return get_supported_language_variant(person.language if person else settings.LANGUAGE_CODE)
    except LookupError:
        return settings.LANGUAGE_CODE


@dataclass(frozen=True)
class Envelope:
    """What of a message is its reader's alone, before it says anything."""

    address: str
    unsubscribe_url: str
    message_id: str
    outbox_id: str
    date: str


def envelope(notification: Notification) -> Envelope:
    """Return to whom it goes, and by which names it is known."""
    return Envelope(
        address=notification.address,
        unsubscribe_url=_unsubscribe_url(notification),
        message_id=message_id(notification),
        outbox_id=str(notification.pk),
        date=formatdate(),
    )


def render(notification: Notification, letter: Letter) -> EmailMultiAlternatives:
    """Return the e-mail, its times in the reader's zone and its links absolute."""
    return compose(notification, letter, envelope(notification))


def compose(
    notification: Notification, letter: Letter, envelope: Envelope
) -> EmailMultiAlternatives:
    """Return the e-mail in this envelope."""
    person = notification.recipient
    with timezone.override(person.zone if person else None):
        return _message(notification, letter, envelope)


class _AsItIs(Compat32):
    """Writes a header that fits on one line as it is: most do, and folding costs as much again."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        if isinstance(value, str) and value.isascii() and len(name) + len(value) < 76:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


_WIRE = _AsItIs(linesep="\r\n")


def content(message: EmailMultiAlternatives) -> bytes:
    """Return the e-mail as it goes over the wire."""
    tree = message.message()
    if isinstance(tree, MIMEMultipart):  # named here, nobody has to look through the parts for one
        tree.set_boundary(f"=-{uuid4().hex}")
    written = BytesIO()
    BytesGenerator(written, mangle_from_=False, policy=_WIRE).flatten(tree)
    return written.getvalue()


def _message(
    notification: Notification, letter: Letter, envelope: Envelope
) -> EmailMultiAlternatives:
    app, word = notification.kind.split("/")
    own = {"person": notification.recipient, "unsubscribe_url": envelope.unsubscribe_url}
    context = _common() | own | letter.context
    if letter.wording:
        texts = _worded(letter, letter.wording, context)
    else:
        texts = _built_in(f"{app}/mail/{word}", context)
    message = EmailMultiAlternatives(
        texts["subject.txt"],
        texts["txt"].strip() + "\n",
        settings.DEFAULT_FROM_EMAIL,
        [envelope.address],
        headers=_headers(envelope),
    )
    message.attach_alternative(texts["html"], "text/html")
    if letter.calendar:  # beside the texts: only there mail programs show its buttons
        kind = f"text/calendar; method={letter.calendar_method}"
        message.attach_alternative(letter.calendar.decode(), kind)
        # For programs that show no buttons: a file to open.
        message.attach("invite.ics", letter.calendar, "application/ics")
    return message


def sample(occasion: Occasion, wording: Wording) -> dict[str, str]:
    """Return the texts of a message with an example for every value."""
    letter = Letter(
        wording=wording,
        values={name: one.sample for name, one in occasion.known.items()},
        links=occasion.links,
        why=_("Here stands why the reader gets the message."),
    )
    return _worded(letter, wording, _common() | {"person": None, "unsubscribe_url": ""})


def _common() -> dict[str, Any]:
    return {
        "site_url": settings.SITE_URL,
        "site_name": settings.SITE_NAME,
        "support_email": settings.SUPPORT_EMAIL,
        "language": to_locale(get_language() or settings.LANGUAGE_CODE).replace("_", "-"),
    }


def _built_in(template: str, context: dict[str, Any]) -> dict[str, str]:
    """Return the three texts of our own; the HTML repeats the subject as its title."""
    subject = _one_line(render_to_string(f"{template}.subject.txt", context))
    return {
        "subject.txt": subject,
        "txt": render_to_string(f"{template}.txt", context),
        "html": render_to_string(f"{template}.html", context | {"subject": subject}),
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200]


def _worded(letter: Letter, wording: Wording, context: dict[str, Any]) -> dict[str, str]:
    """Return the three texts of what organisers wrote, in the frame that all mails have."""
    values = letter.values
    subject = _one_line(placeholders.fill(wording.subject, values))
    frame = context | {"subject": subject, "why": letter.why}
    plain = SafeString(placeholders.fill(wording.text, values))
    html = placeholders.fill_html(wording.text, values, letter.links)
    return {
        "subject.txt": subject,
        "txt": render_to_string("mail/worded.txt", frame | {"words": plain}),
        "html": render_to_string("mail/worded.html", frame | {"words": html}),
    }


def _headers(envelope: Envelope) -> dict[str, str]:
    headers = {
        "Message-ID": envelope.message_id,
        "Date": envelope.date,
        "X-Outbox-ID": envelope.outbox_id,
        "Auto-Submitted": "auto-generated",
    } | providers.headers(envelope.outbox_id)
    if envelope.unsubscribe_url:  # RFC 8058
        headers["List-Unsubscribe"] = f"<{envelope.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _unsubscribe_url(notification: Notification) -> str:
    if notification.recipient is None or notification.category in NECESSARY:
        return ""
    return unsubscribing.url(notification.recipient, notification.category)
