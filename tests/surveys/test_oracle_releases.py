"""Two waves and two releases of one, published by the portal, attacked together by brute force.

The attacker knows who handed in and who changed an answer, and has kept what was withdrawn since.
`ORACLE_WAVES=3000 pytest …` tries as many at random; a few that show much are tried each time.
"""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from agencies.models import Agency
from surveys import counting, releasing, withdrawing
from surveys.models import Answer, AnswerRevision, Figure, Question, Response, Wave
from surveys.withdrawing import Target
from tests.factories import (
    make_agency,
    make_question,
    make_response,
    make_survey,
    make_user,
    make_wave,
)
from tests.surveys import oracle
from tests.surveys.oracle import ORDER, Asked
from tests.surveys.test_guard import FOLLOWED

MOST = 10  # agencies
SHOWING_MUCH = (9, 942, 1047)
MUCH = {(f"{at}.p", group) for at in "12" for group in ("", "level:city")}
MUCH |= {("0.p", "panel 1"), ("1.p", "panel 1"), ("1.c", "")}
SEEDS = range(int(os.environ["ORACLE_WAVES"])) if "ORACLE_WAVES" in os.environ else SHOWING_MUCH
THEN, FIRST, SECOND = MOMENTS = ("0", "1", "2")  # the wave before, and two releases of the wave
KEYS = ("p", "c")
ANSWERS = [("yes", "a"), ("yes", "b"), ("no", None)]
Said = tuple[tuple[str | None, ...], tuple[str, ...]]  # what is answered to p and c, and its levels
SILENT: Said = ((None, None), ("organisers", "organisers"))


def asked() -> list[Asked]:
    """Return both questions at each of the three moments."""
    found = []
    for at in MOMENTS:
        again = [f"{FIRST}.{key}" if at == SECOND else "" for key in KEYS]
        p = Asked(f"{at}.p", "one", ("yes", "no"), again=again[0])
        yes = ("is", ("yes",))
        found += [p, Asked(f"{at}.c", "one", ("a", "b"), after=p.key, when=yes, again=again[1])]
    return found


class Scene:
    """Agencies, and what each says at the three moments; None: it has not handed in."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 no secret
        self.levels = self.random.choice([["counted"], ["counted", "counted", "members", "public"]])
        number = self.random.randint(7, MOST)
        cities = self.random.choice([number - 5, 5, number])
        self.cities = set(range(cities))
        self.is_withdrawn = self.random.random() < 0.3
        is_asked_twice = self.random.random() < 0.5
        self.said = [self._history(is_asked_twice) for _ in range(number)]

    def _history(self, is_asked_twice: bool) -> dict[str, Said | None]:
        first = self._answers(0.9)
        then = self._answers(0.9) if is_asked_twice else None
        return {THEN: then, FIRST: first, SECOND: self._later(first)}

    def _answers(self, share: float) -> Said | None:
        record = self.random.choice(ANSWERS)
        p, c = self.random.choice(self.levels), self.random.choice(self.levels)
        levels = (p, min(p, c, key=ORDER.__getitem__))
        return (record, levels) if self.random.random() < share else None

    def _later(self, said: Said | None) -> Said | None:
        """Return the same or something else, at the same levels or kept, or nothing any more."""
        how = self.random.random()
        if said is None:
            return self._answers(0.6)
        record, levels = said
        if how < 0.24 and levels[0] == "counted":
            return None if how < 0.12 else (record, SILENT[1])
        return (self.random.choice(ANSWERS), levels) if how < 0.9 else said

    def agencies(self) -> list[oracle.Agency]:
        """Return the agencies as the oracle has them."""
        return [self._agency(at, said) for at, said in enumerate(self.said)]

    def _agency(self, at: int, said: dict[str, Said | None]) -> oracle.Agency:
        each = {moment: one or SILENT for moment, one in said.items()}
        places = [(m, at, f"{m}.{key}") for m in MOMENTS for at, key in enumerate(KEYS)]
        pairs = zip(KEYS, *each[FIRST], *each[SECOND], strict=True)
        groups = {"", "level:city" if at in self.cities else "level:state"}
        for moment in (FIRST, SECOND):
            both = {each[THEN][1][0], each[moment][1][0]}
            groups |= set() if "organisers" in both else {f"panel {moment}"}
            groups |= {f"panel {moment}, named"} if both <= {"members", "public"} else set()
        return oracle.Agency(
            record=tuple(each[moment][0][at] for moment, at, _key in places),
            levels={key: each[moment][1][at] for moment, at, key in places},
            groups=frozenset(groups),
            absent=frozenset(key for moment, _at, key in places if said[moment] is None),
            changed=frozenset(f"{SECOND}.{p[0]}" for p in pairs if p[1:3] != p[3:]),
        )


def hand_in(wave: Wave, scene: Scene, moment: str, at: datetime) -> None:
    """Let agencies have said this, over what they had handed in before."""
    responses = [*wave.responses.order_by("pk")]
    said = [one[moment] for one in scene.said]
    handed_in = [r.pk for r, one in zip(responses, said, strict=False) if one]
    wave.responses.filter(pk__in=handed_in).update(state="submitted", submitted_at=at)
    wave.responses.exclude(pk__in=handed_in).update(state="draft", submitted_at=None)
    for place, (response, one) in enumerate(zip(responses, said, strict=False)):
        if one and not (moment == SECOND and one == scene.said[place][FIRST]):
            for question, value, level in zip(questions(wave), *one, strict=True):
                save(response, question, value, {"sharing": level, "changed_at": at})


def save(response: Response, question: Question, value: str | None, how: dict[str, Any]) -> None:
    """Save one answer as the next revision; None: the question applies no more."""
    answers = Answer.objects.filter(response=response, question=question)
    if value is None:
        answers.update(applies=False)
        return
    how = how | {
        "value": value,
        "revision": answers.values_list("revision", flat=True).first() or 0,
    }
    how["revision"] += 1
    if not answers.update(applies=True, **how):
        answers.create(response=response, question=question, **how)
    AnswerRevision.objects.create(response=response, question=question, operation=uuid4(), **how)


def questions(wave: Wave) -> list[Question]:
    return [*wave.survey.questions.order_by("position")]


def published(scene: Scene, waves: dict[str, Wave], now: datetime) -> Iterator[oracle.Figure]:
    """Publish at each moment what agencies say then, and yield all that readers have seen."""
    for moment, wave in waves.items():
        if not any(said[moment] for said in scene.said):
            continue
        now += timedelta(days=1)
        hand_in(wave, scene, moment, now - timedelta(hours=1))
        try:
            release = releasing.publish(wave=wave, by=None, now=now)
        except releasing.TooSoon:
            continue
        for shown in release.figures.shown().filter(as_of=None).select_related("question"):
            yield figure(shown, moment, scene.agencies())
        if moment == FIRST and scene.is_withdrawn and release.figures.shown().exists():
            why: dict[str, Any] = {
                "reason": "A mistake.",
                "internal_reason": "",
                "by": make_user(),
                "now": now,
            }
            withdrawing.withdraw(target=Target(release), **why)


def figure(shown: Figure, moment: str, agencies: list[oracle.Agency]) -> oracle.Figure:
    """Return a figure as the oracle has it."""
    key = f"{THEN if shown.group == counting.PANEL_BEFORE else moment}.{shown.question.key}"
    group = f"panel {moment}" if shown.group.startswith("panel") else shown.group
    [place] = [at for at, one in enumerate(asked()) if one.key == key]
    said = [one for one in agencies if group in one.groups and one.record[place] is not None]
    number, told = shown.number or 0, (shown.shown or {})["shares"]
    is_named = number < sum(one.levels[key] != "organisers" for one in said)
    if is_named and group.startswith("panel"):
        group, is_named = f"{group}, named", False
    shares = {value: told.get(value) for value in asked()[place].options}
    return oracle.Figure(key, "", group, number, shares, is_named)


@pytest.fixture
def waves(now: datetime) -> dict[str, Wave]:
    """Two waves of one questionnaire in which the same agencies are asked, by moment."""
    survey = make_survey()
    for given in FOLLOWED:
        make_question(survey, **{"default_sharing": "counted"} | given)
    long_ago = {"opens_at": now - timedelta(days=400), "closes_at": now - timedelta(days=300)}
    then = make_wave(survey, fielded_at=now, **long_ago)
    wave = make_wave(survey, fielded_at=now)
    for _ in range(MOST):
        agency = make_agency()
        make_response(then, agency)
        make_response(wave, agency)
    return {THEN: then, FIRST: wave, SECOND: wave}


def seen(scene: Scene, waves: dict[str, Wave], now: datetime) -> list[oracle.Figure]:
    """Return what readers see of it; nothing of it is kept."""
    agencies = [*Agency.objects.order_by("pk").values_list("pk", flat=True)]
    with transaction.atomic():
        Agency.objects.update(level="state")
        cities = [agencies[at] for at in scene.cities]
        Agency.objects.filter(pk__in=cities).update(level="city")
        figures = [*published(scene, waves, now)]
        transaction.set_rollback(True)
    return figures


def attacked(scene: Scene, figures: list[oracle.Figure]) -> list[str]:
    """Return what a visitor, a member and two agencies find out."""
    wave = oracle.Wave(asked(), scene.agencies(), figures)
    insiders = scene.random.sample(range(len(scene.said)), 2)
    found = [wave.known(audience, None) for audience in ("public", "members")]
    found += [wave.known("members", at) for at in insiders]
    return [one for some in found for one in some]


def test_nothing_follows_from_several_releases(waves: dict[str, Wave], now: datetime) -> None:
    found, places = {}, set()
    for seed in SEEDS:
        scene = Scene(seed)
        figures = seen(scene, waves, now)
        places |= {(one.key, one.group) for one in figures}
        found[seed] = attacked(scene, figures)

    assert {seed: told for seed, told in found.items() if told} == {}
    assert places >= MUCH
