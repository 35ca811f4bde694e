"""The sheet that the patient takes away, A4: CSP R.5132-3 and R.5132-29, CSS R.161-45, arrêté of 10 August 2010.

What is printed where, and why: docs/feuille.md. What is drawn is in sheet.typ; here, what is said.
"""

import math
import re
from datetime import date
from typing import Any

from ordonum.knowledge.consent import regime
from ordonum.model.actors import Place, Profession, Professional
from ordonum.model.course import Contents, no_contents
from ordonum.model.number import EpuId
from ordonum.model.prescription import Line, Measures, Patient, Prescription
from ordonum.model.products import MedicineLine, PreparationLine
from ordonum.texts import alerts, consent, french, wishes
from ordonum.texts import lines as line_texts
from ordonum.texts.implied import implied
from ordonum.wire import picture
from ordonum.wire import sheet_codes as codes
from ordonum.wire.qr import SignedQr
from ordonum.wire.sheet_press import Unprintable, Variant, pages, press, template

__all__ = ["Unprintable", "draw"]

_TEMPLATE = template("sheet.typ")
PENDING = (
    "Non enregistrée à ce jour ; non sécurisée tant que non enregistrée. "
    "Elle sera transmise par voie électronique dès que possible (CSS R.161-45)."
)
NOTICE = "Ordonnance transmise par voie électronique (CSS R.161-45)."
SPECIMEN = "SPÉCIMEN — carte de test, sans valeur"
# The two zones of an order of a patient in ALD, in the words of the official form (CSS R.161-45; Cerfa 14465).
ALD_ZONE = (
    "Prescriptions relatives au traitement de l'affection de longue durée reconnue (liste ou hors liste)",
    "(AFFECTION EXONÉRANTE)",
)
OTHER_ZONE = ("Prescriptions SANS RAPPORT avec l'affection de longue durée", "(MALADIES INTERCURRENTES)")
VALIDITY = "Listes I et II : première délivrance dans les 3 mois (CSP R.5132-22)."
SECURED = "VAUT ORDONNANCE SÉCURISÉE"
STOPPED = "LIGNE ANNULÉE PAR LE PRESCRIPTEUR"
_MODULE_MM = {"rpps": 0.3, "place": 0.3, "ins": 0.5}  # ordinary readers want 0.25 mm at least
_DENSE_ABOVE = 5  # lines above which dosage and amount share a line where they fit: a second page is read by few
_LINE_OF_TEXT, _UNBROKEN_ROWS = 70, 25  # a line of the order is never split across pages, unless no page could hold it
_LINE_OF_HEADER = 95  # characters of the running header that surely fit on one line


def draw(
    prescription: Prescription,
    prescriber: Professional,
    signed: SignedQr,
    *,
    registered: bool,
    specimen: bool = False,
    hand_signature: bool = True,
    specialty_label: str | None = None,
    copy: int = 1,
    printed_on: date | None = None,
    variant: Variant = "a-3a",
    replaces_on: date | None = None,
    stopped: tuple[int, ...] = (),
    contents: Contents = no_contents,
) -> bytes:
    """The sheet as PDF bytes; the same input gives the same bytes. A pending one says that it is not registered.

    `hand_signature`: leave room for it (not needed with a software of version 3). `copy` above 1 is a DUPLICATA, printed
    on `printed_on`. `replaces_on`: the day of the one that it replaces, where that is known; `stopped`: the lines that were
    cancelled since; `contents`: what boxes hold. Raises Unprintable when a character has no glyph: a sheet never drops one
    in silence.
    """
    number = signed.content.number
    bars = {"rpps": picture.code128(prescriber.rpps), "place": picture.code128(_place_id(prescription.place)[1])}
    ins = codes.ins_text(prescription.patient) if _named(prescription) else None
    if ins is not None:
        bars["ins"] = picture.datamatrix(ins)
    pictures = {f"{name}.svg": svg.encode() for name, svg in bars.items()}
    pictures["qr.svg"] = picture.draw(signed).encode()
    data: dict[str, Any] = {
        **_head(prescription, prescriber, number, specialty_label),
        "under": [each for each in (_addressed(prescription), wishes.replaces(prescription, replaces_on)) if each],
        **_body(prescription, registered=registered, stopped=stopped, contents=contents),
        "wide": {name: round(codes.modules(svg) * _MODULE_MM[name], 2) for name, svg in bars.items()},
        "specimen": SPECIMEN if specimen else "",
        "copy": _copy(copy, printed_on),
        "pending": "" if registered else "NON ENREGISTRÉE À CE JOUR",
        "sayings": _sayings(prescription, registered=registered),
        "signature": "Signature du prescripteur"
        if hand_signature
        else f"Signée par voie électronique par {_name(prescriber)} : pas de signature à la main.",
        "by-hand": hand_signature,
        "says": True,
    }
    return _shortest(data, pictures, variant)


def _shortest(data: dict[str, Any], pictures: dict[str, bytes], variant: Variant) -> bytes:
    """The sheet with what its dosages come to; without, where that spares a page: a second one is read by few."""
    made = press(_TEMPLATE, data, pictures, variant=variant)
    lines = [line for zone in data["zones"] for line in zone["lines"]]
    if all(not line["said"] and line["amount"] == line["amount-bare"] for line in lines) or pages(made) == 1:
        return made
    bare = press(_TEMPLATE, {**data, "says": False}, pictures, variant=variant)
    return bare if pages(bare) < pages(made) else made


def _head(
    prescription: Prescription, prescriber: Professional, number: EpuId, specialty_label: str | None
) -> dict[str, object]:
    """Who, for whom, when; and what every page repeats so that pages cannot be mixed."""
    day, patient = french.day(prescription.written_on), prescription.patient
    kind, place_id = _place_id(prescription.place)
    born = french.born(patient.sex, patient.birth_date)
    repeated = f"{_patient_name(patient)}, {born[0].lower()}{born[1:]}"
    by = f"Ordonnance du {day}, {_name(prescriber)}, N° RPPS {prescriber.rpps}"
    return {
        "title": f"Ordonnance numérique du {day}",
        "author": _name(prescriber),
        "written": [prescription.written_on.year, prescription.written_on.month, prescription.written_on.day],
        "dated": f"{prescription.place.city}, le {day}",
        "family": _capital(prescription.family.label),
        "prescriber": {
            "name": _name(prescriber),
            "lines": _titles(prescription, prescriber, specialty_label),
            "rpps": prescriber.rpps,
            "place-kind": kind,
            "place-id": place_id,
            "address": _address(prescription.place),
        },
        "patient": {"name": _patient_name(patient), "lines": _patient_lines(prescription)},
        "repeated": [repeated, by],
        "header-lines": sum(math.ceil(len(each) / _LINE_OF_HEADER) for each in (repeated, by)),
        "number": number.grouped,
    }


def _addressed(prescription: Prescription) -> str:
    return f"À l'attention de : {prescription.addressed_to.label}" if prescription.addressed_to else ""


def _body(
    prescription: Prescription, *, registered: bool, stopped: tuple[int, ...], contents: Contents
) -> dict[str, Any]:
    """The lines, in one zone or, when one is of an ALD, in two; an empty zone says so."""
    lines = prescription.lines
    if any(line.ald for line in lines):
        zones = [
            (ALD_ZONE, [line for line in lines if line.ald]),
            (OTHER_ZONE, [each for each in lines if not each.ald]),
        ]
    else:
        zones = [(("", ""), list(lines))]
    count = f"{len(lines)} ligne{'s' if len(lines) > 1 else ''}"
    dense = len(lines) > _DENSE_ABOVE

    def drawn(line: Line) -> dict[str, object]:
        said = _taken(line, prescription, contents)
        return _line(line, registered=registered, stopped=line.rank in stopped, dense=dense) | said

    return {
        "zones": [
            {
                "title": title,
                "kind": kind,
                "lines": [drawn(line) for line in kept],
            }
            for (title, kind), kept in zones
        ],
        "secured": SECURED if registered and any(line.secured for line in lines) else "",
        "dense": dense,
        "tight": dense and any(alerts.passed_over(line) for line in lines),
        "end": f"Fin de l'ordonnance : {count}.",
    }


def _line(line: Line, *, registered: bool, stopped: bool, dense: bool) -> dict[str, object]:
    marks = [STOPPED] if stopped else []
    marks += [said for said in line_texts.marks(line) if said != line_texts.URGENT]
    if line.secured:
        marks.append(
            "Vaut ordonnance sécurisée" if registered else "Non enregistrée : ne vaut pas ordonnance sécurisée"
        )
    passed_over = alerts.passed_over(line, most=alerts.ROW if dense else 2 * alerts.ROW)
    words = [line_texts.title(line), line.dosage or "", line.instruction or "", line.note or "", passed_over, *marks]
    rows = sum(text.count("\n") + math.ceil(len(text) / _LINE_OF_TEXT) for text in words)
    return {
        "rank": line.rank,
        "breakable": rows > _UNBROKEN_ROWS,
        "urgent": line_texts.URGENT if line.urgent else "",
        "title": line_texts.title(line),
        "described": list(line_texts.described(line)),
        "eyes": [list(row) for row in line_texts.eye_rows(line)],
        "eye-head": list(line_texts.EYE_TABLE),
        "dosage": line_texts.dosage(line),
        "marks": marks,
        "passed-over": passed_over,
        "instruction": line.instruction or "",
        "note": line.note or "",
    }


def _taken(line: Line, prescription: Prescription, contents: Contents) -> dict[str, object]:
    """How it is taken, in one sentence for the patient where the words are others; what the dosage makes of units and boxes."""
    content = contents(line.cip13) if isinstance(line, MedicineLine) and line.cip13 is not None else None
    counted = implied(line, prescription.written_on, prescription.measures, content)
    amount, said = line_texts.amount_written(line), line_texts.dosage_said(line)
    whole, after = (
        ", ".join(each for each in (*parts, counted) if each)
        for parts in ([amount], [part for part in amount.split(", ") if part not in said])
    )
    return {"said": said, "amount": whole, "amount-bare": amount, "amount-after": after}


def _sayings(prescription: Prescription, *, registered: bool) -> list[str]:
    """Short notices: long ones made sheets of several pages, which nobody read."""
    found = [NOTICE if registered else PENDING]
    if any(isinstance(line, (MedicineLine, PreparationLine)) for line in prescription.lines):
        found.append(VALIDITY)
    found.append("Donnez cette feuille au professionnel de votre choix : il pourra alors la lire.")
    asked = (wishes.anonymity(prescription.anonymity), wishes.paperless(prescription.paperless))
    word = consent.printed(regime(prescription.written_on).consent, prescription.family, opposed=prescription.opposed)
    return [*found, *filter(None, asked), word]


def _titles(prescription: Prescription, prescriber: Professional, specialty_label: str | None) -> list[str]:
    """CSP R.5132-3 1°: qualité and specialty; who is replaced; inside which establishment."""
    found = [_capital(prescriber.profession.label)]
    if specialty_label or prescriber.specialty:
        found[0] += f", {specialty_label}" if specialty_label else f", spécialité {prescriber.specialty}"
    if prescription.replaced is not None:
        other = prescription.replaced
        title = "du Dr" if other.profession in (Profession.DOCTOR, Profession.DENTIST) else "de"
        found.append(f"en remplacement {title} {_name(other)} (N° RPPS {other.rpps})")
    if prescription.establishment is not None:
        inside = prescription.establishment
        found.append(f"Exercice dans l'établissement {inside.name} (N° FINESS {inside.finess})")
    return found


def _named(prescription: Prescription) -> bool:
    """Whether the sheet may bear the patient's number: not where the secret was asked for."""
    return prescription.anonymity is None or not prescription.anonymity.requested


def _patient_name(patient: Patient) -> str:
    return f"{(patient.used_surname or patient.surname).upper()} {patient.first_name}"


def _patient_lines(prescription: Prescription) -> list[str]:
    """CSP R.5132-3 7°. The matricule only of a qualified INS: documents may bear no other."""
    patient = prescription.patient
    found = [french.born(patient.sex, patient.birth_date)]
    if patient.used_surname or (patient.first_names and patient.first_names != patient.first_name):
        found.append(
            f"Nom et prénoms de naissance : {patient.surname.upper()} {patient.first_names or patient.first_name}"
        )
    if prescription.measures is not None:
        found.append(_measures(prescription.measures))
    if patient.ins is not None and patient.ins.is_qualified and _named(prescription):
        found.append(f"Matricule INS {patient.ins.matricule}")
    if prescription.accident_on is not None:
        found.append(f"Accident du travail du {french.day(prescription.accident_on)}")
    return found


def _measures(measures: Measures) -> str:
    """«Poids 12,5 kg, taille 85 cm, le 3 novembre 2026»."""
    parts = []
    if measures.weight_g is not None:
        parts.append(f"poids {measures.weight_g / 1000:.3f}".rstrip("0").rstrip(".").replace(".", ",") + " kg")
    if measures.height_cm is not None:
        parts.append(f"taille {measures.height_cm} cm")
    if measures.measured_on is not None:
        parts.append(f"le {french.day(measures.measured_on)}")
    return _capital(", ".join(parts))


def _copy(rank: int, printed_on: date | None) -> str:
    if rank < 2:
        return ""
    return f"DUPLICATA n° {rank - 1}" + (f" imprimé le {french.day(printed_on)}" if printed_on else "")


def _place_id(place: Place) -> tuple[str, str]:
    """What the second bar code is of: the N° AM of a liberal practice, also inside a hospital; else the FINESS."""
    return ("N° AM", str(place.numero_am)) if place.numero_am else ("N° FINESS", str(place.finess))


def _address(place: Place) -> list[str]:
    """CSP R.5132-3: the address with the country, the telephone with its code."""
    lines = [place.name, place.address, f"{place.postal_code} {place.city}, France"]
    phone = [re.sub(r"^\+33(\d)(\d\d)(\d\d)(\d\d)(\d\d)$", r"+33 \1 \2 \3 \4 \5", place.phone)] if place.phone else []
    return [*lines, *phone, *([place.email] if place.email else [])]


def _name(who: Professional) -> str:
    return f"{who.given_name} {who.surname}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
