"""Each text of prescribing conditions is read as somebody who read it in full did: the law's own words, and unseen ones."""

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from ordonum.knowledge.drugs.classified import Aside, Reading, classified, classify
from ordonum.model.conditions import Conditions, Trait
from whole_base import official_files

LABELS = Path(__file__).with_name("labelled_conditions.tsv")
SEED, DRAWN = 2025, 300
RIGHT, UNDERSTOOD = 0.99, 0.98


def _labelled() -> Iterator[tuple[int, str, str]]:
    """Each distinct text, how often it was drawn, and what it means by hand."""
    for line in LABELS.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            drawn, text, label = line.split("\t")
            yield int(drawn), text, label


# The codes that some label wants: a reading that has another of them, that its own label does not allow, is wrong.
WANTED = frozenset(
    word for _, _, label in _labelled() for word in label.split() if word[-2:].isdigit() and word.isalnum()
)


def _is(label: str, reading: Reading) -> bool:
    """Whether a reading is what a label says."""
    words = label.split()
    if words[0] in ("?", "aside"):
        return reading is None if words[0] == "?" else reading is Aside(words[1])
    if not isinstance(reading, Conditions):
        return False
    traits = {trait.value for trait in Trait} & set(words)
    numbers = dict(word.split("=") for word in words if "=" in word)
    cards = {word for word in words if word in WANTED}
    allowed = cards | {word[1:] for word in words if word.startswith("~")}
    found = reading.specialties | reading.renewal_specialties
    return (
        {trait.value for trait in reading.traits} == traits
        and [reading.max_days, reading.fraction_days, reading.initial_months]
        == [int(numbers[name]) if name in numbers else None for name in ("days", "fraction", "initial")]
        and bool(reading.renewal_specialties) == ("renewal-specialists" in words)
        and cards <= found
        and not (found & WANTED) - allowed
    )


def test_three_hundred_rows_drawn_by_seed_mean_what_a_reader_says() -> None:
    rows = [(text, label) for drawn, text, label in _labelled() for _ in range(drawn)]
    assert len(rows) == DRAWN
    wrong = [text for text, label in rows if not _is(label, classify(text))]
    assert 1 - len(wrong) / len(rows) >= RIGHT, wrong
    assert not [
        text for _, text, label in _labelled() if not _is(label, classify(text))
    ]  # nor any of the texts, once each


def test_the_texts_of_the_public_file_are_those_that_were_read_and_nearly_all_are_understood() -> None:
    lines = official_files()["CIS_CPD_bdpm.txt"].decode().split("\n")
    rows = [text.strip() for _, tab, text in (line.partition("\t") for line in lines) if tab]
    drawn = Counter(random.Random(SEED).sample(rows, DRAWN))  # a draw that anybody can repeat
    assert {text: many for many, text, _ in _labelled() if many} == drawn
    assert {text for _, text, _ in _labelled()} == set(rows)
    found = classified(rows)
    print(f"{found.rows} rows, {found.share:.4%} classified; not understood: {found.unclassified}")  # the figure
    assert found.share >= UNDERSTOOD
    assert found.rows == found.conditions + sum(found.asides.values()) + sum(found.unclassified.values())


UNSEEN = [
    ("prescription limitée à 24 semaines", "days=168"),
    ("Prescription limitee a 12semaines", "days=84"),
    ("prescription limitée à 7 ou 28 jours", "days=28"),
    ("prescription limitée à vingt-huit jours", "days=28"),
    ("durée de prescription limitée à 3 mois", "days=92"),
    ("prescription limitée à 1 an", "days=366"),
    ("délivrance fractionnée de 28 jours", "fraction=28"),
    ("délivrance fractionnée par périodes de 7 jours", "fraction=7"),
    ("délivrance fractionnée de sept jours sauf mention expresse du prescripteur", "fraction=7"),
    ("délivrance fractionnée de 14 jours maximum", "fraction=14"),
    ("inscrit sur la liste I des substances vénéneuses", "list-1"),
    ("prescription initiale hospitalière valable un an", "initial-hospital initial=12"),
    ("prescription initiale hospitalière mensuelle", "initial-hospital initial=1"),
    ("prescription initiale hospitalière valable six mois", "initial-hospital initial=6"),
    ("prescription initiale trimestrielle réservée à certains spécialistes", "initial-specialists initial=3"),
    (
        "prescription initiale hospitalière annuelle réservée aux spécialistes et services NEUROLOGIE",
        "initial-hospital initial-specialists initial=12 SM32 ~SM33 ~SM88",
    ),
    ("prescription réservée aux spécialistes en CARDIOLOGIE ou en PNEUMOLOGIE", "specialists SM04 SM73 SM41"),
    ("prescription reservee aux specialistes et services geriatrie", "specialists SM18 ~CAPA06"),
    ("prescription réservée aux pédiatres", "specialists SM40 ~SM87 ~SM88"),
    ("renouvellement réservé aux spécialistes en OPHTALMOLOGIE", "renewal-specialists SM38"),
    ("renouvellement non restreint", "aside renewal-free"),
    ("LISTE II", "list-2"),
    ("stupéfiant", "narcotic"),
    ("soumis à une partie de la réglementation des stupéfiants", "assimilated"),
    ("réservé à lusage HOSPITALIER", "hospital-only"),
    ("réservé à l\u2019usage hospitalier", "hospital-only"),
    ("prescription nécessitant préalablement le recueil de laccord de soins du patient", "aside agreement"),
    ("réservé à l'usage professionnel DENTAIRE", "aside professional"),
    ("médicament necessitant une surveillance particuliere pendant le traitement", "watched"),
    ("prescription médicale non renouvelable", "no-renewal"),
    # what seems to carry a limit, and is not wholly understood, is not understood
    ("prescription limitée à 4 semaines pour les enfants", "?"),
    ("prescription limitée à 12 semaines renouvelable une fois", "?"),
    ("prescription limitée à 0 jour", "?"),
    ("prescription limitée", "?"),
    ("listes I et II", "?"),
    ("prescription hospitalière semestrielle", "?"),
    ("prescription initiale hospitalière bisannuelle", "?"),
    ("prescription initiale réservée aux spécialistes en ASTROLOGIE", "?"),
    ("prescription réservée aux sages-femmes", "?"),
    ("prescription réservée aux spécialistes en DERMATOLOGIE exerçant dans un centre expert", "?"),
    ("attestation à renouveler ; délivrance fractionnée", "?"),
    ("carnet de suivi, prescription limitée à 3 mois", "?"),
    ("surveillance particulière pendant le traitement : NFS mensuelle", "?"),
    ("seuls les neurologues peuvent prescrire ce médicament avec carnet", "?"),
    ("prescription par un centre de référence uniquement (mention sur l'ordonnance)", "?"),
    ("30 j maximum, mention obligatoire", "?"),
    ("usage hospitalier, administration par un anesthésiste", "?"),
    ("prescription restreinte aux hôpitaux, bilan préalable", "?"),
    ("délivrance hebdomadaire, carnet patient", "?"),
    ("toute autre chose", "?"),
    ("liste I " * 100, "?"),
]


@pytest.mark.parametrize(("text", "label"), UNSEEN)
def test_a_wording_of_another_month_is_read_by_its_words_or_not_at_all(text: str, label: str) -> None:
    assert _is(label, classify(text)), classify(text)
