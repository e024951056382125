"""What a move of a session, or a new join link, would touch: counted before it is saved."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from events.effects import Effects, Time, holidays, others
from sessions import notices
from sessions.models import PracticeSession
from sessions.scheduling import Plan, is_move


def of(session: PracticeSession, details: Plan, reader: User) -> Effects:
    """Count whom a change tells; a new join link alone concerns those who have it."""
    asked = session.invitations.standing()
    if not is_move(session, details):
        hearing = asked.with_link().count()
        return Effects(hearing, hearing, 0, 0, [], [])
    reminded = notices.subject(session).messages.filter(kind="sessions/reminder")
    if session.starts_at:
        reminded = reminded.filter(key__endswith=session.starts_at.isoformat())
    sent, owed = reminded.sent_and_owed()
    time = Time.of(details)
    return Effects(
        messages=asked.count(),
        calendars=asked.expected().count(),
        reminders_sent=sent,
        reminders_owed=owed,
        others=others(time, session, reader),
        holidays=holidays(time),
    )


def consequences(effects: Effects, *, is_move: bool) -> str:
    """Say what a change sends to whom."""
    if not effects.messages:
        return _("Nobody is told.")
    if not is_move:
        return _(
            "Everybody who comes, and who facilitates the community, gets the new join link by "
            "e-mail, and in the calendar entry."
        )
    return _(
        "The new time goes by e-mail to everybody who is asked; calendars that hold the session "
        "move it, and the answers stand until people change them. Reminders that have not gone "
        "out are withdrawn, and go out anew before the new time."
    )


def told(number: int) -> str:
    """Say how many people hear of a change."""
    words = ngettext(
        "%(n)s person who is asked is told by e-mail.",
        "%(n)s people who are asked are told by e-mail.",
        number,
    )
    return words % {"n": number} if number else _("Nobody is told.")
