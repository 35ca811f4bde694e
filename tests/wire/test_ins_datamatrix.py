"""The INS DataMatrix: what is written is read back, a damaged one is refused."""

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from stdnum.fr import nir as stdnum_nir

from factories import NIR
from ordonum.model.identifiers import BirthDate, InsOid, Malformed, NirKey
from ordonum.wire import codes, ins_datamatrix
from ordonum.wire.ins_datamatrix import BirthPlace, InsTraits, StrictName

GS = "\x1d"
ELOISE = InsTraits(
    matricule=NIR,
    oid=InsOid("1.2.250.1.213.1.4.8"),
    first_names=StrictName("ELOISE MARIE-ANNE"),
    surname=StrictName("D'ORVAL"),
    sex="F",
    birth_date=BirthDate("1979-03-14"),
    birth_place=BirthPlace("2A004"),
)
TEXT = (
    "IS010000000000000000000000"
    "S1279035121518989"
    f"S21.2.250.1.213.1.4.8{GS}"
    f"S3ELOISE MARIE-ANNE{GS}"
    f"S4D'ORVAL{GS}"
    "S5FS614-03-1979S72A004"
)


def _nir(body: str) -> NirKey:
    return NirKey(body + stdnum_nir.calc_check_digits(body))


names = st.from_regex(r"[A-Z][A-Z' -]{0,99}", fullmatch=True).map(StrictName)
traits = st.builds(
    InsTraits,
    matricule=st.from_regex(r"[1278][0-9]{4}([0-9]{2}|2A|2B)[0-9]{6}", fullmatch=True).map(_nir),
    oid=st.sampled_from([InsOid(f"1.2.250.1.213.1.4.{last}") for last in (8, 9, 10, 11)]),
    first_names=names,
    surname=names,
    sex=st.sampled_from("FM"),
    birth_date=st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)).map(
        lambda d: BirthDate(d.isoformat())
    ),
    birth_place=st.from_regex(r"[0-9][0-9AB][0-9]{3}", fullmatch=True).map(BirthPlace),
)


def test_the_text_is_that_of_the_format_field_by_field() -> None:
    assert ins_datamatrix.write(ELOISE) == TEXT
    assert ins_datamatrix.read(TEXT) == ELOISE


@given(traits)
def test_what_is_written_is_read_back_and_explained_when_it_is_scanned_for_the_order(given_traits: InsTraits) -> None:
    text = ins_datamatrix.write(given_traits)
    assert ins_datamatrix.read(text) == given_traits
    assert codes.kind_of(text) is codes.Kind.INS


@given(traits)
def test_a_keyboard_that_swallows_separators_or_adds_a_line_end_does_no_harm(given_traits: InsTraits) -> None:
    text = ins_datamatrix.write(given_traits)
    assert ins_datamatrix.read(text.replace(GS, "")) == given_traits
    assert ins_datamatrix.read(text + "\r\n") == given_traits


def test_a_field_at_its_greatest_length_has_no_separator() -> None:
    longest = replace(ELOISE, oid=InsOid("1.2.250.1.213.1.4.10"), surname=StrictName("A" * 100))
    text = ins_datamatrix.write(longest)
    assert "1.2.250.1.213.1.4.10S3" in text
    assert "A" * 100 + "S5" in text
    assert ins_datamatrix.read(text) == longest


def test_fields_are_read_in_any_order_each_once() -> None:
    moved = TEXT.replace(f"S4D'ORVAL{GS}", "") + "S4D'ORVAL"
    assert ins_datamatrix.read(moved) == ELOISE
    for damaged in (
        TEXT + "S5F",
        TEXT.replace("S5F", ""),
        TEXT.replace("S5F", "S5X"),
        TEXT[:-1],
        TEXT + "?",
        TEXT[:26],
    ):
        with pytest.raises(Malformed):
            ins_datamatrix.read(damaged)


@pytest.mark.parametrize(
    ("old", "new"), [("279035121518989", "279035121518988"), ("4.8", "4.2"), ("14-03", "99-03"), ("IS01", "IS02")]
)
def test_a_wrong_key_authority_date_or_version_is_refused(old: str, new: str) -> None:
    with pytest.raises(Malformed):
        ins_datamatrix.read(TEXT.replace(old, new))


@pytest.mark.parametrize(
    ("name", "strict"),
    [("Éloïse", "ELOISE"), ("d’Œuvre-Saint", "D'OEUVRE-SAINT"), ("  Anne  Marie ", "ANNE MARIE"), ("Nguyễn", "NGUYEN")],
)
def test_a_name_of_the_file_is_put_in_the_alphabet_of_the_code(name: str, strict: str) -> None:
    assert ins_datamatrix.strict_name(name) == strict


@pytest.mark.parametrize("name", ["", "李", "A1", "-A", "A" * 101])
def test_a_name_that_cannot_be_put_in_the_alphabet_is_refused(name: str) -> None:
    with pytest.raises(Malformed):
        ins_datamatrix.strict_name(name)


def test_no_code_is_made_without_a_sex_that_the_teleservice_knows() -> None:
    with pytest.raises(Malformed):
        ins_datamatrix.write(replace(ELOISE, sex="U"))


def test_traits_never_show_in_a_trace() -> None:
    assert "D'ORVAL" not in repr(ELOISE)
    assert str(NIR) not in repr(ELOISE)


@given(st.text(max_size=500))
def test_any_text_is_read_or_refused(text: str) -> None:
    for start in ("", ins_datamatrix.HEADER, TEXT[:60]):
        with contextlib.suppress(Malformed):
            ins_datamatrix.read(start + text)
