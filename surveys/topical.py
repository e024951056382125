"""How agencies do what a topic is about: published totals, and who says so by name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Func,
    JSONField,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Concat, JSONObject
from django.db.models.lookups import Exact
from django.urls import reverse

from accounts.models import User
from library.models import Topic
from surveys import findings, totals
from surveys.comparing import NO_POWER
from surveys.models import (
    Answer,
    Choice,
    Figure,
    MutualSection,
    Question,
    Release,
    Response,
    Section,
    Wave,
    WaveQuerySet,
    Withdrawal,
)

SHOWN = 12  # questions of one topic; the comparison has them all
NAMED = 3  # agencies beside one answer
CHOSEN = {
    Question.Type.SINGLE_CHOICE,
    Question.Type.MULTIPLE_CHOICE,
    Question.Type.YES_NO_IN_PROGRESS,
}
Own = Mapping[int, Any]  # what the reader's agency says, by question


@dataclass(frozen=True)
class Known:
    """An agency by name, and the page with all its answers that the reader may read."""

    name: str
    url: str


@dataclass(frozen=True)
class Named:
    """Agencies that let the reader know by name that they say this."""

    number: int
    agencies: list[Known]  # a few of them
    url: str  # all of them, in the comparison

    @property
    def others(self) -> int:
        """How many are not among those few."""
        return self.number - len(self.agencies)


@dataclass(frozen=True)
class Withdrawn:
    """Since when something is withdrawn, and why."""

    at: datetime
    reason: str


@dataclass(frozen=True)
class Said:
    """One answer that agencies give."""

    label: str
    share: int | None  # percent, as published; None: not published
    is_hidden: bool  # published, but it would tell what single agencies said
    is_withdrawn: bool  # hidden, since it was withdrawn
    named: Named | None
    lacks_power: bool  # no gap: the law gives these agencies no such power
    is_mine: bool


@dataclass(frozen=True)
class Practice:
    """One question of the topic: what agencies say, or the number in the middle."""

    question: Question
    said: list[Said]
    number: int | None  # agencies behind a median
    middle: Mapping[str, str]  # median, and low and high where there are enough agencies
    is_hidden: bool  # published, but nothing of it can be shown
    withdrawals: list[Withdrawn]  # of figures that stood here

    @property
    def shares(self) -> list[Said]:
        """Return the answers whose share is published and can be drawn."""
        return [line for line in self.said if line.share is not None and not line.lacks_power]

    @property
    def division(self) -> float:
        """How far agencies differ, from 0 (all say the same) to 2500 (half say yes)."""
        shares = [line.share or 0 for line in self.shares]
        return sum(share * (100 - share) for share in shares) / len(shares) if shares else 0


@dataclass(frozen=True)
class Published:
    """Which totals these are."""

    number: int
    at: datetime
    withdrawal: Withdrawn | None = None  # of the whole release


@dataclass(frozen=True)
class Found:
    """What a survey says of a topic to one reader."""

    title: str
    is_demo: bool
    release: Published | None
    practices: list[Practice]
    sections: list[tuple[str, str]]  # title and address in the comparison
    owes: bool  # whether the reader's agency must give before more names appear

    @property
    def has_shares(self) -> bool:
        """Whether there is a bar to draw."""
        return any(one.shares for one in self.practices)

    @property
    def has_own(self) -> bool:
        """Whether an answer of the reader's agency is marked."""
        return any(line.is_mine for one in self.practices for line in one.said)

    @property
    def has_hidden(self) -> bool:
        """Whether some total is not shown."""
        lines = (line for one in self.practices for line in one.said)
        return any(one.is_hidden for one in self.practices) or any(
            line.is_hidden and not line.is_withdrawn for line in lines
        )


def of(topic: Topic, user: User | AnonymousUser) -> Found | None:
    """Return what this reader may know from the newest survey about the topic.

    A survey with published totals goes before one without, a real one before a demonstration.
    One query, since the page is public; two more for who is signed in.
    """
    questions = list(_questions(topic, user))
    if not questions:
        return None
    wave = questions[0].wave
    own = _own(questions, user)
    found = [_practice(question, wave, own) for question in questions]
    sections = dict.fromkeys(question.section for question in questions)
    release = wave["release"]
    return Found(
        title=wave["title"],
        is_demo=wave["is_demo"],
        release=release and _release(release),
        practices=sorted(
            (one for one in found if one.said or one.middle or one.is_hidden),
            key=lambda one: not one.said,  # what agencies do goes before how much of it
        ),
        sections=[(one.title, _url(wave, section=one.key)) for one in sections],
        owes=_owes(wave, sections, user),
    )


def _release(told: Mapping[str, Any]) -> Published:
    withdrawal = _withdrawn(told["withdrawn"]) if told["withdrawn"] else None
    return Published(told["number"], datetime.fromisoformat(told["at"]), withdrawal)


def _withdrawn(told: Mapping[str, str]) -> Withdrawn:
    return Withdrawn(datetime.fromisoformat(told["at"]), told["reason"])


def _questions(topic: Topic, user: User | AnonymousUser) -> QuerySet[Any]:
    """Return the questions, each with its wave, choices, figures and names as lists."""
    wave = _wave(topic, user)
    asked = Question.objects.filter(
        section__topics=topic,
        type__in=CHOSEN | findings.NUMBERS,
        survey=Subquery(wave.values("survey")[:1]),
    )
    told = asked.annotate(
        wave=Subquery(_told(wave)),
        options=ArraySubquery(_options()),
        figures=ArraySubquery(_figures(wave)),
        names=ArraySubquery(_names(wave, user)),
    ).select_related("section")
    return told.order_by("section__position", "position", "pk")[:SHOWN]


def _wave(topic: Topic, user: User | AnonymousUser) -> WaveQuerySet:
    about = Wave.objects.with_findings_for(user).filter(survey__sections__topics=topic)
    is_released = Exists(Release.objects.filter(wave=OuterRef("pk")))
    ordered = about.annotate(is_released=is_released)
    return ordered.order_by("is_demo", "-is_released", "-closes_at", "-pk")


def _told(wave: WaveQuerySet) -> QuerySet[Any, Any]:
    newest = Release.objects.filter(wave=OuterRef("pk")).order_by("-number")
    whole = Withdrawal.objects.filter(release=OuterRef("pk"), scope=Withdrawal.Scope.RELEASE)
    why = whole.values(said=JSONObject(at="withdrawn_at", reason="reason"))
    told = JSONObject(number="number", at="published_at", withdrawn=Subquery(why))
    release = newest.values(said=told)[:1]
    fields = {name: name for name in ("pk", "slug", "title", "is_demo")}
    return wave.values(said=JSONObject(**fields, release=Subquery(release)))[:1]


def _options() -> QuerySet[Any, Any]:
    options = Choice.objects.filter(question=OuterRef("pk"), axis=Choice.Axis.OPTION)
    return options.order_by("position", "pk").values(said=JSONObject(value="value", label="label"))


def _figures(wave: WaveQuerySet) -> QuerySet[Any, Any]:
    newest = Release.objects.filter(wave=Subquery(wave.values("pk")[:1])).order_by("-number")
    figures = Figure.objects.filter(
        question=OuterRef("pk"), group="", release=Subquery(newest.values("pk")[:1])
    )
    why = JSONObject(at="withdrawal__withdrawn_at", reason="withdrawal__reason")
    withdrawn = Case(When(withdrawal=None, then=None), default=why, output_field=JSONField())
    told = JSONObject(part="part", number="number", shown="shown", withdrawn=withdrawn)
    return figures.values(said=told)


def _names(wave: WaveQuerySet, user: User | AnonymousUser) -> QuerySet[Any, Any]:
    """Return how many agencies say what by name, and a few of their names."""
    answers = Answer.objects.visible_to(user).filter(
        response__wave=Subquery(wave.values("pk")[:1]),
        response__state=Response.State.SUBMITTED,
        applies=True,
        question=OuterRef("pk"),
        value__isnull=False,
    )
    counted = answers.annotate(value_said=_each()).values("value_said")
    told = JSONObject(value="value_said", number=Count("pk"), agencies=_few())
    return counted.annotate(said=told).values("said")


def _each() -> Func:
    """Say each choice of an answer, or its one value, in a row of its own."""
    kind = Func(F("value"), function="jsonb_typeof", output_field=TextField())
    alone = Func(F("value"), function="jsonb_build_array", output_field=JSONField())
    listed = Case(When(Exact(kind, Value("array")), then=F("value")), default=alone)
    each: Func[Any] = Func(listed, function="jsonb_array_elements_text", output_field=TextField())
    each.set_returning = True
    return each


def _few() -> Func:
    name = Concat("response__agency__name", Value(", "), "response__agency__state")
    agency = JSONObject(name=name, slug="response__agency__slug")
    return Func(
        ArrayAgg(agency, order_by=name),
        template=f"(%(expressions)s)[1:{NAMED}]",
        output_field=ArrayField(JSONField()),
    )


def _own(questions: Iterable[Any], user: User | AnonymousUser) -> Own:
    """Return what the reader's agency says, so that it can be marked."""
    if not user.is_authenticated:
        return {}
    asked = {question.pk: question.wave["pk"] for question in questions}
    mine = Response.objects.answered_by(user).filter(wave__in=asked.values())
    answers = Answer.objects.visible_to(user).filter(response__in=mine, question__in=asked)
    return dict(answers.values_list("question", "value"))


def _owes(wave: Mapping[str, Any], sections: Iterable[Section], user: User | AnonymousUser) -> bool:
    unmet = MutualSection.objects.unmet_by(user)
    return user.is_authenticated and unmet.filter(wave=wave["pk"], section__in=sections).exists()


def _practice(question: Any, wave: Mapping[str, Any], own: Own) -> Practice:
    is_withdrawn = bool(wave["release"] and wave["release"]["withdrawn"])
    figures = {figure["part"]: figure for figure in question.figures if not is_withdrawn}
    shown = any(figure["shown"] for figure in figures.values())
    numbers = figures.get("", {"shown": None}) if question.type in findings.NUMBERS else None
    return Practice(
        question=question,
        said=_said(question, wave, figures, own.get(question.pk)),
        number=numbers["number"] if numbers and numbers["shown"] else None,
        middle=_middle(question, numbers["shown"]) if numbers and numbers["shown"] else {},
        is_hidden=bool(figures) and not shown,
        withdrawals=_withdrawals(figures.values()),
    )


def _withdrawals(figures: Iterable[Mapping[str, Any]]) -> list[Withdrawn]:
    """Return when and why some of these were withdrawn, each once."""
    found = [_withdrawn(figure["withdrawn"]) for figure in figures if figure["withdrawn"]]
    return list(dict.fromkeys(found))


def _said(
    question: Any, wave: Mapping[str, Any], figures: Mapping[str, Any], mine: Any
) -> list[Said]:
    """Return the answers that somebody is known to give, the most frequent first."""
    if question.type not in CHOSEN:
        return []
    named = {one["value"]: one for one in question.names}
    found = []
    for option in question.options:
        value = option["value"]
        figure = figures.get(_part(question, value))
        share, known = _share(question, value, figure), named.get(value)
        if not share and not known:
            continue
        url = _url(wave, section=question.section.key, says=f"{question.key}:{value}")
        who = _named(known, wave, url) if known else None
        is_mine = mine == value or (isinstance(mine, list) and value in mine)
        is_hidden = bool(figures) and share is None
        lacks = value == NO_POWER
        is_gone = bool(figure and figure["withdrawn"])
        found.append(Said(option["label"], share, is_hidden, is_gone, who, lacks, is_mine))
    return sorted(found, key=lambda one: (one.lacks_power, -(one.share or 0)))


def _named(known: Mapping[str, Any], wave: Mapping[str, Any], url: str) -> Named:
    few = [
        Known(one["name"], reverse("surveys:findings-agency", args=[wave["slug"], one["slug"]]))
        for one in known["agencies"]
    ]
    return Named(known["number"], few, url)


def _part(question: Any, value: str) -> str:
    return value if question.type == Question.Type.MULTIPLE_CHOICE else ""


def _share(question: Any, value: str, figure: Mapping[str, Any] | None) -> int | None:
    if not figure or not figure["shown"]:
        return None
    said = findings.CHOSEN if question.type == Question.Type.MULTIPLE_CHOICE else value
    share: int = figure["shown"]["shares"].get(said, 0)
    return share


def _middle(question: Question, shown: Mapping[str, float]) -> dict[str, str]:
    return {name: totals.said(question, value) for name, value in shown.items()}


def _url(wave: Mapping[str, Any], **query: str) -> str:
    return reverse("surveys:findings", args=[wave["slug"]], query=query)
