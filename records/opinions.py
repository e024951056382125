"""What answers come to: counted for everybody, in people's words for organisers alone."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count

from accounts.models import User
from library.models import Topic
from records.models import PulseAnswer
from webinars.models import Webinar

SHOWN = 500


@dataclass(frozen=True)
class Counted:
    """How many answered, and how many of them said what."""

    total: int
    useful: int
    will_change: int


@dataclass(frozen=True)
class Share:
    """One choice of a question, and how many chose it."""

    label: str
    number: int


@dataclass(frozen=True)
class Results:
    """All that organisers read of one webinar's answers; nobody's name is among it."""

    total: int
    useful: list[Share]
    will_change: list[Share]
    wishes: list[str]


def of_topic(topic: Topic, user: User | AnonymousUser) -> Counted | None:
    """Count what people said after the topic's webinars, in whole batches; None below one.

    Who may not see a webinar sees nothing of what was said of it; invented answers do not count.
    """
    webinars = Webinar.objects.visible_to(user).announced().filter(topics=topic, is_demo=False)
    rows = PulseAnswer.objects.filter(webinar__in=webinars.values("pk"))
    rows = rows.of_those_there().in_batches()
    said = list(rows.values_list("useful", "will_change"))
    if not said:
        return None
    yes_useful = sum(useful != PulseAnswer.Useful.NO for useful, _change in said)
    yes_change = sum(change == PulseAnswer.Change.YES for _useful, change in said)
    return Counted(len(said), yes_useful, yes_change)


def of_webinar(webinar: Webinar) -> Results:
    """Return every answer about a webinar, for organisers; the words in no one's order."""
    rows = webinar.pulse.of_those_there()
    wishes = rows.exclude(wish="").order_by("wish", "pk").values_list("wish", flat=True)
    return Results(
        rows.count(),
        _shares(rows, "useful", PulseAnswer.Useful.choices),
        _shares(rows, "will_change", PulseAnswer.Change.choices),
        list(wishes[:SHOWN]),
    )


def _shares(rows: Any, field: str, choices: Any) -> list[Share]:
    counted = rows.order_by().values_list(field).annotate(number=Count("pk"))
    numbers = dict(counted)
    return [Share(str(label), numbers.get(value, 0)) for value, label in choices]
