"""The sheet says how each medicine is taken in one sentence, with its units and boxes, and has no page more for it."""

from decimal import Decimal

import msgspec
import pypdfium2
import pytest
from taking import CP

from factories import a_medicine
from ordonum.model.course import Content
from ordonum.model.drug import Pack
from ordonum.model.lines import Family
from ordonum.model.products import MedicineLine
from ordonum.texts.dosage import read
from ordonum.wire.sheet_press import pages
from sheets import Case, written

BOX = "3400930000007"
WORDS = ("1-0-1", "1 gél/8h si douleur, max 3/j", "2 cp le mardi", "3 cp/j pendant 5 jours puis 1 cp/j pendant 5 jours")


def line(rank: int, words: str, *, structured: bool = True, **rest: object) -> MedicineLine:
    """A line of thirty days without a quantity."""
    made = a_medicine(rank, quantity=None, duration_days=30)
    structure = read(words, unit=CP).dosage if structured else None
    return msgspec.structs.replace(made, dosage=words, structured_dosage=structure, cip13=BOX, **rest)


def sheet_of(*lines: MedicineLine) -> bytes:
    """The sheet of those lines, the base at hand."""
    base = {BOX: Content(Pack(Decimal(30), CP), None)}
    return Case(written(Family.HEALTH_PRODUCTS, *lines), {"contents": base.get}).pdf()


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in document)
    finally:
        document.close()


def test_the_words_are_followed_by_the_sentence_for_the_patient_and_by_units_and_boxes() -> None:
    said = text_of(sheet_of(line(1, "1-0-1"), line(2, "1 cp matin et soir", structured=False)))
    assert (
        "1-0-1 1 comprimé le matin et 1 comprimé le soir — pendant 30 jours, soit 60 comprimés, 2 boîtes de 30" in said
    )
    assert said.count("soit 60") == 1  # nothing is computed of what is only written


def test_a_duration_is_not_said_twice_and_stupefiants_are_said_in_words() -> None:
    once = text_of(sheet_of(msgspec.structs.replace(line(1, "1 cp matin et soir pendant 7 jours"), duration_days=7)))
    assert "le soir, pendant 7 jours — soit 14 comprimés, 1 boîte de 30" in once
    words = text_of(sheet_of(line(1, "1 gélule 3 fois par jour", in_words=True, secured=True)))
    assert "Une gélule trois fois par jour" in words
    assert "soit quatre-vingt-dix gélules" in words
    assert "90" not in words.split("Fin de l'ordonnance")[0].split("AMOXICILLINE")[1]


@pytest.mark.parametrize("many", [5, 9, 12])
def test_a_sheet_has_as_many_pages_as_without_the_sentences(many: int) -> None:
    with_, without = (
        sheet_of(*(line(rank + 1, WORDS[rank % len(WORDS)], structured=structured) for rank in range(many)))
        for structured in (True, False)
    )
    assert pages(with_) == pages(without)
