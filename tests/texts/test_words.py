"""Amounts in words: every number to 9,999 against a second computation, and what must not be touched."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from factories import a_medicine
from ordonum.model.care import Correction, NursingLine, OpticalEquipment, OpticsLine
from ordonum.model.lines import Frequency, Period, Quantity, Unit
from ordonum.model.products import Ingredient, PreparationLine, Substance
from ordonum.texts import lines, words

# Twenty words, written by hand, from which the others are counted back: no code is shared with what is tested.
_VALUES = {
    "zéro": 0, "un": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9,
    "dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16, "vingt": 20,
    "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60,
}  # fmt: skip


def _counted(said: str) -> int:
    """The value of a number in French words, by adding and multiplying them from left to right."""
    total = current = 0
    for word in re.split(r"[ -]", said):
        one = word.removesuffix("s") if word in ("vingts", "cents") else word
        if one == "mille":
            total, current = total + max(current, 1) * 1000, 0
        elif one == "cent":
            current = max(current, 1) * 100
        elif one == "vingt" and current % 100 == 4:
            current += 76
        elif one != "et":
            current += _VALUES[one]
    return total + current


def test_every_number_to_9999_is_counted_back_and_no_two_are_said_alike() -> None:
    said = [words.cardinal(value) for value in range(10_000)]
    assert [_counted(each) for each in said] == list(range(10_000))
    assert len(set(said)) == 10_000


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (21, "vingt et un"), (31, "trente et un"), (61, "soixante et un"), (70, "soixante-dix"),
        (71, "soixante et onze"), (72, "soixante-douze"), (77, "soixante-dix-sept"), (80, "quatre-vingts"),
        (81, "quatre-vingt-un"), (91, "quatre-vingt-onze"), (97, "quatre-vingt-dix-sept"), (100, "cent"),
        (101, "cent un"), (180, "cent quatre-vingts"), (200, "deux cents"), (201, "deux cent un"), (1000, "mille"),
        (1980, "mille neuf cent quatre-vingts"), (2200, "deux mille deux cents"), (80_000, "quatre-vingt mille"),
        (200_000, "deux cent mille"), (999_999, "neuf cent quatre-vingt-dix-neuf mille neuf cent quatre-vingt-dix-neuf"),
    ],
)  # fmt: skip
def test_spelling_follows_the_traditional_rules(value: int, said: str) -> None:
    assert words.cardinal(value) == said


def test_a_number_out_of_range_is_refused() -> None:
    for value in (-1, words.MAX + 1):
        with pytest.raises(ValueError, match="range"):
            words.cardinal(value)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("1 gélule matin et soir", "une gélule matin et soir"),
        ("1 comprimé", "un comprimé"),
        ("21 gélules", "vingt et une gélules"),
        ("81 doses", "quatre-vingt-une doses"),
        ("1 à 2 gélules", "une à deux gélules"),
        ("1 seule prise", "une seule prise"),
        ("1 doseur", "un doseur"),
        ("10mg", "dix milligrammes"),
        ("10 MG", "dix milligrammes"),
        ("1 mg", "un milligramme"),
        ("0,5 mg", "zéro virgule cinq milligramme"),
        ("1,5 mg", "un virgule cinq milligramme"),
        ("2,07 mg", "deux virgule zéro sept milligrammes"),
        ("0.125 mg", "zéro virgule cent vingt-cinq milligramme"),
        ("2,50 ml", "deux virgule cinq millilitres"),
        ("2,0 ml", "deux millilitres"),
        ("21 mg", "vingt et un milligrammes"),
        ("101 µg", "cent un microgrammes"),
        ("10 mg/ml", "dix milligrammes par millilitre"),
        ("25 µg/h", "vingt-cinq microgrammes par heure"),
        ("10 mg/24 h", "dix milligrammes par vingt-quatre heures"),
        ("5 mg/kg/jour", "cinq milligrammes par kilogramme par jour"),
        ("0,05 %", "zéro virgule zéro cinq pour cent"),
        ("1 000 UI", "mille unités internationales"),
        ("12\u00a0500 UI", "douze mille cinq cents unités internationales"),
        ("1 UI", "une unité internationale"),
        ("2x/jour", "deux fois par jour"),
        ("2 x 10 mg", "deux fois dix milligrammes"),
        ("1/2 comprimé", "un demi-comprimé"),
        ("1/2 gélule le soir", "une demi-gélule le soir"),
        ("1/2 le soir", "un demi le soir"),
        ("1/4 cp", "un quart de cp"),
        ("¾ ampoule", "trois quarts d’ampoule"),
        ("toutes les 12 heures, 28 j", "toutes les douze heures, vingt-huit jours"),
        ("prendre 2, puis 3.", "prendre deux, puis trois."),
        ("VITAMINE D3 400 UI", "VITAMINE D3 quatre cents unités internationales"),
    ],
)
def test_amounts_are_spelled_and_their_symbols_agree(written: str, said: str) -> None:
    assert words.spelled(written) == said


@pytest.mark.parametrize(
    "kept",
    [
        "VITAMINE B12", "VITAMINE D3", "T4", "OMEGA-3", "5-FU", "H2O", "le 12 novembre 2026", "le 1er mai 2026",
        "en novembre 2026", "le 12/11/2026", "2026-11-12", "12.11.2026", "à 14h30", "à 8 h 30", "24h/24", "7 j/7",
        "06 12 34 56 78", "1-0-1", "120/80", "3ème jour", "2e", "1er", "J1 à J7", "3400930000000", "2 500 mg",
        "1.000 UI", "1 1/2 cp", "1½ cp", "2x14", "0,12345 mg", "mg par ml", "g", "",
    ],
)  # fmt: skip
def test_what_is_no_amount_or_has_two_readings_stays_as_it_was_written(kept: str) -> None:
    assert words.spelled(kept) == kept
    assert words.in_figures(kept) == tuple(each for each in kept.split() if any(c.isdigit() for c in each))


@given(st.text(max_size=60))
def test_any_text_is_spelled_once_for_all(text: str) -> None:
    once = words.spelled(text)
    assert sum(c.isdigit() for c in once) <= sum(c.isdigit() for c in text)


@given(st.integers(0, words.MAX), st.sampled_from(["mg", "comprimé", "gélule", "ml"]))
def test_any_whole_amount_loses_all_its_figures(value: int, noun: str) -> None:
    assert not words.in_figures(f"{value} {noun}")


def test_a_speciality_in_words_has_its_strength_its_dosage_and_its_amount_in_words() -> None:
    plain = replace(a_medicine(label="SKENAN LP 10 mg"), substances=(Substance("morphine", "10 mg"),))
    assert lines.details(plain) == ("1 gélule matin et soir", "pendant 7 jours, 2 boîtes")
    said = lines.details(replace(plain, in_words=True))
    assert said == ("Dosage : dix milligrammes", "Une gélule matin et soir", "pendant sept jours, deux boîtes")
    several = replace(plain, substances=(Substance("a", "80 mg"), Substance("b", "1 g")), in_words=True)
    assert lines.details(several)[0] == "Dosage : a quatre-vingts milligrammes + b un gramme"
    unknown = replace(plain, substances=(Substance("morphine"),), in_words=True)
    assert lines.details(unknown)[0] == "En toutes lettres : SKENAN LP dix milligrammes"


def test_a_preparation_in_words_has_its_formula_in_words() -> None:
    made = PreparationLine(
        rank=1,
        label="Sirop de codéine",
        formula=(Ingredient("codéine", "0,5 g"),),
        dosage="5 ml le soir",
        quantity=Quantity(100, Unit.MILLILITRES),
        in_words=True,
    )
    assert lines.details(made) == (
        "codéine : zéro virgule cinq gramme",
        "Cinq millilitres le soir",
        "cent millilitres",
    )


def test_sundays_are_said_when_they_are_asked_and_nothing_is_forbidden_otherwise() -> None:
    daily = NursingLine(rank=1, label="Injection", frequency=Frequency(times=1, period=Period.DAY), duration_days=7)
    assert lines.details(daily) == ("1 fois par jour", "pendant 7 jours")
    assert "Dimanches et jours fériés compris" in lines.details(replace(daily, sundays_holidays=True))


def test_an_eye_without_correction_is_a_row_of_dashes() -> None:
    one = OpticsLine(rank=1, equipment=OpticalEquipment.GLASSES_FAR, right=Correction(sphere="+0.00"))
    assert lines.eye_rows(one) == (("Droit", "+0,00", "—", "—", "—", "—"), ("Gauche", "—", "—", "—", "—", "—"))
    assert lines.eyes(one) == ("Œil droit : +0,00",)
    assert lines.eye_rows(a_medicine()) == ()
