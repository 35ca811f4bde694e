"""Identifiers: the public values pass, a wrong digit does not, and nothing secret shows."""

import pytest

from ordonum.model.identifiers import (
    BirthDate,
    Cip13,
    Finess,
    Identifier,
    InsOid,
    Malformed,
    NirKey,
    NumeroAm,
    Rpps,
    Ucd13,
)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Rpps, "99700366240"),  # CPS test card, ansforge/PSC-POC
        (Rpps, "99700427885"),
        (Finess, "750512345"),
        (Finess, "2A0000123"),  # Corsica: the key's rule for letters is not public, so shape only
        (NirKey, "279035121518989"),
        (NirKey, "255082A00401283"),
        (Cip13, "3400930000120"),
        (Ucd13, "3400890000123"),
        (NumeroAm, "691000001"),
        (InsOid, "1.2.250.1.213.1.4.8"),
        (BirthDate, "1938-00-00"),  # a birth date that no calendar has
    ],
)
def test_a_right_identifier_is_made(kind: type[Identifier], text: str) -> None:
    assert kind(text) == text


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        (Rpps, "99700366241", "wrong-check-digit"),
        (Rpps, "899700366240", "wrong-shape"),
        (Rpps, "٩٩٧٠٠٣٦٦٢٤٠", "wrong-shape"),
        (Finess, "750512302", "wrong-check-digit"),
        (NirKey, "279035121518988", "wrong-check-digit"),
        (NirKey, "279035121518989\n", "wrong-shape"),
        (Cip13, "3400930000121", "wrong-check-digit"),
        (Ucd13, "3400890000124", "wrong-check-digit"),
        (InsOid, "1.2.250.1.213.1.4.2", "wrong-shape"),
        (BirthDate, "14/03/1979", "wrong-shape"),
    ],
)
def test_a_wrong_identifier_is_refused_by_a_code_without_its_value(
    kind: type[Identifier], text: str, reason: str
) -> None:
    with pytest.raises(Malformed) as raised:
        kind(text)
    assert raised.value.reason == reason
    assert text not in str(raised.value)


def test_the_number_without_its_key_is_thirteen_characters() -> None:
    assert NirKey("279035121518989").matricule == "2790351215189"


def test_personal_identifiers_do_not_show_in_a_representation() -> None:
    assert "279035" not in repr(NirKey("279035121518989"))
    assert "1979" not in repr(BirthDate("1979-03-14"))
