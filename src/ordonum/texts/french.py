"""French of documents: dates, quantities, lines, remainders. The same sentence on paper, on screen and in documents."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from ordonum.model.invoice import Justification
from ordonum.model.lines import Family, Quantity, Unit
from ordonum.model.outcomes import Added, Delivered, Handwritten, Intervention, Outcome, Withheld
from ordonum.model.prescription import Sex
from ordonum.model.state import DONE, LineStatus, Remainder
from ordonum.model.views import PastExecution

PRODUCTS = frozenset({Family.HEALTH_PRODUCTS, Family.OPTICS})
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
    """«2 boîtes», «1 séance»; «2 exécutions» where nothing is counted. Symbols (g, ml) take no mark."""
    noun = unit.label if unit is not None else "exécution"
    return f"{value} {noun}{'s' if value > 1 and len(noun) > 2 else ''}"


def quantity(given: Quantity) -> str:
    """«2 boîtes»."""
    return counted(given.value, given.unit)


# How each status of a line is said of what is done and not delivered.
_DONE = {
    LineStatus.TO_DELIVER: "à faire",
    LineStatus.PARTLY: "faite en partie",
    LineStatus.DELIVERED: "faite",
    LineStatus.NOT_DELIVERED: "non faite",
    LineStatus.EXHAUSTED: "épuisée",
    LineStatus.CANCELLED: "annulée",
    LineStatus.EXPIRED: "expirée",
}


def line_status(status: LineStatus, family: Family) -> str:
    """«délivrée» of a product, «faite» of an act."""
    return status.label if family in PRODUCTS else _DONE[status]


def left(remainder: Remainder, family: Family = Family.HEALTH_PRODUCTS) -> str:
    """«à délivrer ; reste 2 boîtes sur 3, d'après la base»; «à faire…» for acts."""
    status = line_status(remainder.status, family)
    if remainder.status is LineStatus.CANCELLED and remainder.given:
        return f"{status} après {counted(remainder.given, remainder.unit)}, d'après la base"
    if remainder.status in DONE or remainder.status is LineStatus.CANCELLED:
        beyond = f", {counted(remainder.beyond, remainder.unit)} en plus" if remainder.beyond else ""
        return f"{status}{beyond}, d'après la base"
    return f"{status}{', ' if remainder.left is None else ' ; '}{amount_left(remainder)}"


def amount_left(remainder: Remainder) -> str:
    """«reste 2 boîtes sur 3, d'après la base»; «4 séances à ce jour, d'après la base» where nobody set a number."""
    if remainder.left is None:
        return f"{counted(remainder.given, remainder.unit)} à ce jour, d'après la base"
    return f"reste {counted(remainder.left, remainder.unit)} sur {remainder.total}, d'après la base"


CONFLICTS = {
    "cancelled": "l'ordonnance était annulée",
    "replaced": "l'ordonnance était remplacée par une autre",
    "line-cancelled": "la ligne était annulée",
    "identity-differs": "prénom ou date de naissance différents de ceux de l'ordonnance",
    "more-than-left": "plus que ce qui restait d'après la base",
    "secured-more-than-left": "plus que ce qui restait d'une ligne sécurisée",
    "rule-refuses": "contraire à une règle",
    "rule-asks": "une règle demandait une raison",
    "unknown-line": "une ligne n'est pas dans l'ordonnance",
    "performed-before-written": "acte daté d'avant la rédaction",
    "secured-unregistered": "ligne sécurisée remise avant l'enregistrement de l'ordonnance",
}


def conflict(code: str) -> str:
    """What stood against an act that had happened and was recorded."""
    return CONFLICTS.get(code, code)


def executed(line: Outcome) -> str:
    """«ligne 1 : DOLIPRANE 1000 mg, 2 boîtes», «ligne 1 : non délivrée (rupture)», «à la main : …»."""
    if isinstance(line, Withheld):
        told = ", prescripteur informé" if line.prescriber_told else ""
        detail = f" : {line.detail}" if line.detail else ""
        return f"ligne {line.line} : non délivrée ({line.reason.label}{told}){detail}"
    if isinstance(line, Added):
        under = line.under.label + (f", {line.detail}" if line.detail else "")
        where, parts = f"ajoutée ({under})", [line.text, *([line.product] if line.product else [])]
    elif isinstance(line, Handwritten):
        where, parts = "ajoutée à la main", [line.text, *([line.product] if line.product else [])]
    else:
        where, parts = f"ligne {line.line}", [line.product or "comme prescrit"]
    if line.quantity:
        parts.append(quantity(line.quantity))
    parts += [f"lot {each.number}" + (f" (exp. {each.expires})" if each.expires else "") for each in line.batches]
    if line.ordonnancier:
        parts.append(f"ordonnancier {line.ordonnancier}")
    if line.substitution:
        parts.append(f"substitution : {line.substitution.label}")
    if line.intervention:
        parts.append(intervention(line.intervention))
    if isinstance(line, Delivered) and line.exceptional:
        parts.append(line.exceptional.label)
    if isinstance(line, Delivered) and line.beyond_reason:
        parts.append(f"au-delà du reste : {line.beyond_reason}")
    return f"{where} : " + ", ".join(parts)


def intervention(made: Intervention) -> str:
    """«modification (rupture), accord du prescripteur le 3 novembre 2026 par téléphone»."""
    why = [each.label for each in (made.reason, made.sub_reason) if each is not None]
    said = made.kind.label + (f" ({', '.join(why)})" if why else "")
    if made.detail:
        said += f" : {made.detail}"
    if made.agreement:
        when = f" le {day(made.agreement.on)}" if made.agreement.on else ""
        said += f", accord du prescripteur{when} par {made.agreement.means.label}"
    return said


def born(sex: Sex, text: str) -> str:
    """«Née le 14/03/1979, sexe féminin»."""
    participle = {Sex.FEMALE: "Née", Sex.MALE: "Né"}.get(sex, "Né(e)")
    return f"{participle} le {birth_date(text)}, sexe {sex.label}"


def who(execution: PastExecution) -> str:
    """What the executant is: «pharmacien», «préparateur en pharmacie»."""
    label = (
        execution.profession.label if execution.profession else execution.role.label if execution.role else "structure"
    )
    return f"{label}, d'après le papier de {execution.seen_on_paper.stamp}" if execution.seen_on_paper else label


def justification(each: Justification) -> str:
    """«ligne 1 de la facture : justifiée…» or «…: numérisation nécessaire (raison)»."""
    said = "aucune numérisation nécessaire" if not each.scan_needed else "numérisation encore nécessaire"
    return f"ligne {each.position} de la facture : {said} ({each.reason.label})"


def euros(cents: int) -> str:
    """«1 234,56 €», with narrow no-break spaces between thousands and a no-break space before the sign."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'−' if cents < 0 else ''}{whole:,}".replace(",", "\u202f") + f",{rest:02d}\u00a0€"
