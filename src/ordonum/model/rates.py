"""When somebody registers unusually much: a stolen card, or a software gone mad. Pure; the figures are ours, not the law's."""

from collections.abc import Sequence

DAYS = 29  # the last twenty-four hours, after four weeks to compare them with
FLOOR, TIMES = 60, 3


def unusual(by_day: Sequence[int]) -> bool:
    """Whether the last 24 hours hold unusually many: more than 60, and more than three times the busiest day of the four
    weeks before. `by_day` counts spans of 24 hours, the last of them the DAYS-th.
    """
    if len(by_day) < DAYS or by_day[DAYS - 1] <= FLOOR:
        return False
    return by_day[DAYS - 1] > TIMES * max(by_day[: DAYS - 1])
