"""The commitment: opens with what it was made of, and with nothing else."""

import hashlib
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from ordonum.model.identifiers import BirthDate
from ordonum.model.number import EpuId
from ordonum.model.prescription import Identity
from ordonum.wire import commitment

NUMBER = EpuId("01S2TBPZ2JCNZZYGHZ")
R = "ab" * 32
IDENTITY = Identity("Éloïse", BirthDate("1979-03-14"))


def test_the_commitment_is_the_published_formula() -> None:
    name = "Éloïse".encode()
    expected = hashlib.sha256(
        b"ordonum/commit/1"
        + bytes.fromhex(R)
        + b"\x00\x12"
        + NUMBER.encode()
        + len(name).to_bytes(2, "big")
        + name
        + b"\x00\x0a1979-03-14"
    ).hexdigest()
    assert commitment.commit(NUMBER, IDENTITY, R) == expected


def test_it_opens_whatever_the_unicode_form_of_the_name() -> None:
    made = commitment.commit(NUMBER, IDENTITY, R)
    decomposed = Identity(unicodedata.normalize("NFD", "Éloïse"), IDENTITY.birth_date)
    assert commitment.opens(made, NUMBER, decomposed, R)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30))
def test_it_does_not_open_with_another_name(name: str) -> None:
    if unicodedata.normalize("NFC", name) != "Éloïse":
        made = commitment.commit(NUMBER, IDENTITY, R)
        assert not commitment.opens(made, NUMBER, Identity(name, IDENTITY.birth_date), R)


def test_it_does_not_open_with_another_number_date_or_opening() -> None:
    made = commitment.commit(NUMBER, IDENTITY, R)
    assert not commitment.opens(made, EpuId("01S2TBPZ2JCNZZYGHX"), IDENTITY, R)
    assert not commitment.opens(made, NUMBER, Identity("Éloïse", BirthDate("1979-03-15")), R)
    assert not commitment.opens(made, NUMBER, IDENTITY, "cd" * 32)
