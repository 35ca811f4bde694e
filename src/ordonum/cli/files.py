"""The files that a person writes or scans: a prescription, an execution, a number. Secrets never come by argument."""

import hashlib
import os
import sys
from datetime import date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import typer
from msgspec import Struct

from ordonum.cli.exits import FileProblem
from ordonum.client import Card
from ordonum.knowledge.timezones import zone_of
from ordonum.model.actors import Place, Professional, Text
from ordonum.model.acts import Execution, Given, Moment
from ordonum.model.beneficiary import Beneficiary
from ordonum.model.identifiers import Malformed
from ordonum.model.lines import Family
from ordonum.model.number import LENGTH, EpuId, WrongCheckSymbol
from ordonum.model.outcomes import Outcomes, Withheld
from ordonum.model.prescription import Lines, Patient, Prescription
from ordonum.model.refusals import Fault, Refusal, Refused
from ordonum.wire import codes, keyboard, native, qr, scan
from ordonum.wire.faults import HINTS

SYMBOLS = "Le numéro n'emploie que BCDEFGHJKLNPRSTUVX et 23456789."


class PrescriptionFile(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What `ordonum prescribe FILE` reads. Without `place`, the card's; without `written_on`, today."""

    patient: Patient
    place: Place | None = None
    replaced: Professional | None = None
    family: Family
    written_on: date | None = None
    opposed: bool
    lines: Lines


class ExecutionFile(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What `ordonum execute FILE` reads. Without `performed_at`, now; without `act_id`, a new one."""

    number: EpuId | None = None
    act_id: UUID | None = None
    given: Given
    performed_at: Moment | None = None
    lines: Outcomes
    beneficiary: Beneficiary | None = None
    identity_reason: Text | None = None
    rule_reason: Text | None = None


def read_bytes(file: Path) -> bytes:
    """The content of a file, or of standard input for «-». Raises FileProblem."""
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise FileProblem(f"Le fichier {file} ne peut pas être lu ({error.strerror}). Rien n'a été envoyé.") from None


def check_writable(file: Path) -> None:
    """Refuse, before anything is sent, a place where a file could not be written. Raises FileProblem."""
    if file.is_dir() or not os.access(file if file.exists() else file.absolute().parent, os.W_OK):
        raise FileProblem(f"Le fichier {file} ne peut pas être écrit. Rien n'a été envoyé.")


def source_of(raw: bytes) -> str:
    """What recognises the same file sent again after a lost reply."""
    return hashlib.sha256(raw).hexdigest()


def read_prescription(raw: bytes, card: Card, now: datetime) -> Prescription:
    """The prescription of a file; written today, by the calendar of its place. Raises Refused with every fault."""
    written = native.read(raw, PrescriptionFile)
    place = written.place or card.place
    today = now.astimezone(zone_of(place)).date()
    try:
        return Prescription(
            patient=written.patient,
            place=place,
            replaced=written.replaced,
            family=written.family,
            written_on=written.written_on or today,
            opposed=written.opposed,
            lines=written.lines,
        )
    except ValueError as error:
        raise _fault("$.lines", str(error)) from None


def read_execution(raw: bytes, now: datetime, card_holder: Beneficiary | None = None) -> tuple[EpuId | None, Execution]:
    """The execution of a file, and the number if the file has it. Raises Refused with every fault.

    `card_holder`, read on a Vitale card, is the beneficiary of an execution that delivers, if the file names none.
    """
    written = native.read(raw, ExecutionFile)
    delivers = any(not isinstance(each, Withheld) for each in written.lines)
    beneficiary = written.beneficiary or (card_holder if delivers else None)
    try:
        return written.number, Execution(
            act_id=written.act_id or uuid4(),
            given=written.given,
            performed_at=written.performed_at or now,
            lines=written.lines,
            beneficiary=beneficiary,
            identity_reason=written.identity_reason,
            rule_reason=written.rule_reason,
        )
    except ValueError as error:
        raise _fault("$", str(error)) from None


def read_number(number_file: Path | None, picture: Path | None) -> EpuId:
    """The number: from a PDF or picture, a file, standard input, or a prompt. Raises Refused, NotOurCode."""
    if picture is not None and number_file is not None:
        raise FileProblem("Donnez --from ou --number-file, pas les deux.")
    if picture is not None:
        return scan.find_number(read_bytes(picture))
    if number_file is not None:
        return parse_number(read_bytes(number_file).decode("utf-8", "replace"))
    if not sys.stdin.isatty():
        return parse_number(sys.stdin.read(2000))
    return parse_number(str(typer.prompt("Numéro de l'ordonnance (ou lecture du QR code)")))


def parse_number(text: str) -> EpuId:
    """The number that a person typed or a scanner sent: number alone, or the QR code's whole text, whatever the layout."""
    text = keyboard.understood(text)
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
