"""What of a change is more than noise; the demonstration's own cases decide."""

import pytest

from surveys import noise


@pytest.mark.parametrize(
    ("then", "now", "counts"),
    [
        ((2, 10), (8, 15), True),  # triage by criteria
        ((2, 10), (9, 15), True),
        ((0, 10), (2, 15), False),
        ((5, 10), (5, 10), False),
        ((1, 5), (3, 6), False),
    ],
)
def test_a_share_moves_when_chance_seldom_would(
    then: tuple[int, int], now: tuple[int, int], counts: bool
) -> None:
    assert noise.exceeds(noise.share(*then), noise.share(*now)) is counts


def test_workers_trust_from_2_9_to_3_2_is_noise() -> None:
    then = noise.mean({"1": 0, "2": 3, "3": 5, "4": 2})
    now = noise.mean({"2": 3, "3": 8, "4": 2, "5": 2})

    assert then is not None
    assert now is not None
    assert (round(then.value, 1), round(now.value, 1)) == (2.9, 3.2)
    assert noise.exceeds(then, now) is False


def test_a_median_without_quartiles_says_nothing_of_noise() -> None:
    few = noise.median({"median": 142}, 5)
    many = noise.median({"low": 134, "median": 171, "high": 257}, 15)

    assert noise.exceeds(few, many) is None
    assert noise.exceeds(many, many) is False


def test_a_mean_leaves_out_what_is_no_step() -> None:
    found = noise.mean({"1": 2, "3": 2, "no_authority": 90})

    assert found is not None
    assert found.value == 2
    assert noise.mean({"no_authority": 90}) is None


def test_counts_follow_from_published_shares_up_to_twenty_agencies() -> None:
    for number in range(5, 20):
        for count in range(number + 1):
            published = 5 * round(100 * count / number / 5)
            assert noise.counts({"yes": published}, number) == {"yes": count}
