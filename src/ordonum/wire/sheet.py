"""The sheet that the patient takes away: a PDF made by typst, with the QR code as a vector.

PDF/A-3a and UA-1 are asked of typst; nobody certified it.
"""

import json
import re
from importlib import resources

import typst

from ordonum.model.actors import Place, Professional
from ordonum.model.number import EpuId
from ordonum.model.prescription import Line, Prescription
from ordonum.texts import french
from ordonum.texts import lines as line_texts
from ordonum.wire import picture
from ordonum.wire.qr import SignedQr

_TEMPLATE = resources.files("ordonum.wire").joinpath("sheet.typ").read_bytes()
PENDING = "Non enregistrée à ce jour : elle sera transmise dès que possible ; non sécurisée tant que non enregistrée."
NOTICE = "Ordonnance transmise par voie électronique (CSS R.161-45)."
NOTICE_PENDING = "Ordonnance à transmettre par voie électronique (CSS R.161-45)."
SPECIMEN = "SPÉCIMEN — carte de test, sans valeur"


class Unprintable(Exception):
    """The sheet cannot be printed as it is written; the message is French and names the character, nothing else."""


def draw(
    prescription: Prescription,
    prescriber: Professional,
    signed: SignedQr,
    *,
    registered: bool,
    specimen: bool = False,
) -> bytes:
    """The sheet as PDF bytes; the same input gives the same bytes. A pending one says that it is not registered.

    Raises Unprintable when a character has no glyph: a sheet never drops one in silence.
    """
    data = _data(prescription, prescriber, signed.content.number, registered=registered, specimen=specimen)
    files = {
        "main.typ": _TEMPLATE,
        "data.json": json.dumps(data).encode(),
        "qr.svg": _without_doctype(picture.draw(signed)),
    }
    try:
        made = typst.compile(
            files,  # type: ignore[call-overload]  # a dict of files is accepted, the stubs do not know
            format="pdf",
            ignore_system_fonts=True,
            pdf_standards=["a-3a", "ua-1"],
            timestamp=0,
        )
    except typst.TypstError as error:
        if missing := re.search(r'the text `"(.+?)"` could not be displayed', str(error)):
            raise Unprintable(f"Le caractère « {missing[1][:8]} » ne peut pas être imprimé : remplacez-le.") from None
        raise
    return bytes(made)


def _data(
    prescription: Prescription, prescriber: Professional, number: EpuId, *, registered: bool, specimen: bool
) -> dict[str, object]:
    patient = prescription.patient
    sayings = [
        "Remettez cette ordonnance au professionnel de votre choix : ce geste vaut accord pour qu'il la lise.",
        "Opposition du patient : le prescripteur ne consultera pas ce qui sera délivré."
        if prescription.opposed
        else "Le prescripteur pourra consulter ce qui aura été délivré, sauf opposition du patient.",
    ]
    if not registered:
        sayings.insert(0, PENDING)
    return {
        "title": f"Ordonnance numérique du {french.day(prescription.written_on)}",
        "author": f"{prescriber.given_name} {prescriber.surname}",
        "written": [prescription.written_on.year, prescription.written_on.month, prescription.written_on.day],
        "day": french.day(prescription.written_on),
        "family": prescription.family.label[:1].upper() + prescription.family.label[1:],
        "prescriber": {
            "name": f"{prescriber.given_name} {prescriber.surname}",
            "profession": prescriber.profession.label[:1].upper() + prescriber.profession.label[1:],
            "rpps": str(prescriber.rpps),
            "place-id": _place_id(prescription.place),
            "address": _address(prescription.place),
        },
        "patient": {
            "name": f"{patient.surname.upper()} {patient.first_name}",
            "born": french.born(patient.sex, patient.birth_date),
            "ins": f"Matricule INS {patient.ins.matricule}" if patient.ins else "",
        },
        "lines": [_line(each) for each in prescription.lines],
        "number": number.grouped,
        "sayings": sayings,
        "signature": "Signature du prescripteur :",
        "notice": NOTICE if registered else NOTICE_PENDING,
        "specimen": SPECIMEN if specimen else "",
    }


def _line(line: Line) -> dict[str, object]:
    return {
        "rank": line.rank,
        "title": line_texts.title(line),
        "details": list(line_texts.details(line)),
        "marks": list(line_texts.marks(line)),
        "secured": line.secured,
        "note": line.note or "",
    }


def _place_id(place: Place) -> str:
    return f"N° AM {place.numero_am}" if place.numero_am else f"N° FINESS {place.finess}"


def _address(place: Place) -> list[str]:
    """CSP R.5132-3: the address with the country, the telephone with its code."""
    lines = [place.name, place.address, f"{place.postal_code} {place.city}", "France"]
    return [*lines, *(each for each in (place.phone, place.email) if each)]


def _without_doctype(svg: str) -> bytes:
    """The drawing without its document type: typst reads no external entity, and needs none."""
    start = svg.index("<svg")
    return svg[start:].encode()
