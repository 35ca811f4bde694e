"""A reduced sample of `scripts/qr_study.py`, so that a worse code or reader is seen; and another reader than ours."""

import importlib.util
import shutil
from datetime import date
from math import dist
from pathlib import Path
from types import ModuleType

import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric import ec

from factories import DOCTOR, PLACE, a_prescription
from ordonum.model.identifiers import BirthDate
from ordonum.model.number import EpuId
from ordonum.wire import picture, qr, scan, sheet
from ordonum.wire.qr import SignedQr

SCRIPT = Path(__file__).parents[2] / "scripts/qr_study.py"
MILLIMETRE = 300 / 25.4  # pixels at 300 dpi


def _study() -> ModuleType:
    spec = importlib.util.spec_from_file_location("qr_study", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


STUDY = _study()


@pytest.mark.parametrize(("names", "dpi"), [("usual", 150), ("longest", 150), ("longest", 200)])
def test_a_spoilt_print_is_read_in_each_of_the_thirteen_ways(names: str, dpi: int) -> None:
    first = STUDY.vector(STUDY.payloads(names)[0])
    assert STUDY.score([first], dpi) == (13, [])


def test_a_blur_that_the_first_look_misses_is_read_enlarged_and_sharpened() -> None:
    printed = STUDY.vector(STUDY.payloads("longest")[0])
    (page,) = scan.pages(printed.pdf, 150)
    blurred = STUDY.PERTURBATIONS["blur 1.5 px"](page, printed.spot(150), None)
    assert not [code for code in zxingcpp.read_barcodes(blurred) if code.text.startswith(qr.PREFIX)]
    assert picture.scan(blurred) == printed.signed


def test_level_l_does_not_survive_the_larger_stain() -> None:
    """Why the sheet uses level M."""
    contents = STUDY.payloads("usual")[:2]
    read, missed = STUDY.score([STUDY.vector_low(each) for each in contents], 150)
    assert read < 26
    assert all(each.startswith("stain 8 %") for each in missed)


def test_the_same_seed_spoils_the_same_way() -> None:
    signed = STUDY.payloads("usual")[1]
    assert signed == STUDY.payloads("usual")[1]
    printed = STUDY.vector(signed)
    (page,) = scan.pages(printed.pdf, 150)
    for spoil in STUDY.PERTURBATIONS.values():
        once, again = (spoil(page, printed.spot(150), STUDY.random.Random("same")) for _ in range(2))
        assert once.tobytes() == again.tobytes()


def test_the_longest_names_are_as_long_as_the_content_admits() -> None:
    for signed in STUDY.payloads("longest"):
        assert len(signed.content.surname.encode()) == len(signed.content.first_name.encode()) == 60
        assert qr.read(qr.write(signed)) == signed


def _sheet(signed: SignedQr) -> bytes:
    return sheet.draw(a_prescription(), DOCTOR, signed, registered=True)


def _signed(surname: str, first_name: str) -> SignedQr:
    content = qr.content_for(
        EpuId.draw(lambda alphabet: alphabet[0]),
        DOCTOR.rpps,
        PLACE,
        surname=surname,
        first_name=first_name,
        birth_date=BirthDate("1979-03-14"),
        written_on=date(2026, 11, 22),
    )
    return qr.sign(content, ec.derive_private_key(7, ec.SECP256R1()))


@pytest.mark.parametrize("names", [("DURAND", "Éloïse"), ("A" * 60, "B" * 60)], ids=["usual", "longest"])
def test_the_code_on_the_sheet_measures_at_least_thirty_millimetres(names: tuple[str, str]) -> None:
    (page,) = scan.pages(_sheet(_signed(*names)), 300)
    (found,) = [code for code in zxingcpp.read_barcodes(page) if code.text.startswith(qr.PREFIX)]
    corners = [(corner.x, corner.y) for corner in (found.position.top_left, found.position.top_right)]
    assert dist(*corners) / MILLIMETRE >= picture.QR_MM - 0.3  # corners are found to a few pixels


@pytest.mark.parametrize("way", ["clean", "rotation 15°", "JPEG 30", "stain 3 %"])
def test_another_reader_reads_the_same_text(way: str) -> None:
    if shutil.which("zbarimg") is None:
        pytest.skip("zbarimg is not installed (Debian: zbar-tools): only our own reader was tried")
    printed = STUDY.vector(STUDY.payloads("usual")[0])
    (page,) = scan.pages(printed.pdf, 200)
    spoilt = STUDY.PERTURBATIONS[way](page, printed.spot(200), STUDY.random.Random(way))
    assert STUDY.by_zbar(spoilt, printed.signed)
