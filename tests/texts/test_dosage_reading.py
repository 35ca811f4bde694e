"""Sentences as doctors and hospital software write them: each read to the facts it says, or kept as text, never in between.

Each row is written by hand: the text, then what it must be read to. The cost of a wrong reading is said where it is not plain.
"""

from decimal import Decimal

import pytest

from dosage_sentences import REFUSED, UNDERSTOOD
from dosage_town import KEPT, SHOWN, TOWN
from ordonum.model.dosage import Dosage, DoseUnit, Step
from ordonum.texts.dosage import read, say

LISTED = [*UNDERSTOOD, *TOWN]


@pytest.mark.parametrize(("text", "expected"), LISTED, ids=[text for text, _ in LISTED])
def test_a_sentence_is_read_to_its_facts_and_back(text: str, expected: tuple[Step, ...]) -> None:
    reading = read(text)
    assert reading.dosage == Dosage(steps=expected), (reading.left, reading.why, reading.shown)
    assert reading.understood
    for in_words in (False, True):
        said = say(reading.dosage, in_words=in_words)
        assert read(said).dosage == reading.dosage, said
        assert in_words or (reading.shown == said == read(said).shown)


@pytest.mark.parametrize("text", [*REFUSED, *KEPT])
def test_what_is_not_wholly_understood_is_kept_as_text(text: str) -> None:
    reading = read(text)
    assert reading.dosage is None
    assert not reading.understood
    assert reading.shown == ""
    assert reading.left or reading.why


def test_the_medicine_tells_the_unit_that_the_text_leaves_unnamed() -> None:
    assert (
        read("1-0-1 30j", unit=DoseUnit.TABLET).shown == "1 comprimé le matin et 1 comprimé le soir, pendant 30 jours"
    )
    assert read("2 gel matin", unit=DoseUnit.TABLET).shown == "2 gélules le matin"  # what is written prevails
    assert read("max 4/j si douleur", unit=DoseUnit.SACHET).shown == "si douleur : sans dépasser 4 sachets par jour"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 gel le soir à 20h pdt 8j", "une gélule le soir à vingt heures, pendant huit jours"),
        ("10 mg/j 7j", "dix milligrammes par jour, pendant sept jours"),
        ("1/2 cp à 8h30 et 20h30",
        "un demi-comprimé à huit heures trente minutes et un demi-comprimé à vingt heures trente minutes"),
        ("21 gouttes x3/j", "vingt et une gouttes trois fois par jour"),
        ("2,5 ml matin", "deux virgule cinq millilitres le matin"),
        ("0,05 mg/kg 1 fois toutes les 4 h",
        "zéro virgule zéro cinq milligramme par kilogramme de poids toutes les quatre heures"),
        ("1 patch toutes les 72 heures", "un dispositif transdermique toutes les soixante-douze heures"),
        ("2 cp si douleur, max 6/j, 4 h entre 2 prises",
         "si douleur : deux comprimés, sans dépasser six comprimés par jour, en respectant quatre heures entre deux prises"),
    ],
)  # fmt: skip
def test_where_the_law_wants_words_no_figure_stays(text: str, words: str) -> None:
    dosage = read(text).dosage
    assert dosage is not None
    assert say(dosage, in_words=True) == words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1cp mat 2 soir", "1 comprimé le matin et 2 comprimés le soir"),
        ("3/4 d'ampoule", "trois quarts d'ampoule"),
        ("1,5 gel", "1 gélule et demie"),
        ("75µg matin", "75 microgrammes le matin"),
        ("12000 UI", "12\u00a0000 UI"),
        ("2 càs", "2 cuillères à soupe"),
        ("3 bain de bouche par jour", "1 bain de bouche 3 fois par jour"),
        ("1 cp 1h av le repas du soir", "1 comprimé 1 heure avant le dîner"),
        ("1 cp jusqu'à guérison max 10 jours", "1 comprimé, jusqu'à guérison, maximum 10 jours"),
    ],
)
def test_a_reading_is_shown_as_a_patient_says_it(text: str, shown: str) -> None:
    assert read(text).shown == shown


def test_the_words_that_were_not_understood_are_named() -> None:
    assert read("1 cp matin selon l'INR").left == ("selon l'INR",)
    assert "deux rythmes" in read("3x/j toutes les 12 h").why
    assert read("1 cp " * 500).why == "texte de plus de 2000 caractères"


def test_a_weekly_dose_is_never_read_as_a_daily_one() -> None:
    """Methotrexate each day kills."""
    for text in (
        "2 cp le mardi",
        "2 cp 1x/sem",
        "2 comprimés, 1 fois par semaine, le mardi",
        "15 mg/sem",
        "6 cp de 2,5 mg le lundi",
    ):
        for step in (read(text).dosage or pytest.fail(text)).steps:
            assert step.timing.period is not None
            assert step.timing.period.value == "week"
            assert "semaine" in read(text).shown


def test_amounts_keep_no_zero_at_their_end() -> None:
    step = (read("10,50 mg").dosage or pytest.fail("not read")).steps[0]
    assert step.dose is not None
    assert str(step.dose.amount) == "10.5"
    assert step.dose.amount == Decimal("10.5")


@pytest.mark.parametrize(("text", "shown"), SHOWN, ids=[text for text, _ in SHOWN])
def test_a_sentence_is_shown_as_a_person_checked_it_and_read_back(text: str, shown: str) -> None:
    reading = read(text)
    assert reading.shown == shown, (reading.left, reading.why)
    assert reading.dosage is not None
    for in_words in (False, True):
        assert read(say(reading.dosage, in_words=in_words)).dosage == reading.dosage
