"""The files that a person writes or scans: a prescription, a consultation, an execution, a number.

Secrets never come by argument.
"""

import hashlib
import os
import re
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid4

import msgspec
import typer
from msgspec import Meta, Struct

from ordonum.cli.exits import FileProblem
from ordonum.client import Card, assisting
from ordonum.knowledge.timezones import zone_of
from ordonum.model.actors import Establishment, Place, Profession, Professional, Text
from ordonum.model.acts import Execution, Given, Origin
from ordonum.model.alert import Subject, Treatment
from ordonum.model.amending import Correction
from ordonum.model.beneficiary import Bearer, Beneficiary
from ordonum.model.identifiers import Malformed, Moment
from ordonum.model.lines import Family
from ordonum.model.number import LENGTH, EpuId, WrongCheckSymbol
from ordonum.model.outcomes import Outcomes, SeenOnPaper, Withheld
from ordonum.model.prescription import Consultation, Lines, Measures, Patient, Prescription, Sheet
from ordonum.model.refusals import Fault, Refusal, Refused
from ordonum.model.wishes import Anonymity, Paperless, PaperReason
from ordonum.wire import codes, keyboard, native, qr, scan
from ordonum.wire.faults import HINTS

SYMBOLS = "Le numéro n'emploie que BCDEFGHJKLNPRSTUVX et 23456789."


# Where the faults stand that only the whole prescription shows; the others are of its lines.
_AT = {
    "born-after-written": "$.patient.birth_date",
    "date-out-of-range": "$.written_on",
    "addressed-to-goes-with-other": "$.addressed_to",
}


_KEPT = frozenset({"subject", "treatments"})  # what never leaves the workstation
Treatments = Annotated[tuple[Treatment, ...], Meta(max_length=200)]


class _Written(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a prescription and a consultation say alike. Without `place`, the card's; without `written_on`, today.

    `subject` and `treatments` are what the prescribing assistance looks at: they stay on the workstation.
    """

    patient: Patient
    place: Place | None = None
    establishment: Establishment | None = None
    replaced: Professional | None = None
    written_on: date | None = None
    opposed: bool
    measures: Measures | None = None
    accident_on: date | None = None
    anonymity: Anonymity | None = None
    paperless: Paperless | None = None
    on_paper: PaperReason | None = None
    subject: Subject | None = None
    treatments: Treatments = ()


class PrescriptionFile(_Written, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What `ordonum prescribe FILE` and `ordonum replace FILE` read: a prescription of one family."""

    family: Family
    addressed_to: Profession | None = None
    replaces: UUID | None = None
    lines: Lines


class ConsultationFile(_Written, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What `ordonum prescribe FILE` reads too: the sheets of one consultation, each of its family."""

    sheets: Annotated[tuple[Sheet, ...], Meta(min_length=1, max_length=12)]


class ToPrescribe(Struct, frozen=True):
    """What a file prescribes, sheet by sheet; `several` where the file itself is a list of sheets.

    `subject` and `treatments` are the file's own, beside the prescriptions: nothing of them is in what is signed. `notes` are
    what was told of it, that stops nothing.
    """

    prescriptions: tuple[Prescription, ...]
    several: bool
    subject: Subject
    treatments: tuple[Treatment, ...]
    notes: tuple[str, ...] = ()


class ExecutionFile(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What `ordonum execute FILE` reads. Without `performed_at`, now; without `act_id`, a new one."""

    number: EpuId | None = None
    act_id: UUID | None = None
    given: Given
    performed_at: Moment | None = None
    lines: Outcomes
    beneficiary: Beneficiary | None = None
    origin: Origin | None = None
    seen_on_paper: SeenOnPaper | None = None
    identity_reason: Text | None = None
    rule_reason: Text | None = None
    corrects: Correction | None = None
    bearer: Bearer | None = None


def _why(error: OSError) -> str:
    """What the system says of a file, in French for what happens at a desk."""
    known = (
        (FileNotFoundError, "il n'existe pas"),
        (IsADirectoryError, "c'est un dossier"),
        (PermissionError, "accès refusé"),
    )
    return next((said for kind, said in known if isinstance(error, kind)), str(error.strerror))


def read_bytes(file: Path) -> bytes:
    """The content of a file, or of standard input for «-». Raises FileProblem."""
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise FileProblem(f"Le fichier {file} ne peut pas être lu ({_why(error)}). Rien n'a été envoyé.") from None


def check_writable(file: Path) -> None:
    """Refuse, before anything is sent, a place where a file could not be written. Raises FileProblem."""
    if file.is_dir() or not os.access(file if file.exists() else file.absolute().parent, os.W_OK):
        raise FileProblem(f"Le fichier {file} ne peut pas être écrit. Rien n'a été envoyé.")


def source_of(raw: bytes, sheet: int | None = None) -> str:
    """What recognises the same file sent again after a lost reply; of a consultation, one of its sheets (from 1)."""
    fingerprint = hashlib.sha256(raw).hexdigest()
    return fingerprint if sheet is None else f"{fingerprint}/{sheet}"


def read_prescription(raw: bytes, card: Card, now: datetime) -> ToPrescribe:
    """The prescription or prescriptions of a file; written today, by the calendar of their place.

    Lines none of which has a rank are numbered in their order. Raises Refused with every fault.
    """
    body = decoded(raw)
    several = isinstance(body, dict) and "sheets" in body
    if isinstance(body, dict) and number_lines(body):
        raw = msgspec.json.encode(body)
    written = native.read(raw, ConsultationFile) if several else native.read(raw, PrescriptionFile)
    place = written.place or card.place
    today = now.astimezone(zone_of(place)).date()
    said: dict[str, Any] = {name: getattr(written, name) for name in written.__struct_fields__ if name not in _KEPT}
    said |= {"place": place, "written_on": written.written_on or today}
    try:
        made = Consultation(**said).prescriptions() if several else (Prescription(**said),)
    except ValueError as error:
        raise _fault(_AT.get(str(error), "$.sheets" if several else "$.lines"), str(error)) from None
    for at, each in enumerate(made):
        assisting.refuse_short_reasons(each.lines, at=f"$.sheets[{at}]" if several else "$")
    return ToPrescribe(made, several, written.subject or Subject(), written.treatments)


def decoded(raw: bytes) -> Any:
    """The untyped body, or None where it is no JSON: reading it as what it should be tells why."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def number_lines(body: dict[str, Any]) -> bool:
    """Number, in place, each list of lines in which no line has a rank; whether there was one. A mix is left as it is."""
    sheets = body["sheets"] if isinstance(body.get("sheets"), list) else [body]
    changed = False
    for lines in (each.get("lines") for each in sheets if isinstance(each, dict)):
        if not isinstance(lines, list) or not all(isinstance(line, dict) and "rank" not in line for line in lines):
            continue
        for rank, line in enumerate(lines, start=1):
            line["rank"] = rank
        changed = True
    return changed


def read_execution(raw: bytes, now: datetime, card_holder: Beneficiary | None = None) -> tuple[EpuId | None, Execution]:
    """The execution of a file, and the number if the file has it. Raises Refused with every fault.

    `card_holder`, read on a Vitale card, is the beneficiary of an execution that delivers, if the file names none.
    """
    written = native.read(raw, ExecutionFile)
    delivers = any(not isinstance(each, Withheld) for each in written.lines)
    beneficiary = written.beneficiary or (card_holder if delivers else None)
    said: dict[str, Any] = {name: getattr(written, name) for name in written.__struct_fields__ if name != "number"}
    said |= {
        "act_id": written.act_id or uuid4(),
        "performed_at": written.performed_at or now,
        "beneficiary": beneficiary,
    }
    try:
        return written.number, Execution(**said)
    except ValueError as error:
        raise _fault("$", str(error)) from None


class Presented(Struct, frozen=True):
    """What a patient's sheet gave: the number, and the QR code's text when it was read whole."""

    number: EpuId
    scanned: str | None = None


def read_number(number_file: Path | None, picture: Path | None) -> EpuId:
    """The number: from a PDF or picture, a file, standard input, or a prompt. Raises Refused, NotOurCode."""
    return read_presented(number_file, picture).number


def read_presented(number_file: Path | None, picture: Path | None) -> Presented:
    """The number, with the QR code's text if it was scanned. Raises Refused, NotOurCode."""
    if picture is not None and number_file is not None:
        raise FileProblem("Donnez --from ou --number-file, pas les deux.")
    if picture is not None:
        return _pictured(read_bytes(picture))
    if number_file is not None:
        return _typed(read_bytes(number_file).decode("utf-8", "replace"))
    if not sys.stdin.isatty():
        return _typed(sys.stdin.read(2000))
    return _typed(str(typer.prompt("Numéro de l'ordonnance (ou lecture du QR code)")))


def _pictured(raw: bytes) -> Presented:
    try:
        signed = scan.find_code(raw)
    except qr.NotOurCode:
        return Presented(scan.find_number(raw))  # a number alone in a code, or the reason why there is none
    return Presented(signed.content.number, qr.write(signed))


def _typed(text: str) -> Presented:
    number = parse_number(text)
    try:
        return Presented(number, qr.write(qr.read(keyboard.understood(text))))
    except qr.NotOurCode:
        return Presented(number)


def parse_number(text: str) -> EpuId:
    """The number that a person typed or a scanner sent: number alone, or the QR code's whole text, whatever the layout."""
    text = keyboard.understood(re.sub(r"^\s*num[ée]ro\s*:\s*", "", text, flags=re.IGNORECASE))
    if len("".join(text.split())) > LENGTH + 6 or codes.kind_of(text) is not codes.Kind.UNKNOWN:
        return qr.number_in(text)
    try:
        return EpuId.read(text)
    except WrongCheckSymbol as wrong:
        meant = " Vouliez-vous dire : " + ", ".join(EpuId(each).grouped for each in wrong.meant[:4]) + " ?"
        raise Refused(Refusal.WRONG_CHECK_SYMBOL, meant=meant if wrong.meant else "") from None
    except Malformed as error:
        read = len("".join(text.split()))
        told = {
            "wrong-length": f"Un numéro a {LENGTH} symboles ; {read} ont été lus.",
            "symbol-not-in-alphabet": SYMBOLS,
        }
        fault = Fault("numéro", error.reason, told.get(error.reason, HINTS.get(error.reason, SYMBOLS)))
        raise Refused(Refusal.UNREADABLE, faults=(fault,)) from None


def _fault(at: str, code: str) -> Refused:
    return Refused(Refusal.UNREADABLE, faults=(Fault(at, code, HINTS.get(code, HINTS["wrong-format"])),))
