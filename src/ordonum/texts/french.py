"""French of documents: dates, quantities, lines, remainders. The same sentence on paper, on screen and in documents."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from ordonum.model.acts import Delivered, Withheld
from ordonum.model.prescription import Line, MedicineLine, Quantity, Sex, Unit
from ordonum.model.state import LineStatus, Remainder

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def day(when: date) -> str:
    """«1er novembre 2026»."""
    return f"{'1er' if when.day == 1 else when.day} {MONTHS[when.month - 1]} {when.year}"


def moment(when: datetime, zone: ZoneInfo) -> str:
    """«22 novembre 2026 à 10 h 04», on the wall clock of that zone."""
    local = when.astimezone(zone)
    return f"{day(local.date())} à {local.hour} h {local.minute:02d}"


def birth_date(text: str) -> str:
    """«14/07/1958» from 1958-07-14; also for dates that no calendar has."""
    year, month, day_ = text.split("-")
    return f"{day_}/{month}/{year}"


def counted(value: int, unit: Unit | None) -> str:
    """«2 boîtes», «1 séance»; «2 délivrances» where nothing is counted."""
    noun = unit.label if unit is not None else "délivrance"
    return f"{value} {noun}{'s' if value > 1 else ''}"


def quantity(given: Quantity) -> str:
    """«2 boîtes»."""
    return counted(given.value, given.unit)


def title(line: Line) -> str:
    """The first words of a line: the medicine and its substance, or the text."""
    if isinstance(line, MedicineLine):
        same = line.substance.casefold() in line.label.casefold()
        return line.label if same else f"{line.label} ({line.substance})"
    return line.text


def amount(line: Line) -> str:
    """«pendant 30 jours, 2 boîtes, à renouveler 3 fois»; empty where nothing was written."""
    parts = []
    if line.duration_days is not None:
        parts.append(f"pendant {counted(line.duration_days, Unit.DAYS)}")
    if line.quantity is not None:
        parts.append(quantity(line.quantity))
    if line.renewals:
        parts.append(f"à renouveler {line.renewals} fois")
    return ", ".join(parts)


def left(remainder: Remainder) -> str:
    """«à délivrer : 2 boîtes sur 3, d'après la base»."""
    if remainder.status is LineStatus.CANCELLED and remainder.given:
        return f"{remainder.status.label} après {counted(remainder.given, remainder.unit)}, d'après la base"
    if remainder.status in (LineStatus.DELIVERED, LineStatus.CANCELLED):
        beyond = f", {counted(remainder.beyond, remainder.unit)} en plus" if remainder.beyond else ""
        return f"{remainder.status.label}{beyond}, d'après la base"
    reste = counted(remainder.left, remainder.unit)
    return f"{remainder.status.label} ; reste {reste} sur {remainder.total}, d'après la base"


CONFLICTS = {
    "cancelled": "l'ordonnance était annulée",
    "identity-differs": "prénom ou date de naissance différents de ceux de l'ordonnance",
    "more-than-left": "plus que ce qui restait d'après la base",
    "secured-more-than-left": "plus que ce qui restait d'une ligne sécurisée",
    "rule-refuses": "contraire à une règle",
    "rule-asks": "une règle demandait une raison",
}


def conflict(code: str) -> str:
    """What stood against an act that had happened and was recorded."""
    return CONFLICTS.get(code, code)


def executed(line: Delivered | Withheld) -> str:
    """«ligne 1 : DOLIPRANE 1000 mg, 2 boîtes» or «ligne 1 : non délivrée (rupture)»."""
    if isinstance(line, Withheld):
        return f"ligne {line.line} : non délivrée ({line.reason.label})"
    parts = [line.product or "comme prescrit"]
    if line.quantity:
        parts.append(quantity(line.quantity))
    if line.beyond_reason:
        parts.append(f"au-delà du reste : {line.beyond_reason}")
    return f"ligne {line.line} : " + ", ".join(parts)


def born(sex: Sex, text: str) -> str:
    """«Née le 14/03/1979, sexe féminin»."""
    participle = {Sex.FEMALE: "Née", Sex.MALE: "Né"}.get(sex, "Né(e)")
    return f"{participle} le {birth_date(text)}, sexe {sex.label}"
