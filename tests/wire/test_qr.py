"""The QR code: text, signature, picture; and what is scanned in its place."""

import contextlib
import io
import json
import random
from datetime import date
from typing import Any

import pypdfium2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from PIL import Image

from factories import DOCTOR, PHARMACY, PLACE, a_medicine, a_patient, a_prescription, a_text
from ordonum.model.identifiers import BirthDate
from ordonum.model.lines import Family, FreeTextLine
from ordonum.model.number import ALPHABET, EpuId
from ordonum.model.refusals import Refused
from ordonum.wire import native, picture, qr, scan, sheet
from ordonum.wire.qr import NotOurCode, QrContent, SignedQr

KEY = ec.generate_private_key(ec.SECP256R1())
NUMBER = EpuId.draw(random.Random(7).choice)


def _content(*, surname: str = "DURAND", first_name: str = "Éloïse", liberal: bool = True) -> QrContent:
    return qr.content_for(
        NUMBER,
        DOCTOR.rpps,
        PLACE if liberal else PHARMACY,
        surname=surname,
        first_name=first_name,
        birth_date=BirthDate("1979-03-14"),
        written_on=date(2026, 11, 22),
    )


@given(
    st.text(st.characters(codec="utf-8"), max_size=80),
    st.text(st.characters(codec="utf-8"), max_size=80),
    st.booleans(),
)
def test_what_the_code_says_is_read_back_and_stays_in_the_alphabet(
    surname: str, first_name: str, liberal: bool
) -> None:
    signed = qr.sign(_content(surname=surname, first_name=first_name, liberal=liberal), KEY)
    text = qr.write(signed)
    assert set(text) <= set(ALPHABET)
    found = qr.read(text)
    assert found.signature == signed.signature
    assert found.content.number == NUMBER
    assert found.content.rpps == DOCTOR.rpps
    assert (found.content.numero_am, found.content.finess) == (
        (PLACE.numero_am, None) if liberal else (None, PHARMACY.finess)
    )
    assert surname.encode().startswith(found.content.surname.encode())


def test_the_signature_binds_number_prescriber_and_patient() -> None:
    signed = qr.sign(_content(), KEY)
    assert qr.holds(signed, KEY.public_key())
    assert not qr.holds(signed, ec.generate_private_key(ec.SECP256R1()).public_key())
    other = EpuId.draw(random.Random(8).choice)
    for change in ({"surname": "DURANT"}, {"number": other}, {"written_on": date(2026, 11, 23)}):
        assert not qr.holds(SignedQr(replace(signed.content, **change), signed.signature), KEY.public_key())


def test_usual_names_fit_in_49_modules() -> None:
    text = qr.write(qr.sign(_content(), KEY))
    assert len(text) <= 221  # alphanumeric capacity of version 8, level M
    assert 'width="57"' in picture.draw(qr.sign(_content(), KEY))  # 49 modules and two quiet zones of 4


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    with pytest.raises(NotOurCode) as raised:
        qr.read(text)
    assert raised.value.seen


@given(st.text(st.sampled_from(ALPHABET), max_size=260))
def test_any_text_of_the_alphabet_after_our_prefix_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(NotOurCode):
        qr.read(qr.PREFIX + text)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("IS01000000000000000000000000S1279035121518989", "INS"),
        ("99700366240", "RPPS"),
        ("https://exemple.fr/abc", "ne l'ouvrez pas"),
        ("bonjour", "n'est pas celui"),
    ],
)
def test_another_code_is_explained_without_its_content(text: str, seen: str) -> None:
    with pytest.raises(NotOurCode) as raised:
        qr.read(text)
    assert seen in raised.value.seen
    assert text not in raised.value.seen


def test_a_reader_finds_the_number_on_the_rasterised_sheet() -> None:
    pdf = sheet.draw(a_prescription(), DOCTOR, qr.sign(_content(), KEY), registered=True)
    for dpi in (150, 200, 300):
        (page,) = scan.pages(pdf, dpi)
        assert picture.scan(page).content == _content()
    assert scan.find_code(pdf).content.number == NUMBER


def test_a_photograph_is_read_too_and_other_files_are_refused_in_words() -> None:
    pdf = sheet.draw(a_prescription(), DOCTOR, qr.sign(_content(), KEY), registered=True)
    (page,) = scan.pages(pdf, 200)
    saved = io.BytesIO()
    page.rotate(7, fillcolor=255, expand=True).save(saved, "JPEG", quality=40)
    assert scan.find_code(saved.getvalue()).content.number == NUMBER
    blank = io.BytesIO()
    Image.new("L", (200, 200), 255).save(blank, "PNG")
    for raw in (blank.getvalue(), b"%PDF-1.7 nonsense", b"nothing", b""):
        with pytest.raises(NotOurCode):
            scan.find_code(raw)


def test_the_sheet_is_the_same_bytes_each_time_and_says_when_it_is_not_registered() -> None:
    signed = qr.sign(_content(), KEY)
    first = sheet.draw(a_prescription(), DOCTOR, signed, registered=True)
    assert first == sheet.draw(a_prescription(), DOCTOR, signed, registered=True)
    assert first != sheet.draw(a_prescription(), DOCTOR, signed, registered=False)
    assert b"<pdfaid:part>3" in first
    assert b"pdfuaid:part" in first


def test_what_people_wrote_is_never_read_as_markup() -> None:
    hostile = '#panic() $x$ *gras* \\ @ref <b> " [ ] `code` // é'
    written = a_prescription(lines=(a_text(text=hostile),), family=Family.NURSING)
    assert sheet.draw(written, DOCTOR, qr.sign(_content(), KEY), registered=True).startswith(b"%PDF")
    for name in ("Nguyễn", "Łukasz", "Şahin", "D’Œuvre", "Ångström", "Đặng", "Ćirić"):
        assert sheet.draw(
            a_prescription(patient=a_patient(surname=name)), DOCTOR, qr.sign(_content(), KEY), registered=True
        )
    long = a_prescription(lines=tuple(a_medicine(rank) for rank in range(1, 41)))
    assert len(list(scan.pages(sheet.draw(long, DOCTOR, qr.sign(_content(), KEY), registered=True)))) > 1


def test_a_character_that_cannot_be_printed_is_named_not_dropped() -> None:
    written = a_prescription(lines=(a_text(text="crème 漢 à appliquer"),), family=Family.NURSING)
    with pytest.raises(sheet.Unprintable, match="漢"):
        sheet.draw(written, DOCTOR, qr.sign(_content(), KEY), registered=True)


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\u2066", "\x00", "\x9b", "\ufeff"])
def test_what_would_hide_or_reorder_words_is_refused_in_every_text(hidden: str) -> None:
    body = native.write(a_text(text="DEUX")).decode().replace("DEUX", "DE" + json.dumps(hidden)[1:-1] + "UX")
    with pytest.raises(Refused):
        native.read(body.encode(), FreeTextLine)


def test_the_signature_is_of_this_use_only() -> None:
    content = _content()
    elsewhere = KEY.sign(content.number.encode() + qr._body(content), ec.ECDSA(hashes.SHA256()))
    r, s = utils.decode_dss_signature(elsewhere)
    assert not qr.holds(SignedQr(content, r.to_bytes(32, "big") + s.to_bytes(32, "big")), KEY.public_key())


def test_a_code_of_a_later_format_is_refused() -> None:
    signed = qr.sign(_content(), KEY)
    whole = qr._body(signed.content) + signed.signature
    later = qr.PREFIX + NUMBER + qr._to_symbols(b"\x02" + whole[1:])
    with pytest.raises(NotOurCode):
        qr.read(later)


def test_a_name_goes_no_further_than_what_was_signed_of_it() -> None:
    """Sixty bytes of a name are signed: letters added after them would be shown under a signature that holds."""
    signed = qr.sign(_content(surname="DE LA TOUR " * 8), KEY)
    body = qr._body(signed.content)
    place = body.index(bytes([60]) + b"DE LA TOUR")
    longer = body[:place] + bytes([64]) + body[place + 1 : place + 61] + b"ROSA" + body[place + 61 :]
    with pytest.raises(NotOurCode):
        qr.read(qr.PREFIX + NUMBER + qr._to_symbols(longer + signed.signature))


def test_one_content_has_one_text() -> None:
    text = qr.write(qr.sign(_content(), KEY))
    assert qr.read(text)
    with pytest.raises(NotOurCode):
        qr.read(text + "B" * 12)


def test_an_image_too_large_is_refused_before_it_is_decoded() -> None:
    saved = io.BytesIO()
    Image.new("1", (8_000, 9_000)).save(saved, "PNG")
    with pytest.raises(NotOurCode, match="trop grande"):
        scan.find_code(saved.getvalue())


def _printed(**said: Any) -> str:
    opposed = said.pop("opposed", False)
    pdf = sheet.draw(a_prescription(opposed=opposed), DOCTOR, qr.sign(_content(), KEY), **{"registered": True, **said})
    document = pypdfium2.PdfDocument(pdf)
    try:
        return " ".join(document[0].get_textpage().get_text_range().split())
    finally:
        document.close()


def test_the_sheet_says_in_words_what_a_person_must_know() -> None:
    plain = _printed()
    for said in ("ORDONNANCE NUMÉRIQUE", "Claire MARTIN", "N° RPPS 99800000012", "DURAND Éloïse", "Née le 14/03/1979"):
        assert said in plain
    assert NUMBER.grouped in plain
    assert "pourra consulter" in plain
    assert "SPÉCIMEN" not in plain
    assert "Non enregistrée" not in plain
    assert "Opposition : le prescripteur" in _printed(opposed=True)
    assert "non sécurisée tant que non enregistrée" in _printed(registered=False)
    assert "SPÉCIMEN" in _printed(specimen=True)
