"""What an attacker can take from published figures; each guard has a control without it."""

import pytest

from surveys import disclosure
from surveys.disclosure import NAMED, Published
from surveys.findings import Unit


def agencies(said: str, *, sharing: str = "counted", first: int = 0) -> list[Unit]:
    """Return agencies that say a letter each."""
    return [Unit(first + n, first + n, v, frozenset(), sharing) for n, v in enumerate(said)]


def figure(units: list[Unit], name: str = "1/", *, is_shares: bool = True) -> Published:
    """Publish these agencies."""
    return Published(name, tuple(units), is_shares)


@pytest.mark.parametrize(
    ("said", "is_safe"),
    [("aabbc", True), ("aabb", False), ("aaaaa", False), ("aaaab", False), ("aaabb", True)],
)
def test_one_figure_needs_five_agencies_that_do_not_all_say_the_same(
    said: str, is_safe: bool
) -> None:
    assert disclosure.is_safe([figure(agencies(said))]) is is_safe


@pytest.mark.parametrize("is_shares", [True, False])
def test_a_total_less_the_cities_leaves_no_small_group(is_shares: bool) -> None:
    everybody = agencies("112233112233")  # as numbers or as choices
    total = figure(everybody, is_shares=is_shares)

    found = [
        disclosure.is_safe([total, figure(everybody[:n], "1/level:city", is_shares=is_shares)])
        for n in (6, 7, 8, 11, 12)
    ]

    assert found == [True, True, False, False, True]


def test_two_groups_that_leave_a_small_third_are_not_published_together() -> None:
    everybody = agencies("aabb" * 4)
    shown = [figure(everybody), figure(everybody[:7], "1/level:city")]

    assert disclosure.is_safe(shown) is True
    assert disclosure.is_safe([*shown, figure(everybody[7:13], "1/level:state")]) is False


def test_names_are_subtracted() -> None:
    named = agencies("aabbcc", sharing="members")
    rest = agencies("ab", first=50)

    assert disclosure.is_safe([figure(named)]) is True
    assert disclosure.is_safe([figure(named + rest)]) is False
    assert disclosure.is_safe([figure(named + agencies("ababc", first=50))]) is True


def test_two_releases_are_subtracted() -> None:
    before = agencies("aabbccaabb")
    one_more = [*before, *agencies("c", first=50)]
    five_more = [*before, *agencies("ccaab", first=50)]

    found = [
        disclosure.is_safe([figure(before, "1/"), figure(after, "2/")])
        for after in (one_more, five_more)
    ]

    assert found == [False, True]


def test_a_class_in_which_all_say_the_same_is_derived_from_exact_shares() -> None:
    """Five of twenty say the same; total and the other fifteen tell it by subtraction."""
    same, rest = agencies("aaaaa"), agencies("bbbbbbbbcccccccc"[:15], first=50)
    shown = [figure(same + rest), figure(rest, "1/level:city")]

    [(found, value), *_more] = disclosure.derived(shown, NAMED["public"])

    assert (found, value) == ({unit.response for unit in same}, "a")


def test_what_could_be_otherwise_is_not_derived() -> None:
    mixed, rest = agencies("aabbc"), agencies("aabbbbbcccccccc", first=50)
    shown = [figure(mixed + rest), figure(rest, "1/level:city")]

    assert [*disclosure.derived(shown, NAMED["public"])] == []


def numbers(*values: float, sharing: str = "counted", first: int = 0) -> list[Unit]:
    """Return agencies that give a number each."""
    return [Unit(first + n, first + n, v, frozenset(), sharing) for n, v in enumerate(values)]


@pytest.mark.parametrize(
    ("named", "is_safe"),
    [
        ((70, 80, 85, 90), False),  # the median is 50: four of the five not named are at most that
        ((10, 15, 18, 19), False),  # likewise, from above
        ((5, 15, 80, 90), True),
    ],
)
def test_names_do_not_leave_all_others_on_one_side_of_a_median(
    named: tuple[float, ...], is_safe: bool
) -> None:
    secret = numbers(20, 30, 40, 50, 60)
    shown = figure([*secret, *numbers(*named, sharing="members", first=50)], is_shares=False)

    assert disclosure.is_safe([shown]) is is_safe


def test_names_do_not_leave_all_others_between_the_quartiles() -> None:
    secret = numbers(40, 42, 44, 46, 48)
    around = numbers(1, 2, 3, 91, 92, 93, sharing="public", first=50)
    mixed = numbers(1, 41, 43, 45, 93, 94, sharing="public", first=50)

    found = [
        disclosure.is_safe([figure([*secret, *named], is_shares=False)])
        for named in (around, mixed)
    ]

    assert found == [False, True]


def test_numbers_of_agencies_of_which_none_is_named_stand_on_both_sides() -> None:
    for number in range(5, 40):
        assert disclosure.is_safe([figure(numbers(*range(number)), is_shares=False)]) is True


def test_thousands_of_agencies_are_tried_like_a_few() -> None:
    everybody = agencies("aabbc" * 4000)
    cities = [*everybody[:9000], *agencies("ab" * 10, first=50_000)]

    found = [
        disclosure.is_safe([figure(everybody), figure(some, "1/level:city")])
        for some in (everybody[:-4], everybody[:-500], cities)
    ]

    assert found == [False, True, True]
