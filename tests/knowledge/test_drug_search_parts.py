"""The parts of the search of medicines, by tables: strengths by value, names within full names, look-alikes."""

import pytest

from ordonum.knowledge.drugs.search.amounts import amounts
from ordonum.knowledge.drugs.search.lookalike import alike, told_apart
from ordonum.knowledge.drugs.search.naming import name_of
from ordonum.knowledge.drugs.search.words import folded, read


def _meets(typed: str, named: str) -> bool:
    """Whether every strength that is typed is one of those of a name."""
    keys = {key for each in amounts(folded(named)) for key in each.keys}
    return all(not each.wanted.isdisjoint(keys) for each in amounts(folded(typed)))


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("1 g", "1000 mg"),
        ("1000mg", "1 g"),
        ("1,00 g", "1 000 mg"),
        ("1.0g", "1000 mg"),
        ("0,5 mg", "500 microgrammes"),
        ("0.5mg", "500 µg"),
        ("500 mcg", "0,5 mg"),
        ("500 gammas", "0,5 mg"),
        ("75", "75 microgrammes"),
        ("1000", "1 g"),
        ("1", "1000 mg"),
        ("0,25", "250 microgrammes"),
        ("500 mg/30 mg", "500 mg/30 mg"),
        ("30 mg/500 mg", "500 mg/30 mg"),
        ("500/30", "500 mg/30 mg"),
        ("400/12", "400 microgrammes/12 microgrammes par dose"),
        ("200/6 µg", "200 microgrammes/6 microgrammes"),
        ("100 UI/ml", "100 unités/mL"),
        ("100 ui", "100 Unités/ml"),
        ("300 U/ml", "300 unités/ml"),
        ("3 MUI", "3 M.U.I."),
        ("1 million ui", "1 million d'unités internationales (UI)"),
        ("1 MUI", "1 000 000 UI"),
        ("10 mg/ml", "1 POUR CENT"),
        ("1 %", "10 mg/1 ml"),
        ("1%", "1 g/100 ml"),
        ("50 mg/ml", "250 mg/5 ml"),
        ("100 mg/12,5 mg par ml", "500 mg/62,5 mg pour 5 ml"),
        ("25 µg/h", "25 microgrammes/heure"),
        ("4000 ui/0,4 ml", "4 000 UI anti-Xa (40 mg)/0,4 ml"),
        ("2,4 g pour 100 ml", "24 mg/ml"),
    ],
)
def test_strengths_are_compared_by_value(typed: str, named: str) -> None:
    assert _meets(typed, named)


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("500 mg", "500 microgrammes"),
        ("1 g", "100 mg"),
        ("1 g", "500 mg (rapport 8/1)"),
        ("10 mg/ml", "10 mg"),
        ("10 mg/ml", "1 mg/ml"),
        ("100 UI", "100 mg"),
        ("1 %", "1 mg"),
        ("5 mg", "0,5 mg"),
        ("1000 mg", "1,000 mg"),
        ("500/60", "500 mg/30 mg"),
    ],
)
def test_other_strengths_are_not_taken_for_one_another(typed: str, named: str) -> None:
    assert not _meets(typed, named)


@pytest.mark.parametrize(
    ("full", "substances", "name"),
    [
        ("METFORMINE SANDOZ 1000 mg, comprimé pelliculé", "metformine", "METFORMINE"),
        ("DOLIPRANE 2,4 POUR CENT, suspension buvable", "paracetamol", "DOLIPRANE"),
        (
            "AMOXICILLINE/ACIDE CLAVULANIQUE TEVA 1 g/ 125 mg ADULTES, poudre",
            "amoxicilline acide clavulanique",
            "AMOXICILLINE/ACIDE CLAVULANIQUE",
        ),
        ("XATRAL LP 10 mg, comprimé à libération prolongée", "alfuzosine", "XATRAL"),
        (
            "XYLOCAINE 20 mg/ml ADRENALINE 0,005 mg/ml, solution injectable",
            "lidocaine adrenaline",
            "XYLOCAINE ADRENALINE",
        ),
        ("A 313 50 000 U.I., capsule molle", "vitamine", "A 313"),
        ("CALCIUM VITAMINE D3 ARROW 500 mg/400 UI, comprimé", "calcium cholecalciferol", "CALCIUM VITAMINE D3"),
        ("SPASFON, comprimé enrobé", "phloroglucinol", "SPASFON"),
        ("HUMALOG MIX25 100 UI/ml KWIKPEN, suspension injectable", "insuline lispro", "HUMALOG MIX25 KWIKPEN"),
        ("STREPSILSPRAY à la lidocaïne, collutoire", "lidocaine", "STREPSILSPRAY"),
    ],
)
def test_the_name_stands_without_strength_form_and_seller(full: str, substances: str, name: str) -> None:
    assert name_of(full, frozenset({"sandoz", "teva", "sante", "arrow"}), frozenset(substances.split())).written == name


def test_words_are_plain_and_the_letter_of_a_vitamin_is_kept() -> None:
    assert read("L'Acide  ACÉTYLSALICYLIQUE d’un cœur").words == ("acide", "acetylsalicylique", "coeur")
    assert read("VITAMINE A").words == ("vitamine", "a")


@pytest.mark.parametrize(
    ("one", "other", "marked"),
    [
        ("previscan", "permixon", True),
        ("lamictal", "lamisil", True),
        ("acular", "acupan", True),
        ("celebrex", "celectol", False),
        ("ketamine", "vitamine", False),
        ("doliprane", "metformine", False),
        ("flude", "fludex", True),
    ],
)
def test_a_look_alike_is_near_and_holds_something_else(one: str, other: str, marked: bool) -> None:
    pair = [(0, one, frozenset({"a"}), True), (1, other, frozenset({"b"}), True)]
    assert bool(alike(pair)) is marked
    assert alike([(0, one, frozenset({"a"}), True), (1, other, frozenset({"a"}), True)]) == {}


def test_what_tells_two_names_apart_is_in_capitals() -> None:
    assert told_apart("LAMICTAL", "LAMISIL") == "lamiCTAl"
    assert told_apart("ACULAR", "ACUPAN") == "acuLAR"
    assert told_apart("FLUDEX", "FLUDE") == "fludeX"
