"""The codes of the sheet other than its QR: Code 128 of RPPS and structure, DataMatrix of the INS. All are vectors."""

import re
import unicodedata

import zxingcpp

from ordonum.model.prescription import Patient

_GROUP = "\x1d"  # ends a field of variable length


def code128(text: str) -> str:
    """Code 128 (NF EN 799; arrêté of 10 August 2010) as SVG, a unit a module, quiet zones of ten modules."""
    return str(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128).to_svg())


def datamatrix(text: str) -> str:
    """DataMatrix ECC 200, square, as SVG, a unit a module, quiet zone of one module."""
    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix, force_square=True)
    return str(made.to_svg())


def modules(svg: str) -> int:
    """The width of such a drawing in modules, quiet zones included."""
    found = re.search(r'<svg width="(\d+)"', svg)
    assert found is not None
    return int(found[1])


def without_doctype(svg: str) -> bytes:
    """The drawing without its document type: typst reads no external entity, and needs none."""
    return svg[svg.index("<svg") :].encode()


def ins_text(patient: Patient) -> str | None:
    """The text of the INS DataMatrix, or None unless the INS is qualified and its five traits are known.

    As the ANS's published sample: «IS01», 22 zeros, then S1 matricule, S2 OID, S3 first names of birth, S4 name of birth,
    S5 sex, S6 birth date JJ-MM-AAAA, S7 place of birth; names in capitals without accents, as INSi gives them.
    """
    ins = patient.ins
    if ins is None or not ins.is_qualified or patient.first_names is None or patient.birth_place is None:
        return None
    year, month, day = patient.birth_date.split("-")
    fields = (
        f"S1{ins.matricule}S2{ins.oid}",
        f"S3{_plain(patient.first_names)}",
        f"S4{_plain(patient.surname)}",
        f"S5{patient.sex.value}S6{day}-{month}-{year}S7{patient.birth_place}",
    )
    return "IS01" + "0" * 22 + _GROUP.join(fields)


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFD", name.upper().replace("’", "'"))
    return "".join(each for each in decomposed if not unicodedata.combining(each))
