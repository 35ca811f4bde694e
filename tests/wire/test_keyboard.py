"""A scanner that types on a computer of another layout is understood, when the check symbol agrees."""

import contextlib
import random
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from factories import DOCTOR, NIR, PLACE
from ordonum.cli.files import parse_number
from ordonum.model.identifiers import BirthDate
from ordonum.model.number import EpuId, WrongCheckSymbol
from ordonum.model.refusals import Refused
from ordonum.wire import codes, keyboard, qr
from ordonum.wire.codes import Kind, NotOurCode

# Written by hand from pictures of the keyboards, not from the module under test: what a computer set to the second layout shows
# when a scanner set to the first types each symbol, without shift and with it.
DIGITS = "1234567890"
SHOWN = {
    "US scanner, French PC": ("&é\"'(-è_çà", DIGITS),
    "US scanner, French Mac or Belgian PC": ("&é\"'(§è!çà", DIGITS),
    "French scanner, US PC": (DIGITS, "!@#$%^&*()"),
}
US_LETTERS_ON_FRENCH = str.maketrans("aqzwmAQZWM", "qawz,QAWZ?")
FRENCH_LETTERS_ON_US = str.maketrans("aqzwmAQZWM", "qawz;QAWZ:")


def _number_with(symbols: str) -> EpuId:
    """A number that bears all these symbols."""
    chance = random.Random(symbols)
    return EpuId.draw(lambda alphabet: chance.choice(symbols * 3 + alphabet))


def _text() -> str:
    content = qr.content_for(
        _number_with("23456789"),
        DOCTOR.rpps,
        PLACE,
        surname="DURAND",
        first_name="Éloïse",
        birth_date=BirthDate("1979-03-14"),
        written_on=date(2026, 11, 22),
    )
    return qr.write(qr.sign(content, ec.derive_private_key(7, ec.SECP256R1())))


def _shown(text: str, layouts: str, *, shifted_digits: bool) -> str:
    shown = str.maketrans(DIGITS, SHOWN[layouts][shifted_digits])
    letters = US_LETTERS_ON_FRENCH if layouts.startswith("US") else FRENCH_LETTERS_ON_US
    return text.translate({**letters, **shown})


@pytest.mark.parametrize("digit", "23456789")
@pytest.mark.parametrize("shifted_digits", [False, True], ids=["plain", "shifted"])
@pytest.mark.parametrize("layouts", SHOWN)
@pytest.mark.parametrize("case", [str.upper, str.lower, str.swapcase])
def test_every_digit_is_understood_whatever_the_layouts_and_the_shift(
    digit: str, layouts: str, shifted_digits: bool, case: type[str]
) -> None:
    number = _number_with(digit)
    assert digit in number
    typed = _shown(number, layouts, shifted_digits=shifted_digits)
    assert qr.number_in(case(typed)) == number
    assert parse_number(case(typed)) == number


@pytest.mark.parametrize("before", ["", " ", "\t", "\n"])
@pytest.mark.parametrize("after", ["", "\n", "\r\n", "\t", "  \r"])
@pytest.mark.parametrize("layouts", SHOWN)
def test_a_whole_code_is_understood_with_what_the_scanner_adds_at_its_ends(
    layouts: str, before: str, after: str
) -> None:
    text = _text()
    typed = before + _shown(text, layouts, shifted_digits=layouts.startswith("French")) + after
    assert keyboard.understood(typed).upper() == text
    assert parse_number(typed) == text[4:22]


def test_what_is_typed_right_is_left_as_it_is() -> None:
    number = _number_with("4")
    assert keyboard.understood(f" {number}\n") == number
    assert parse_number(number.grouped.lower()) == number
    assert parse_number("-".join(number[i : i + 6] for i in range(0, 18, 6))) == number
    assert parse_number("]Q1" + _text()) == _text()[4:22]


def test_a_burst_whose_check_symbol_does_not_hold_is_not_believed() -> None:
    number = _number_with("23456789")
    wrong = number[:-1] + ("B" if number[-1] != "B" else "C")
    typed = _shown(wrong, "US scanner, French PC", shifted_digits=False)
    assert keyboard.understood(typed) == typed
    with pytest.raises(WrongCheckSymbol):
        EpuId(wrong)
    with pytest.raises(Refused):
        parse_number(typed)


def test_two_layouts_that_give_two_numbers_give_none() -> None:
    """«&» is 1 on one side and 7 on the other: such a burst is looked for, then refused."""
    ambiguous = None
    for seed in range(200_000):
        chance = random.Random(seed)
        body = "N" + "".join(chance.choice("BCDEFGHJKLNPRSTUVX(") for _ in range(17))
        five, nine = body.replace("(", "5"), body.replace("(", "9")
        if five != nine and _holds(five) and _holds(nine):
            ambiguous = body
            break
    assert ambiguous is not None
    assert keyboard.understood(ambiguous) == ambiguous
    with pytest.raises(NotOurCode):
        qr.number_in(ambiguous)


def _holds(text: str) -> bool:
    try:
        EpuId(text)
    except ValueError:
        return False
    return True


def test_the_national_form_is_understood_where_its_first_digits_betray_the_layout() -> None:
    typed = _shown("01S2TBPZ2JCNZZYGHZ", "US scanner, French PC", shifted_digits=False)
    assert typed == "à&SéTBPWéJCNWWYGHW"
    assert qr.number_in(typed) == "01S2TBPZ2JCNZZYGHZ"


@pytest.mark.parametrize("layouts", SHOWN)
def test_all_ten_digits_are_understood(layouts: str) -> None:
    national = "012345678987654321"
    typed = _shown(national, layouts, shifted_digits=layouts.startswith("French"))
    assert typed != national
    assert qr.number_in(typed) == national


@pytest.mark.parametrize("layouts", SHOWN)
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("IS01" + "0" * 22 + f"S1{NIR}S21.2.250.1.213.1.4.10S3ELOISE\x1dS4DURAND\x1dS5FS614-03-1979S769123", Kind.INS),
        ("DC04FR0000011E581E58B201FRF0DEPOTHPRIM\x1dF1NEG", Kind.TWO_D_DOC),
        (str(DOCTOR.rpps), Kind.RPPS),
        (str(PLACE.numero_am), Kind.PLACE),
        ("0103400930000120172612311012AB", Kind.BOX),
        ("0103400930000120", Kind.BOX),
        (str(NIR), Kind.NIR),
        ("NRX2ABCDEF", Kind.DAMAGED),
    ],
    ids=lambda given: given.name if isinstance(given, Kind) else "",
)
def test_another_code_is_explained_under_a_mismatched_layout_too(text: str, kind: Kind, layouts: str) -> None:
    typed = _shown(text, layouts, shifted_digits=layouts.startswith("French"))
    assert codes.kind_of(keyboard.understood(typed)) is kind
    for read in (qr.number_in, parse_number):
        with pytest.raises(NotOurCode) as raised:
            read(typed + "\n")
        assert raised.value.seen == kind.value


def test_an_address_is_explained_under_a_mismatched_layout_too() -> None:
    with pytest.raises(NotOurCode) as raised:
        qr.number_in("httpsM!!exe,ple:fr!qbc")
    assert raised.value.seen == Kind.URL.value


@given(st.text(max_size=2500))
def test_anything_typed_is_understood_or_left(typed: str) -> None:
    assert len(keyboard.understood(typed)) <= max(len(typed), 1) * 3


@given(st.text(st.sampled_from("&é\"'(-è_çà§!@#$%^*)NRX2BCDEFGHJKL 01?,;:"), max_size=60))
def test_what_is_typed_on_the_row_of_digits_never_breaks_the_reading(typed: str) -> None:
    with contextlib.suppress(NotOurCode):
        qr.number_in(typed)
