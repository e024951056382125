"""Withdraw what was published: a figure, a question or a whole release, at once and for good.

The numbers go, so that no page, file or later release can show them. Which answers they counted
stays: readers have seen them, and the audit of later releases goes on taking them for known.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts import visitors
from accounts.models import User
from surveys import comparing, counting, snapshots, tables, totals
from surveys.models import Figure, FigureQuerySet, Question, Release, Wave, Withdrawal

PANELS = (counting.PANEL, counting.PANEL_BEFORE)


class NothingToWithdraw(Exception):
    """Nothing of it is shown to anybody any more."""


@dataclass(frozen=True)
class Target:
    """What is to be withdrawn: a whole release, or a question of it, or one figure."""

    release: Release
    question: Question | None = None
    part: str = ""
    group: str | None = None  # None: the question in all groups

    @property
    def scope(self) -> Withdrawal.Scope:
        """What kind of thing it is."""
        if self.question is None:
            return Withdrawal.Scope.RELEASE
        one = self.group is not None
        return Withdrawal.Scope.FIGURE if one else Withdrawal.Scope.QUESTION


def figures(target: Target) -> FigureQuerySet:
    """Return the shown figures that go with it, wherever the same answers stand.

    The same figure goes from every release of the wave, as do those of questions that are asked
    only after an answer to this one: how many were asked tells the answer. Of one figure all go
    that count the same answers; with a question or a release, the later wave's figures of the
    agencies in both. Those come in twos: then and now.
    """
    direct = Figure.objects.shown().filter(_direct(target) | Q(pk__in=_alike(target)))
    twin = direct.filter(
        release=OuterRef("release"), question__key=OuterRef("question__key"), part=OuterRef("part")
    ).filter(group__in=PANELS)
    paired = Q(Exists(twin), group__in=PANELS)
    return Figure.objects.shown().filter(Q(pk__in=direct.values("pk")) | paired)


def followers(question: Question) -> list[Question]:
    """Return the questions that are asked only after certain answers to it, directly or not."""
    known, found = {question.key}, []
    for one in comparing.questions_of(question.survey):
        conditions = (one.show_if or {"all": []})["all"]
        if known & {condition["question"] for condition in conditions}:
            known.add(one.key)
            found.append(one)
    return found


def listed(wave: Wave) -> QuerySet[Release]:
    """Return the releases, newest first; with the numbers of figures that readers see or not."""
    is_gone = Q(figures__withdrawal__isnull=False)
    shown = Count("figures", filter=Q(figures__number__isnull=False))
    hidden = Count("figures", filter=Q(figures__number__isnull=True) & ~is_gone)
    counted = {"shown": shown, "hidden": hidden, "withdrawn": Count("figures", filter=is_gone)}
    releases = wave.releases.select_related("published_by").annotate(**counted)
    return releases.order_by("-number")


def history(wave: Wave) -> QuerySet[Withdrawal]:
    """Return what was withdrawn of a wave, the newest first."""
    rows = Withdrawal.objects.filter(release__wave=wave)
    rows = rows.select_related("release", "question", "withdrawn_by")
    return rows.order_by("-withdrawn_at", "-pk")


def told(withdrawals: Iterable[Withdrawal]) -> list[tuple[Withdrawal, str]]:
    """Return each withdrawal with which figure it was about, if it was about one."""
    return [
        (one, totals.place(one.question, one.part, one.group) if one.question else "")
        for one in withdrawals
    ]


def is_withdrawn(target: Target) -> bool:
    """Whether nothing of it is shown any more; of a release, whether it was withdrawn whole."""
    if target.scope == Withdrawal.Scope.RELEASE:
        return not Release.objects.standing().filter(pk=target.release.pk).exists()
    return not figures(target).exists()


@transaction.atomic
def withdraw(
    *, target: Target, reason: str, internal_reason: str, by: User, now: datetime
) -> Withdrawal:
    """Take the figures from readers at once and for good; pages and files say when and why.

    It makes no new release possible: that still needs agencies that changed something. Raises
    NothingToWithdraw if nothing of the target is shown any more.
    """
    _hold(target.release.wave)
    if is_withdrawn(target):
        raise NothingToWithdraw
    gone = [*figures(target).values_list("pk", flat=True)]
    withdrawal = Withdrawal.objects.create(
        release=target.release,
        scope=target.scope,
        question=target.question,
        part=target.part,
        group=target.group or "",
        reason=reason,
        internal_reason=internal_reason,
        withdrawn_by=by,
        withdrawn_at=now,
    )
    Figure.objects.filter(pk__in=gone).update(withdrawal=withdrawal, number=None, shown=None)
    visitors.forget_pages()
    waves = {
        target.release.wave_id,
        *Figure.objects.filter(pk__in=gone).values_list("release__wave", flat=True),
    }
    transaction.on_commit(partial(tables.recall, waves), robust=True)
    return withdrawal


def _direct(target: Target) -> Q:
    wave, question = target.release.wave, target.question
    before = Q(release__earlier=wave, group=counting.PANEL_BEFORE)
    if question is None:
        return Q(release=target.release) | before
    asked = [question, *followers(question)]
    if target.group is None:
        own = Q(release__wave=wave) & ~Q(group=counting.PANEL_BEFORE)
        return Q(question__in=asked) & (own | before)
    same = Q(question=question, part=target.part) | Q(question__in=asked[1:])
    return same & Q(release__wave=wave, group=target.group)


def _alike(target: Target) -> list[int]:
    """Return the figures that count the very answers of one figure, as other groups may do."""
    if target.scope != Withdrawal.Scope.FIGURE:
        return []
    same = Figure.objects.shown().filter(question=target.question, part=target.part)
    counted: dict[int, set[int]] = {}
    rows = Figure.counted.through.objects.filter(figure__in=same)
    for figure, revision in rows.values_list("figure", "answerrevision"):
        counted.setdefault(figure, set()).add(revision)
    own = same.filter(release=target.release, group=target.group or "").first()
    wanted = counted.get(own.pk) if own else None
    return [figure for figure, revisions in counted.items() if revisions == wanted]


def _hold(wave: Wave) -> None:
    """Lock the wave's row, as who publishes does: nothing is published beside."""
    snapshots.hold(Wave.objects.filter(pk=wave.pk))
