"""The messages about webinars whose texts organisers may write, and what they begin from."""

from django.utils.translation import gettext_lazy as _

from notifications.placeholders import Placeholder, Wording
from notifications.wordings import Occasion, register
from webinars.placeholders import KNOWN, OPINION, REASON, REMINDERS, WAS

_FACTS = """**{{ webinar.title }}**

{{ when }}
"""
_GIVE_UP = """Plans changed? [Give up your seat]({{ place_link }}), so that somebody else can come.
"""
_RECEIPT = f"""# You are registered

{_FACTS}
Your seat is held, and the calendar entry is attached to this message.
{{{{ reminders }}}}

[Join the webinar]({{{{ join_link }}}})

Please do not forward the join link: colleagues can register themselves.
Access: {{{{ access }}}}

{_GIVE_UP}"""
_WAITING = f"""# You are on the waitlist

{_FACTS}
All seats are taken. {{{{ your_place }}}}

A freed seat goes to the first in line; we write to you when it is yours.

No longer interested? [Leave the waitlist]({{{{ place_link }}}}).
"""
_SEAT = f"""# A seat is yours

{_FACTS}
A seat became free and you were first in line. The calendar entry is attached to this message.

[Join the webinar]({{{{ join_link }}}})

{_GIVE_UP}"""
_MOVED = f"""# The webinar has a new time

{_FACTS}
It was {{{{ was }}}}.
The reason: {{{{ reason }}}}

You keep your place. {{{{ your_place }}}}

[Open the webinar's page]({{{{ page_link }}}})

Plans changed? [Give up your place]({{{{ place_link }}}}), so that somebody else can come.
"""
_CANCELLED = f"""# This webinar is canceled

{_FACTS}
It will not take place, and there is nothing for you to do.
The reason: {{{{ reason }}}}
"""
_REMINDER = f"""# {{{{ webinar.title }}}}, {{{{ starts }}}}

{{{{ when }}}}

You have a seat.
Access: {{{{ access }}}}

[Open the webinar's page]({{{{ page_link }}}})

{_GIVE_UP}"""
_REMINDER_TO_JOIN = _REMINDER.replace(
    "[Open the webinar's page]({{ page_link }})", "[Join the webinar]({{ join_link }})"
)

_THANKS = """# After the webinar

Dear {{ person.name }},

**{{ webinar.title }}** is over.

Materials, and the recording once it is out, stand on its page.

[Say what you thought: three questions]({{ opinion_link }})

[Open the webinar's page]({{ page_link }})
"""


def _with(*more: Placeholder) -> dict[str, Placeholder]:
    return KNOWN | {one.name: one for one in more}


_LINK = frozenset({"join_link"})
_PLACE = frozenset({"place_link"})
register(
    Occasion(
        "webinar-receipt",
        _("Confirmation of a seat"),
        _with(REMINDERS),
        frozenset({"join_link", "place_link"}),
        Wording("You are registered: {{ webinar.title }}", _RECEIPT),
    ),
    Occasion(
        "webinar-waiting",
        _("Confirmation of a place in line"),
        KNOWN,
        _PLACE,
        Wording("You are on the waitlist: {{ webinar.title }}", _WAITING),
    ),
    Occasion(
        "webinar-seat",
        _("A seat for who waited"),
        KNOWN,
        frozenset({"join_link", "place_link"}),
        Wording("A seat is yours: {{ webinar.title }}", _SEAT),
    ),
    Occasion(
        "webinar-moved",
        _("New time"),
        _with(REASON, WAS),
        frozenset({"when", "place_link"}),
        Wording("New time: {{ webinar.title }}", _MOVED),
    ),
    Occasion(
        "webinar-cancelled",
        _("Webinar canceled"),
        _with(REASON),
        frozenset({"webinar.title"}),
        Wording("Canceled: {{ webinar.title }}", _CANCELLED),
    ),
    Occasion(
        "webinar-reminder-week",
        _("Reminder days before"),
        KNOWN,
        frozenset({"when"}),
        Wording("{{ webinar.title }}, {{ starts }}", _REMINDER),
    ),
    Occasion(
        "webinar-reminder-day",
        _("Reminder the day before"),
        KNOWN,
        _LINK,
        Wording("{{ webinar.title }}, {{ starts }}", _REMINDER_TO_JOIN),
    ),
    Occasion(
        "webinar-reminder-hour",
        _("Reminder shortly before"),
        KNOWN,
        _LINK,
        Wording("{{ webinar.title }}, {{ starts }}", _REMINDER_TO_JOIN),
    ),
    Occasion(
        "webinar-thanks",
        _("Thanks afterwards"),
        _with(OPINION),
        frozenset({"page_link"}),
        Wording("After the webinar: {{ webinar.title }}", _THANKS),
        _(
            "It also goes to people of whom nobody knows yet whether they came: while attendance "
            "is not counted, everybody who held a seat gets it. Do not thank for coming."
        ),
    ),
)
