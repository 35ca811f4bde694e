"""A delegated key: how long it may last, when it may begin, when it is over."""

from datetime import UTC, datetime, timedelta

import pytest

from factories import NOON
from ordonum.model.delegation import KEPT_MONTHS, LASTS, Delegation, KeyUse, PublicKey, check_delegation
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.registration import REGISTRATION_MONTHS

HOURS, DAYS, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
KEY = PublicKey(x="x" * 43, y="y" * 43)


def _delegation(use: KeyUse, lasts: timedelta, starts: datetime = NOON) -> Delegation:
    begins = int(starts.timestamp())
    return Delegation(v=1, jwk=KEY, use=use, nbf=begins, exp=begins + int(lasts.total_seconds()))


def _cause(delegation: Delegation, now: datetime = NOON) -> str:
    with pytest.raises(Refused) as raised:
        check_delegation(delegation, now=now)
    assert raised.value.refusal is Refusal.BAD_DELEGATION
    return raised.value.detail


def test_lists_are_kept_a_month_longer_than_sheets_are_presented() -> None:
    assert KEPT_MONTHS == REGISTRATION_MONTHS + 1


def test_its_times_are_instants_in_utc() -> None:
    made = _delegation(KeyUse.ORDER, HOURS)
    assert (made.starts, made.ends) == (NOON, NOON + HOURS)
    assert made.starts.tzinfo is made.ends.tzinfo is UTC


@pytest.mark.parametrize(("use", "longest"), [(KeyUse.ORDER, 12 * HOURS), (KeyUse.QR, 31 * DAYS)])
def test_a_key_lasts_at_most_what_its_use_allows(use: KeyUse, longest: timedelta) -> None:
    assert LASTS[use] == longest
    check_delegation(_delegation(use, longest), now=NOON)
    check_delegation(_delegation(use, SECOND), now=NOON)
    for lasts in (longest + SECOND, timedelta(0), -HOURS):
        assert "dure plus" in _cause(_delegation(use, lasts))


def test_it_begins_now_within_five_minutes_of_skew_or_before() -> None:
    check_delegation(_delegation(KeyUse.ORDER, HOURS, NOON + timedelta(minutes=5)), now=NOON)
    assert "futur" in _cause(_delegation(KeyUse.ORDER, HOURS, NOON + timedelta(minutes=5, seconds=1)))


def test_one_that_is_over_is_refused_at_its_very_end() -> None:
    made = _delegation(KeyUse.ORDER, HOURS)
    check_delegation(made, now=NOON + HOURS - SECOND)
    assert "finie" in _cause(made, now=NOON + HOURS)
    assert "finie" in _cause(made, now=NOON + HOURS + SECOND)
