"""Codes that are scanned in the place of ours are explained, as text and as pictures."""

import contextlib
import io
import random
from datetime import date

import pytest
import typst
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from factories import DOCTOR, NIR, PHARMACY, PLACE
from ordonum.model.identifiers import BirthDate
from ordonum.model.number import EpuId
from ordonum.wire import codes, picture, qr, scan
from ordonum.wire.codes import Kind, NotOurCode
from ordonum.wire.qr import SignedQr

INS = "IS01" + "0" * 22 + f"S1{NIR}S21.2.250.1.213.1.4.10S3ELOISE\x1dS4DURAND\x1dS5FS614-03-1979S769123"
BOX = "0103400930000120172612311012AB\x1d21987"
NATIONAL = "01S2TBPZ2JCNZZYGHZ"  # the number of the public CI-SIS samples
FOREIGN = [
    (INS, Kind.INS),
    ("]d1" + INS, Kind.INS),
    ("DC04FR0000011E581E58B201FRF0DEPOTHPRIM\x1dF1NEG", Kind.TWO_D_DOC),
    (str(DOCTOR.rpps), Kind.RPPS),
    ("99700366240", Kind.RPPS),
    ("899700366240", Kind.RPPS),
    (str(PLACE.numero_am), Kind.PLACE),
    (str(PHARMACY.finess), Kind.PLACE),
    ("2A0000014", Kind.PLACE),
    (BOX, Kind.BOX),
    ("]d2" + BOX, Kind.BOX),
    ("0103400930000120", Kind.BOX),
    ("3400930000120", Kind.BOX),
    (str(NIR), Kind.NIR),
    ("https://exemple.fr/abc", Kind.URL),
    ("www.exemple.fr", Kind.URL),
    ("https://www.sesam-vitale.fr/x", Kind.VITALE),
    ("https://exemple.fr/vitale", Kind.URL),
    ("NRX2ABÎMÉ", Kind.DAMAGED),
    ("99700366241", Kind.UNKNOWN),
    ("bonjour", Kind.UNKNOWN),
    ("", Kind.UNKNOWN),
]


def _signed(seed: int = 7) -> SignedQr:
    number = EpuId.draw(random.Random(seed).choice)
    content = qr.content_for(
        number,
        DOCTOR.rpps,
        PLACE,
        surname="DURAND",
        first_name="Éloïse",
        birth_date=BirthDate("1979-03-14"),
        written_on=date(2026, 11, 22),
    )
    return qr.sign(content, ec.derive_private_key(7, ec.SECP256R1()))


def _page(*drawings: tuple[str, int]) -> bytes:
    """A PDF page that bears these drawings, each with its width in millimetres."""
    files = {f"{rank}.svg": svg.encode() for rank, (svg, _) in enumerate(drawings)}
    body = "\n".join(f'#image("{rank}.svg", width: {width}mm)' for rank, (_, width) in enumerate(drawings))
    made = typst.compile(
        files | {"main.typ": f'#set page(paper: "a4")\n{body}'.encode()},  # type: ignore[call-overload]  # stubs
        format="pdf",
        ignore_system_fonts=True,
        timestamp=0,
    )
    return bytes(made)


@pytest.mark.parametrize(
    ("text", "kind"), FOREIGN, ids=[f"{kind.name}-{rank}" for rank, (_, kind) in enumerate(FOREIGN)]
)
def test_another_code_is_explained_without_what_it_holds(text: str, kind: Kind) -> None:
    assert codes.kind_of(text) is kind
    for read in (qr.read, qr.number_in):
        with pytest.raises(NotOurCode) as raised:
            read(text)
        assert raised.value.seen == kind.value
    assert not text or text not in kind.value


def test_a_reader_who_scanned_the_patient_s_identity_is_told_where_the_right_code_is() -> None:
    assert "identité INS du patient" in Kind.INS.value
    assert "en bas à gauche" in Kind.INS.value


def test_a_number_in_the_national_form_is_a_number_alone_or_in_a_code() -> None:
    assert qr.number_in(NATIONAL) == NATIONAL
    assert qr.number_in(f" {NATIONAL.lower()}\r\n") == NATIONAL
    assert scan.find_number(_page((picture.datamatrix(NATIONAL), 20), (picture.code128(DOCTOR.rpps), 40))) == NATIONAL


@pytest.mark.parametrize(
    ("drawings", "kind"),
    [
        (((picture.code128(str(DOCTOR.rpps)), 44),), Kind.RPPS),
        (((picture.code128("2A0000014"), 44),), Kind.PLACE),
        (((picture.datamatrix(INS), 20),), Kind.INS),
        (((picture.datamatrix(BOX.encode()), 12),), Kind.BOX),
        (((picture.code128(str(DOCTOR.rpps)), 44), (picture.datamatrix(INS), 20)), Kind.INS),
    ],
    ids=["rpps", "finess", "ins", "box", "rpps and ins"],
)
def test_a_picture_that_holds_only_another_code_is_explained(drawings: tuple[tuple[str, int], ...], kind: Kind) -> None:
    pdf = _page(*drawings)
    for find in (scan.find_code, scan.find_number):
        with pytest.raises(NotOurCode) as raised:
            find(pdf)
        assert raised.value.seen == kind.value


def test_the_qr_code_wins_over_the_other_codes_of_the_page() -> None:
    signed = _signed()
    around = [
        (picture.code128(str(DOCTOR.rpps)), 44),
        (picture.datamatrix(INS), 20),
        (picture.code128("750000003"), 40),
    ]
    pdf = _page(around[0], (picture.draw(signed), 35), *around[1:])
    assert scan.find_code(pdf).content.number == signed.content.number
    assert scan.find_number(pdf) == signed.content.number


def test_what_is_read_in_a_picture_was_not_typed_and_is_taken_as_it_is() -> None:
    as_typed = "à&SéTBPWéJCNWWYGHW"  # the national number through a keyboard of another layout
    assert qr.number_in(as_typed) == NATIONAL
    with pytest.raises(NotOurCode):
        qr.only_number([as_typed])


def test_two_prescriptions_on_one_page_are_never_chosen_between() -> None:
    pdf = _page((picture.draw(_signed(7)), 35), (picture.draw(_signed(8)), 35))
    for find in (scan.find_code, scan.find_number):
        with pytest.raises(NotOurCode, match="une à une"):
            find(pdf)
    twice = _page((picture.draw(_signed(7)), 35), (picture.draw(_signed(7)), 35))
    assert scan.find_number(twice) == _signed(7).content.number


@pytest.mark.parametrize("dpi", [150, 300])
@pytest.mark.parametrize("text", ["99800000012", "2A0000014", "A b~"])
def test_bars_are_read_back_from_the_paper(text: str, dpi: int) -> None:
    (page,) = scan.pages(_page((picture.code128(text), 44)), dpi)
    assert picture.texts(page) == [text]


def test_a_datamatrix_is_square_and_keeps_its_separators() -> None:
    svg = picture.datamatrix(INS)
    width, height = (svg.partition(f'{side}="')[2].partition('"')[0] for side in ("width", "height"))
    assert width == height
    for side, dpi in ((20, 150), (15, 300)):
        (page,) = scan.pages(_page((svg, side)), dpi)
        assert picture.texts(page) == [INS]
    (page,) = scan.pages(_page((picture.datamatrix("A" * 12), 20)), 150)
    assert picture.texts(page) == ["A" * 12]


@pytest.mark.parametrize("text", ["", "é", "12\n"])
def test_what_bars_cannot_say_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="ASCII"):
        picture.code128(text)


def test_a_drawing_is_an_element_alone_with_the_quiet_zones_of_its_standard() -> None:
    for svg in (picture.draw(_signed()), picture.code128("99800000012"), picture.datamatrix(INS)):
        assert svg.startswith("<svg")
        assert "<!DOCTYPE" not in svg
    assert 'width="57"' in picture.draw(_signed())
    assert picture.width_mm(picture.draw(_signed())) == pytest.approx(30 * 57 / 49)
    bars = picture.code128("99800000012")
    assert "M10 0" in bars  # ten modules before the first bar


@given(st.text(max_size=2500))
def test_no_text_does_anything_but_be_read_or_refused_in_words(text: str) -> None:
    assert isinstance(codes.kind_of(text), Kind)
    for read in (qr.read, qr.number_in):
        with contextlib.suppress(NotOurCode):
            read(text)


@given(st.binary(max_size=400))
def test_no_bytes_do_anything_but_be_refused_in_words(raw: bytes) -> None:
    for start in (b"", b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"II*\0", b"BM", b"GIF89a", b"RIFF"):
        with pytest.raises(NotOurCode) as raised:
            scan.find_code(start + raw)
        assert raised.value.seen


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "BMP", "WEBP", "GIF", "PDF"])
def test_a_file_damaged_anywhere_is_read_or_refused_in_words(kind: str) -> None:
    chance = random.Random(kind)
    saved = io.BytesIO()
    Image.frombytes("L", (40, 40), chance.randbytes(1600)).save(saved, kind)
    whole = saved.getvalue()
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 3, 10))):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        with pytest.raises(NotOurCode):
            scan.find_code(bytes(damaged[: chance.choice((len(damaged), chance.randrange(len(damaged))))]))


def test_transparency_is_paper_and_every_page_of_an_image_is_read() -> None:
    (page,) = scan.pages(_page((picture.draw(_signed()), 35)), 150)
    ink = page.point(lambda grey: 255 - grey)
    clear = Image.merge("LA", (Image.new("L", page.size, 0), ink))
    saved, pages = io.BytesIO(), io.BytesIO()
    clear.save(saved, "PNG")
    assert scan.find_number(saved.getvalue()) == _signed().content.number
    Image.new("L", page.size, 255).save(pages, "TIFF", save_all=True, append_images=[page])
    assert scan.find_number(pages.getvalue()) == _signed().content.number
