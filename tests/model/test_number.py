"""The prescription number: what it guarantees, and what a person's hand does to it."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordonum.model.identifiers import Malformed
from ordonum.model.number import ALPHABET, LENGTH, LOOK_ALIKE, EpuId, WrongCheckSymbol

numbers = st.randoms(use_true_random=False).map(lambda chance: EpuId.draw(chance.choice))


@given(numbers)
def test_a_number_that_was_drawn_is_valid_and_of_our_version(number: EpuId) -> None:
    assert len(number) == LENGTH
    assert set(number) <= set(ALPHABET)
    assert EpuId(number) == number


@given(numbers, st.integers(1, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_mistyped_symbol_is_always_noticed(number: EpuId, place: int, symbol: str) -> None:
    typed = number[:place] + symbol + number[place + 1 :]
    if typed != number:
        with pytest.raises(WrongCheckSymbol):
            EpuId(typed)


def test_nearly_all_exchanges_of_neighbours_are_noticed() -> None:
    """The hybrid systems of ISO 7064 notice every single error, and all exchanges of neighbours but a few."""
    chance = random.Random(7064)
    tried = noticed = 0
    for _ in range(3000):
        number, place = EpuId.draw(chance.choice), chance.randrange(1, LENGTH - 1)
        typed = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        if typed != number:
            tried += 1
            try:
                EpuId(typed)
            except WrongCheckSymbol:
                noticed += 1
    assert noticed / tried > 0.98


@given(numbers, st.integers(1, LENGTH - 1))
def test_a_look_alike_is_proposed_when_the_check_symbol_is_wrong(number: EpuId, place: int) -> None:
    if number[place] not in LOOK_ALIKE:
        return
    typed = number[:place] + LOOK_ALIKE[number[place]] + number[place + 1 :]
    with pytest.raises(WrongCheckSymbol) as raised:
        EpuId(typed)
    assert number in raised.value.meant
    assert (raised.value.reason, str(raised.value)) == ("wrong-check-symbol", "wrong-check-symbol")


@given(numbers)
def test_blanks_hyphens_and_lower_case_are_forgiven(number: EpuId) -> None:
    assert EpuId.read(f"  {number.grouped.lower().replace(' ', '-', 1)}\n") == number


def test_the_national_form_is_read_and_kept_as_it_is() -> None:
    assert EpuId.read("01S2 TBPZ 2JCN ZZYG HZ".replace(" HZ", "HZ")) == "01S2TBPZ2JCNZZYGHZ"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "wrong-length"),
        ("N", "wrong-length"),
        ("N" * 19, "wrong-length"),
        ("N" + "O" * 17, "symbol-not-in-alphabet"),
        ("N" + "é" * 17, "symbol-not-in-alphabet"),
        ("B" * 18, "unknown-number-version"),
        ("٣" * 18, "symbol-not-in-alphabet"),
    ],
)
def test_what_is_not_a_number_is_named(typed: str, reason: str) -> None:
    with pytest.raises(Malformed) as raised:
        EpuId.read(typed)
    assert raised.value.reason == reason


def test_a_number_never_shows_in_a_representation() -> None:
    number = EpuId.draw(random.Random(1).choice)
    assert number not in repr(number)
