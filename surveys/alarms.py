"""What published figures still tell of single agencies, in plain words, and what to withdraw."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from jobs.kinds import Progress, silent
from surveys import counting, entries, findings, releasing, snapshots, totals, wording
from surveys.disclosure import Fault
from surveys.models import Audit, Figure, FigureQuerySet, Question, Release, Wave
from surveys.releasing import Leak

_TOLD = {
    Fault.FEW: ngettext_lazy(
        "Only %(n)d agency stands behind the figure.",
        "Only %(n)d agencies stand behind the figure.",
        "n",
    ),
    Fault.KNOWN: ngettext_lazy(
        "All agencies but %(n)d are known by name: its answer follows by subtraction.",
        "All agencies but %(n)d are known by name: their answers follow by subtraction.",
        "n",
    ),
    Fault.ALIKE: gettext_lazy(
        "All agencies that are not named, or all but one, gave the same answer: the figure tells "
        "what each of them said."
    ),
    Fault.ONE_SIDE: gettext_lazy(
        "All agencies that are not named, or all but one, are on one side of the published number."
    ),
    Fault.DIFFERENCE: ngettext_lazy(
        "The difference of these figures is %(n)d agency: its answer follows.",
        "The difference of these figures is %(n)d agencies: their answers follow.",
        "n",
    ),
    Fault.DERIVED: ngettext_lazy(
        "%(n)d agency must have answered “%(answer)s”.",
        "%(n)d agencies must have answered “%(answer)s”.",
        "n",
    ),
    Fault.ASKED: ngettext_lazy(
        "Whether %(n)d agency was asked a question that depends on this one can be told.",
        "Whether %(n)d agencies were asked a question that depends on this one can be told.",
        "n",
    ),
}
_AUDIENCES = {
    "public": gettext_lazy("Everybody can work this out."),
    "members": gettext_lazy("Staff of other agencies can work this out."),
}


@dataclass(frozen=True)
class Told:
    """One thing that can be learned, by whom, and from which figures that are still shown."""

    fault: Fault
    number: int  # of agencies
    answer: str
    who: str  # "public" or "members"
    figures: list[Figure]

    @property
    def text(self) -> str:
        """What can be learned."""
        return str(_TOLD[self.fault] % {"n": self.number, "answer": self.answer})

    @property
    def audience(self) -> str:
        """By whom."""
        return str(_AUDIENCES[self.who])

    @property
    def places(self) -> list[str]:
        """Of what the figures are, and where they stand."""
        return [where(figure) for figure in self.figures]


@dataclass(frozen=True)
class Alarm:
    """All that can be learned from the figures of one practice while they are shown."""

    question: Question
    part: str  # what the choice or row is called, if there are any
    told: list[Told]
    release: Release  # with which the question, or all of it, can be withdrawn

    @property
    def figures(self) -> list[tuple[Figure, str]]:
        """The figures to withdraw, each once, with of what they are and where they stand."""
        every = {figure.pk: figure for one in self.told for figure in one.figures}
        return [(figure, where(figure)) for figure in every.values()]


def where(figure: Figure) -> str:
    """Say of what a figure is, and in which release of which day it stands."""
    release = figure.release
    words = {
        "what": totals.place(figure.question, figure.part, figure.group),
        "number": release.number,
        "wave": release.wave.title,
        "day": wording.day(release.wave, release.published_at),
    }
    if figure.group == counting.PANEL_BEFORE:  # it stands with the wave after
        return _("%(what)s: release %(number)d of %(wave)s, %(day)s") % words
    return _("%(what)s: release %(number)d of %(day)s") % words


@snapshots.of_one_moment
def find(wave: Wave, progress: Progress = silent) -> list[Alarm]:
    """Try to derive single agencies from what was published of the wave; worded for organisers.

    What was withdrawn counts as known, but raises no alarm: nothing more can be done about it.
    """
    leaks = [*releasing.audit(wave, progress=progress)]
    shown = _shown(leaks)
    told: dict[tuple[Question, str], dict[tuple[str, tuple[int, ...]], Told]] = defaultdict(dict)
    for leak in sorted(leaks, key=lambda one: one.audience):  # members, then public
        places = [(place.wave, place.release, place.group) for place in leak.places]
        known = [shown.get((leak.question.pk, leak.part, *place)) for place in places]
        figures = [figure for figure in known if figure]
        if figures:
            one = Told(leak.fault, leak.number, _answer(leak), leak.audience, figures)
            told[leak.question, leak.part][one.text, tuple(f.pk for f in figures)] = one
    newest = _newest(wave)
    return [
        Alarm(question, totals.part_label(question, part), list(found.values()), newest)
        for (question, part), found in told.items()
        if newest
    ]


def record(*, wave: Wave, now: datetime, progress: Progress = silent) -> list[Alarm]:
    """Keep which shown figures raise an alarm, and why, for the organisers' pages; return them."""
    found = find(wave, progress)
    _keep(wave, found, now)
    return found


@transaction.atomic
def _keep(wave: Wave, found: list[Alarm], now: datetime) -> None:
    alarming = [figure.pk for alarm in found for figure, _place in alarm.figures]
    _about(wave).filter(pk__in=alarming, alarm_since=None).update(alarm_since=now)
    _about(wave).exclude(pk__in=alarming).exclude(alarm_since=None).update(alarm_since=None)
    Audit.objects.update_or_create(
        wave=wave, defaults={"made_at": now, "found": [_kept(alarm) for alarm in found]}
    )


def recorded(audit: Audit) -> list[Alarm]:
    """Return what the audit found, as far as the figures that tell it are still shown."""
    told = [one for alarm in audit.found for one in alarm["told"]]
    wanted = {pk for one in told for pk in one["figures"]}
    shown = Figure.objects.shown().select_related("release__wave", "question").in_bulk(wanted)
    newest = _newest(audit.wave)
    alarms = []
    for alarm in audit.found:
        kept = [_told(one, shown) for one in alarm["told"]]
        if newest and (found := [one for one in kept if one.figures]):
            alarms.append(Alarm(found[0].figures[0].question, alarm["part"], found, newest))
    return alarms


def _kept(alarm: Alarm) -> dict[str, Any]:
    """Return an alarm as its audit keeps it; _told() reads it."""
    told = [vars(one) | {"figures": [figure.pk for figure in one.figures]} for one in alarm.told]
    return {"part": alarm.part, "told": told}


def _told(kept: dict[str, Any], shown: Mapping[int, Figure]) -> Told:
    figures = [shown[pk] for pk in kept["figures"] if pk in shown]
    return Told(**kept | {"fault": Fault(kept["fault"]), "figures": figures})


def _newest(wave: Wave) -> Release | None:
    return wave.releases.select_related("wave").order_by("-number").first()


def _about(wave: Wave) -> FigureQuerySet:
    """Return the figures made of the wave's answers; a later wave's release holds some, too."""
    is_before = Q(group=counting.PANEL_BEFORE)
    own = Q(release__wave=wave) & ~is_before
    return Figure.objects.filter(own | Q(is_before, release__earlier=wave))


def _shown(leaks: Iterable[Leak]) -> dict[tuple[int, str, str, int, str], Figure]:
    """Return the figures still shown that these leaks may be about, by where they stand."""
    figures = Figure.objects.shown().filter(
        question__in={leak.question.pk for leak in leaks},
        release__wave__slug__in={place.wave for leak in leaks for place in leak.places},
    )
    found = {}
    for one in figures.select_related("release__wave", "question"):
        place = one.release.wave.slug, one.release.number, one.group
        found[one.question_id, one.part, *place] = one
    return found


def _answer(leak: Leak) -> str:
    if leak.question.type == Question.Type.MULTIPLE_CHOICE:
        return _("chosen") if leak.value == findings.CHOSEN else _("not chosen")
    options = {one.value: one.label for one in entries.options(leak.question)}
    return options.get(leak.value, leak.value)
