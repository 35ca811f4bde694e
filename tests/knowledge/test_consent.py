"""The patient's word on the prescriber's reading: which regime on which day, and the words of each."""

from datetime import date, timedelta

import pytest

from ordonum.knowledge.consent import IN_FORCE, REGIMES, regime
from ordonum.model.consent import Consent
from ordonum.model.lines import Family
from ordonum.texts import consent as words


@pytest.mark.parametrize(
    ("written_on", "expected"),
    [
        (IN_FORCE - timedelta(days=1), Consent.AGREEMENT),
        (IN_FORCE, Consent.OPPOSITION),
        (IN_FORCE + timedelta(days=1), Consent.OPPOSITION),
        (date(2020, 1, 1), Consent.AGREEMENT),
        (date(2200, 12, 31), Consent.OPPOSITION),
    ],
)
def test_the_day_of_writing_decides(written_on: date, expected: Consent) -> None:
    assert regime(written_on).consent is expected


def test_the_regimes_follow_one_another_without_a_gap() -> None:
    assert [each.until for each in REGIMES[:-1]] == [each.since for each in REGIMES[1:]]
    assert (REGIMES[0].since, REGIMES[-1].until) == (None, None)


def test_what_was_refused_or_opposed_is_said_in_the_words_of_its_day() -> None:
    said = {
        (consent, opposed): words.printed(consent, Family.HEALTH_PRODUCTS, opposed=opposed)
        for consent in Consent
        for opposed in (False, True)
    }
    assert "Accord refusé" in said[Consent.AGREEMENT, True]
    assert "Opposition" in said[Consent.OPPOSITION, True]
    assert "auprès de votre caisse" in said[Consent.OPPOSITION, False]
    assert len(set(said.values())) == 4
    assert "ce qui sera fait" in words.printed(Consent.OPPOSITION, Family.NURSING, opposed=True)
    assert "à tout moment" in words.question(Consent.OPPOSITION, Family.NURSING)
    assert words.question(Consent.AGREEMENT, Family.NURSING).startswith("Le patient accepte-t-il")
