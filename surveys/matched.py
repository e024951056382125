"""Figures of the agencies that answered in two waves: what they say, and what they said before."""

from dataclasses import dataclass

from surveys import basis, counting, findings, matching
from surveys.attacks import Guard
from surveys.basis import Basis
from surveys.counting import PANEL, PANEL_BEFORE, Said
from surveys.disclosure import SMALLEST, Published
from surveys.families import Family, Practice
from surveys.findings import Unit
from surveys.models import Figure, Question, Release, Response, SharingLevel

Pair = tuple[Published, Published]
Made = list[tuple[Question, str, Published | None]]  # with the group


@dataclass
class Side:
    """What agencies said of some questions in one of the two waves."""

    those: Family
    said: Said
    guard: Guard


class Panel:
    """The agencies that answered in the wave before as well: a figure for each of the two.

    A follow-up has none: that an agency was asked it both times would tell of two waves at once.
    """

    def __init__(self, release: Release, last: Release | None) -> None:
        assert release.earlier is not None  # noqa: S101 who calls has seen to it
        self.release, self.then = release, release.earlier
        self.last = last if last and last.earlier_id == release.earlier_id else None
        self.agency = matching.in_both(release.wave, self.then)
        every = Response.objects.filter(wave__in=[release.wave, self.then])
        self.agencies = dict(every.values_list("pk", "agency"))  # also who was in both, but is not
        self.families = counting.linked(self.then)
        keys = [one.key for one in counting.questions_of(self.then)]
        now, then = release.wave.survey, self.then.survey
        self.same = matching.comparable(keys, now, then)

    def read(self, now: Side) -> None:
        """Load what was answered to the same questions, and published of them, the wave before."""
        wanted = self.same & now.those.by_key.keys()
        found = [one for f in self.families if wanted & {q.key for q in f} for one in f]
        those = counting.family(self.then, found, "next")
        said = counting.units(self.then, those)
        guard = Guard(those, counting.published(self.then, those))
        self.now, self.before = now, Side(those, said, guard)
        self._bases = [self._basis(side) for side in (self.now, self.before)]
        asked = [pk for one in self._bases for pk in one]
        waves = (self.release.wave, self.then)
        self._earlier = [basis.Earlier(wave, asked) for wave in waves]
        figures = Figure.objects.filter(
            release=self.last, question__in=asked, group__in=[PANEL, PANEL_BEFORE]
        )
        self._old = {
            (f.question_id, f.part, f.group): f for f in figures.select_related("as_of", "release")
        }

    def _basis(self, side: Side) -> Basis:
        found = basis.of(side.those, side.said)
        return {
            question: {r: revision for r, revision in said.items() if r in self.agency}
            for question, said in found.items()
        }

    @property
    def basis(self) -> Basis:
        """What the agencies said the wave before."""
        return self._bases[1]

    def is_asked(self, practice: Practice) -> bool:
        """Whether the practice has figures of agencies in both waves, shown or hidden."""
        return practice[0] in self.same and practice in self.before.said

    def kept(self, practice: Practice) -> list[Figure]:
        """Return the last release's two figures if too few agencies have changed anything since."""
        key, part = practice
        pks = [side.those.by_key[key].pk for side in (self.now, self.before)]
        places = zip(pks, (PANEL, PANEL_BEFORE), strict=True)
        old = [one for pk, group in places if (one := self._old.get((pk, part, group)))]
        if len(old) < len(pks):
            return []
        then = [one.behind(old[0]) for one in self._earlier]  # both are made and kept together
        changed = basis.differing(self._both(pks, self._bases), self._both(pks, then))
        return old if len(changed) < SMALLEST else []

    def _both(self, pks: list[int], bases: list[Basis]) -> dict[int, list[int]]:
        """Return the agencies that count in both waves, each with its two answers."""
        now, before = (
            {self.agencies[one]: revision for one, revision in said.get(pk, {}).items()}
            for pk, said in zip(pks, bases, strict=True)
        )
        return {one: [now[one], before[one]] for one in now.keys() & before.keys()}

    def figures(self, practice: Practice) -> Made:
        """Return the figures of both waves, or both hidden where one is not safe."""
        key, _part = practice
        sides = (self.now, self.before)
        asked = [side.those.by_key[key] for side in sides]
        found: tuple[Published | None, Published | None] = (None, None)
        is_follow_up = any(side.those.before[key] for side in sides)
        for only_named in () if is_follow_up else (False, True):
            pair = self._matched(practice, only_named=only_named)
            if all(s.guard.is_safe(practice, f) for s, f in zip(sides, pair, strict=True)):
                for side, figure in zip(sides, pair, strict=True):
                    side.guard.add(practice, figure)
                found = pair
                break
        return [*zip(asked, (PANEL, PANEL_BEFORE), found, strict=True)]

    def _matched(self, practice: Practice, *, only_named: bool) -> Pair:
        """Keep the agencies that say something of the practice both times."""
        sides = [
            {
                self.agency[unit.response]: unit
                for unit in side.said[practice]
                if unit.response in self.agency
                and not (only_named and unit.sharing == SharingLevel.COUNTED)
            }
            for side in (self.now, self.before)
        ]
        both = sorted(sides[0].keys() & sides[1].keys())
        is_shares = self.now.those.by_key[practice[0]].type in findings.SHARED_OUT
        return (
            self._named(PANEL, [sides[0][one] for one in both], is_shares),
            self._named(PANEL_BEFORE, [sides[1][one] for one in both], is_shares),
        )

    def _named(self, group: str, units: list[Unit], is_shares: bool) -> Published:
        name = f"{self.release.wave.slug} {self.release.number}/{group}"
        return Published(name, tuple(units), is_shares)
