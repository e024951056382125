"""Who is due a reminder now."""

from datetime import datetime, timedelta

from notifications import outbox
from surveys import notices
from surveys.models import Invitation, WaveInvitationQuerySet

GAP = timedelta(days=3)  # at least, between any two of our messages about one response
UNOPENED_AFTER = timedelta(days=7)  # without anybody having looked
# From when on each is owed, and until when it is of use: both before the wave closes. Each ends
# a gap before the next begins.
LEADS = {
    "week": (timedelta(days=7), timedelta(days=1) + GAP),
    "day": (timedelta(days=1), timedelta(0)),
}


def queue_due(*, now: datetime) -> None:
    """Owe every reminder whose moment has come; running twice owes nothing twice.

    Three at most: one when nobody has looked for a week, one from a week before closing, one from
    a day before. Who was invited just before such a moment knows already, and who has submitted
    is left alone.
    """
    unopened_until = LEADS["week"][0] + GAP
    unopened = Invitation.objects.unopened(now, UNOPENED_AFTER, unopened_until)
    _owe(unopened, notices.UNOPENED, unopened_until, now)
    for lead, (before, until) in LEADS.items():
        _owe(Invitation.objects.to_remind(now, before, until, GAP), lead, until, now)


def _owe(due: WaveInvitationQuerySet, lead: str, until: timedelta, now: datetime) -> None:
    outbox.queue(
        notices.reminder(i.response, i.person, lead, now, i.response.wave.closes_at - until)
        for i in due.select_related("response__wave", "person").iterator(chunk_size=500)
    )
