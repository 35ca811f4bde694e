"""What is printed on the back of the paper at execution: who, when, what, in which quantity, in place of what.

CSP R.5132-13 (name of the executant, number of the ordonnancier, date, quantities, renewals), R.5125-53 (substitution; with
an electronic prescription the recorded execution stands for stamp and date), R.4235-61 (refusal). The back is photocopied
and sent where the front is not: it carries the last group of the number alone, and the patient's first name and initial.
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from ordonum.knowledge.timezones import zone_of
from ordonum.model.actors import Actor, Employee, Professional
from ordonum.model.acts import Execution, Given
from ordonum.model.beneficiary import Bearer
from ordonum.model.measure import covered, one_delivery
from ordonum.model.number import EpuId
from ordonum.model.outcomes import Added, Delivered, ExceptionalRule, Handwritten, Outcome, Withheld
from ordonum.model.prescription import Line, SignedOrder
from ordonum.model.state import Remainder
from ordonum.model.supply import days_of
from ordonum.texts import french
from ordonum.texts import lines as line_texts
from ordonum.wire.sheet_press import Variant, press, template

_TEMPLATE = template("sheet_back.typ")
RECORDED = "Exécution enregistrée le {} : elle tient lieu de timbre et de date (CSP R.5125-53)."
NOT_RECORDED = "EXÉCUTION NON ENREGISTRÉE À CE JOUR : timbre et date à la main (CSP R.5125-53)."
BASE = ", d'après la base"


def draw_back(
    execution: Execution,
    order: SignedOrder,
    by: Actor,
    number: EpuId,
    *,
    recorded_at: datetime | None,
    remainders: Sequence[Remainder] = (),
    in_conflict: Sequence[str] = (),
    corrected_at: datetime | None = None,
    start_mm: int = 0,
    specimen: bool = False,
    variant: Variant = "a-3a",
) -> bytes:
    """The page as PDF bytes. `recorded_at` is None while the service has not answered; `remainders` are those *after* this
    execution, or none when nobody knows; `corrected_at`: when what it corrects was done, if that is known. `start_mm` (0 to
    200) leaves room for what earlier executions printed above.

    Raises ValueError for another `start_mm`, Unprintable when a character has no glyph.
    """
    if not 0 <= start_mm <= 200:
        raise ValueError("start_mm goes from 0 to 200")
    zone = zone_of(by.place)
    products = order.family in french.PRODUCTS
    left = {each.line: each for each in remainders}
    data = {
        "title": f"{'Délivrance' if products else 'Actes faits'} du {french.moment(execution.performed_at, zone)}",
        "author": by.place.name,
        "day": [*execution.performed_at.astimezone(zone).timetuple()[:3]],
        "of": _of(execution, order, number),
        "executant": _executant(by),
        "recorded": RECORDED.format(french.moment(recorded_at, zone)) if recorded_at else NOT_RECORDED,
        "is-recorded": recorded_at is not None,
        "corrects": _corrects(execution, corrected_at, zone),
        "sayings": _sayings(execution, order, in_conflict),
        "head": [
            "Ligne",
            "Prescrit",
            "Délivré" if products else "Fait",
            "N° d'ordonnancier" if products else "Référence",
            "Substitution, motif",
            *(["Reste d'après la base"] if remainders else []),
        ],
        "rows": [_row(each, order, left) for each in execution.lines],
        "start": start_mm,
        "specimen": "SPÉCIMEN — carte de test, sans valeur" if specimen else "",
    }
    return press(_TEMPLATE, data, {}, variant=variant)


def _of(execution: Execution, order: SignedOrder, number: EpuId) -> str:
    """Which sheet this is the back of, without its number."""
    whom = execution.beneficiary
    patient = f" pour {whom.first_name} {whom.surname[:1].upper()}." if whom else ""
    prescriber = f"{order.prescriber.given_name} {order.prescriber.surname}"
    ends = number.grouped.rsplit(" ", 1)[1]
    return f"Ordonnance du {french.day(order.written_on)}, {prescriber}{patient}, numéro finissant par {ends}"


def _executant(by: Actor) -> list[str]:
    """Who executed, and the identifier of the place."""
    place, who = by.place, by.who
    found = [place.name, f"N° FINESS {place.finess}" if place.finess else f"N° AM {place.numero_am}"]
    found.append(f"{place.address}, {place.postal_code} {place.city}")
    if by.inside is not None:
        found.append(f"dans l'établissement {by.inside.name} (N° FINESS {by.inside.finess})")
    if isinstance(who, Professional):
        found.append(f"{who.given_name} {who.surname}, {who.profession.label}, N° RPPS {who.rpps}")
    elif isinstance(who, Employee):
        under = f", sous la responsabilité du N° RPPS {who.under}" if who.under else ""
        found.append(f"{who.given_name} {who.surname}, {who.role.label}{under}")
    return found


def _corrects(execution: Execution, corrected_at: datetime | None, zone: ZoneInfo) -> str:
    """«ANNULE ET REMPLACE l'exécution du … (erreur de quantité)»; empty for an execution that corrects none."""
    if execution.corrects is None:
        return ""
    which = f"l'exécution du {french.moment(corrected_at, zone)}" if corrected_at else "une exécution antérieure"
    detail = f" : {execution.corrects.detail}" if execution.corrects.detail else ""
    return f"ANNULE ET REMPLACE {which} ({execution.corrects.reason.label}{detail})"


def _sayings(execution: Execution, order: SignedOrder, in_conflict: Sequence[str]) -> list[str]:
    """What is to be known beside the lines: another's delivery, what was not touched, reasons, conflicts."""
    found = []
    if execution.seen_on_paper is not None:
        found.append(f"Délivré par un autre, lu sur le papier : {execution.seen_on_paper.stamp}.")
    elif execution.given is Given.ALREADY:
        found.append("Avait déjà eu lieu, déclaré ensuite.")
    touched = {each.line for each in execution.lines if not isinstance(each, Handwritten)}
    if others := [str(line.rank) for line in order.lines if line.rank not in touched]:
        found.append(f"{'Lignes non concernées' if len(others) > 1 else 'Ligne non concernée'} : {', '.join(others)}.")
    if execution.bearer is not None:
        found.append(_bearer(execution.bearer))
    if execution.rule_reason:
        found.append(f"Raison donnée : {execution.rule_reason}.")
    return [*found, *(f"En conflit : {french.conflict(code)}." for code in in_conflict)]


def _bearer(bearer: Bearer) -> str:
    """That somebody came in the patient's stead: the law wants name and address recorded, not shown to whoever reads this."""
    proof = f", justificatif présenté : {bearer.proof}" if bearer.proof else ", connu de l'exécutant"
    who = f"{bearer.first_name} {bearer.surname[:1].upper()}."
    return f"Remis à un porteur, {who}{proof} ; nom et adresse enregistrés (CSP R.5132-35)."


def _row(each: Outcome, order: SignedOrder, left: dict[int, Remainder]) -> list[str]:
    """A row: rank, prescribed, delivered, ordonnancier, why another thing; and what is left, where that is known."""
    if isinstance(each, Handwritten):
        row = ["à la main", each.text, _delivered(each, "comme écrit"), each.ordonnancier or "—", _why(each, None)]
        if isinstance(each, Added):
            row[:3] = ["ajouté", "—", _delivered(each, each.text)]
        return [*row, *(["—"] if left else [])]
    line = order.lines[each.line - 1] if each.line <= len(order.lines) else None
    prescribed = ", ".join(filter(None, (line_texts.title(line), line_texts.amount(line)))) if line else "—"
    rest = left.get(each.line)
    last = [french.left(rest, order.family).removesuffix(BASE) if rest else "—"] if left else []
    if isinstance(each, Withheld):
        told = ", prescripteur informé" if each.prescriber_told else ""
        why = f"{each.reason.label[:1].upper()}{each.reason.label[1:]}{told}" + (
            f" : {each.detail}" if each.detail else ""
        )
        nothing = "NON DÉLIVRÉ" if order.family in french.PRODUCTS else "NON FAIT"
        return [str(each.line), prescribed, nothing, "—", why, *last]
    done, why = _delivered(each, "comme prescrit"), _why(each, line)
    return [str(each.line), prescribed, done, each.ordonnancier or "—", why, *last]


def _delivered(each: Delivered | Handwritten, same: str) -> str:
    """«2 boîtes : OMÉPRAZOLE 20 mg, lot A12 (exp. 2028-03)»; the quantity first, since it is what is looked for."""
    counted = f"{french.quantity(each.quantity)} : " if each.quantity is not None else ""
    batches = [f"lot {batch.number}" + (f" (exp. {batch.expires})" if batch.expires else "") for batch in each.batches]
    covers = [f"compte pour {each.covers}"] if isinstance(each, Delivered) and each.covers is not None else []
    return counted + ", ".join([each.product or same, *covers, *batches])


def _why(each: Delivered | Handwritten, line: Line | None) -> str:
    parts = [f"Substitution : {each.substitution.label}"] if each.substitution else []
    if isinstance(each, Added):
        parts.append(f"Ajouté : {each.under.label}" + (f", {each.detail}" if each.detail else ""))
    if each.intervention is not None:
        parts.append(_capital(french.intervention(each.intervention)))
    if isinstance(each, Delivered) and each.exceptional is not None:
        parts.append(_exceptional(each, each.exceptional, line))
    if isinstance(each, Delivered) and each.beyond_reason:
        parts.append(f"Au-delà du reste : {each.beyond_reason}")
    return " ; ".join(parts) or "—"


def _exceptional(each: Delivered, rule: ExceptionalRule, line: Line | None) -> str:
    """The mention that the law wants on the sheet, with for how long (CSP R.5123-2-1, R.5134-4-2)."""
    days = days_of(covered(each, line) or one_delivery(line), line) if line is not None else None
    lasts = f", pour {days} jours" if days is not None else ""
    return f"{_capital(rule.label)}{lasts}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
