"""What the first page shows of the survey: the question on which agencies differ most."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Avg, Count, Exists, F, IntegerField, OuterRef, Subquery
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast

from accounts.models import User
from library.models import Topic
from surveys import findings, topical
from surveys.comparing import NO_POWER
from surveys.models import Figure, Question, Release, Wave

MANY = Question.Type.MULTIPLE_CHOICE  # whose bars say the most at a glance
FEW = 3  # bars, below which there is little to compare
_CHOSEN = KeyTransform(findings.CHOSEN, KeyTransform("shares", "shown"))


@dataclass(frozen=True)
class Comparison:
    """The question on which agencies differ most, with the topic where there is more."""

    topic: Topic
    found: topical.Found
    practice: topical.Practice


def comparison(user: User | AnonymousUser) -> Comparison | None:
    """Return what the first page shows of the survey; a real one goes before a demonstration.

    Two queries beside those of the topic.
    """
    best = _most_told(user)
    topic = best and Topic.objects.filter(pk=best).first()
    found = topic and topical.of(topic, user)
    if not topic or not found:
        return None
    many = [one for one in found.practices if one.question.type == MANY]
    rich = [one for one in many if len(one.shares) >= FEW]
    practice = max(rich, key=lambda one: one.division, default=None)
    return Comparison(topic, found, practice) if practice else None


def _most_told(user: User | AnonymousUser) -> int | None:
    """Return the topic with the question of many choices on which agencies differ most.

    Of the newest survey with published totals alone: what earlier ones found adds nothing to it.
    """
    published = Wave.objects.with_findings_for(user).filter(
        Exists(Release.objects.filter(wave=OuterRef("pk")))
    )
    wave = published.order_by("is_demo", "-closes_at", "-pk").values("pk")[:1]
    release = Release.objects.filter(wave=Subquery(wave)).order_by("-number").values("pk")[:1]
    topics, share = "question__section__topics", Cast(_CHOSEN, IntegerField())
    shown = Figure.objects.shown().filter(group="", question__type=MANY, release=Subquery(release))
    told = shown.exclude(**{topics: None}).exclude(part=NO_POWER).annotate(share=share)
    each = told.filter(share__gt=0).values(topics, "question")
    best = each.annotate(division=Avg(F("share") * (100 - F("share"))), number=Count("pk"))
    first = best.filter(number__gte=FEW).order_by("-division", topics, "question").first()
    return first[topics] if first else None
