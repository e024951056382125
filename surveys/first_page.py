"""What the first page shows of the survey: the question on which agencies differ most."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Avg, Count, F, IntegerField
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast

from accounts.models import User
from library.models import Topic
from surveys import findings, topical
from surveys.models import Figure, Question, Wave

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
    """Return the topic with the question of many choices on which agencies differ most."""
    topics, share = "question__section__topics", Cast(_CHOSEN, IntegerField())
    shown = Figure.objects.shown().filter(
        group="",
        question__type=MANY,
        release__wave__in=Wave.objects.with_findings_for(user).values("pk"),
    )
    told = shown.exclude(**{topics: None}).annotate(share=share).filter(share__gt=0)
    each = told.values(topics, "question", "release__wave__is_demo").annotate(
        division=Avg(F("share") * (100 - F("share"))), number=Count("pk")
    )
    best = each.filter(number__gte=FEW).order_by(
        "release__wave__is_demo", "-division", topics, "question"
    )
    first = best.first()
    return first[topics] if first else None
