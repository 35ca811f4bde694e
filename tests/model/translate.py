"""From gestures to the model's own values: what the drivers send, and what they read in an answer."""

from datetime import timedelta
from uuid import UUID

import msgspec
from gestures import Ask, Order, Part, Past, Person, Seen, Wanted

from factories import SOFTWARE, a_beneficiary, a_medicine, a_text
from ordonum.model.actors import Actor, Employee, EmployeeRole, Place, Profession, Professional
from ordonum.model.acts import Execution, Given
from ordonum.model.care import NursingLine
from ordonum.model.identifiers import CommitmentHex, EmployeeId
from ordonum.model.invoice import Invoice, InvoicedLine
from ordonum.model.lines import Family, Frequency, Period, Quantity, Unit
from ordonum.model.outcomes import Delivered, Handwritten, NotDelivered, Outcome, SeenOnPaper, Withheld
from ordonum.model.prescription import Line, SignedOrder
from ordonum.model.products import MedicineLine, Substance
from ordonum.model.state import Remainder, Status
from ordonum.model.views import PastExecution
from ordonum.sandbox import people, places

FAMILIES = {"products": Family.HEALTH_PRODUCTS, "care": Family.NURSING}
CARDS: dict[Person, str] = {
    "martin": "dr-martin",
    "leroy": "dr-leroy",
    "pharmacist": "pharmacie-centre",
    "assistant": "preparatrice-lemoine",
    "rival": "pharmacie-gare",
    "nurse": "infirmiere-diallo",
}
COUNTED = {"boxes": Unit.BOXES, "visits": Unit.SESSIONS}


def actors() -> dict[Person, Actor]:
    """The people of the story, each in their place."""

    def one(rank: int, profession: Profession, place: Place) -> Actor:
        return Actor(people.professional(rank, "X", "Y", profession), place, SOFTWARE)

    helped = Employee(EmployeeId(f"3{people.finess(1)}/CPET00001"), "LEMOINE", "Chloé", EmployeeRole.PHARMACY_ASSISTANT)
    return {
        "martin": one(1, Profession.DOCTOR, places.CABINET_MARTIN),
        "leroy": one(2, Profession.DOCTOR, places.CABINET_LEROY),
        "pharmacist": one(3, Profession.PHARMACIST, places.PHARMACIE_CENTRE),
        "assistant": Actor(helped, places.PHARMACIE_CENTRE, SOFTWARE),
        "rival": one(4, Profession.PHARMACIST, places.PHARMACIE_GARE),
        "nurse": one(5, Profession.NURSE, places.CABINET_DIALLO),
    }


def line(rank: int, wanted: Wanted) -> Line:
    """A line of the order."""
    if wanted.kind == "boxes":
        amount = Quantity(wanted.one, Unit.BOXES)
        return _out_of_rules(a_medicine(rank, quantity=amount, renewals=wanted.renewals, secured=wanted.secured))
    if wanted.kind == "days":
        many = wanted.renewals
        made = a_medicine(rank, quantity=None, duration_days=wanted.one, renewals=many, secured=wanted.secured)
        return _out_of_rules(made)
    if wanted.kind == "visits":
        daily = Frequency(times=1, period=Period.DAY)
        return NursingLine(
            rank=rank, label="Injection", frequency=daily, duration_days=wanted.one, renewals=wanted.renewals
        )
    return a_text(rank, renewals=wanted.renewals) if wanted.kind == "times" else NursingLine(rank=rank, label="Soins")


def _out_of_rules(made: MedicineLine) -> Line:
    """A medicine of which no rule asks anything: rules have their own tests, day by day."""
    return msgspec.structs.replace(made, substances=(Substance("substance d'essai"),), not_reimbursable=True)


def order(wanted: Order, who: Professional, place: Place) -> SignedOrder:
    """The order, not signed."""
    return SignedOrder(
        v=1,
        act_id=wanted.id,
        family=FAMILIES[wanted.family],
        prescriber=who,
        place=place,
        software=SOFTWARE,
        written_on=wanted.written,
        opposed=wanted.opposed,
        lines=tuple(line(rank, each) for rank, each in enumerate(wanted.lines, start=1)),
        commitment=CommitmentHex("0" * 64),
    )


def _outcome(part: Part, written: tuple[Wanted, ...]) -> Outcome:
    if part.what == "withheld":
        return Withheld(line=part.rank, reason=NotDelivered.OUT_OF_STOCK)
    if part.what == "handwritten":
        return Handwritten(text="Coton")
    kind = written[part.rank - 1].kind if part.rank <= len(written) else "boxes"
    why = "boîte perdue" if part.reason else None
    if part.amount is None:  # not said, or in boxes of what is counted in days
        amount = Quantity(1, Unit.BOXES) if kind == "days" else None
        return Delivered(line=part.rank, quantity=amount, beyond_reason=why)
    if kind in COUNTED:
        return Delivered(line=part.rank, quantity=Quantity(part.amount, COUNTED[kind]), beyond_reason=why)
    boxes = Quantity(1, Unit.BOXES) if kind == "days" else None
    return Delivered(line=part.rank, quantity=boxes, covers=part.amount, beyond_reason=why)


def execution(ask: Ask, written: tuple[Wanted, ...]) -> Execution:
    """The execution, in the units of the lines as they are written on the paper."""
    lines = tuple(_outcome(part, written) for part in ask.parts)
    named = a_beneficiary(first_name="Éloïse" if ask.patient == "same" else "Paul")
    return Execution(
        act_id=ask.id,
        given=Given.ALREADY if ask.already else Given.NOW,
        performed_at=ask.done_at,
        lines=lines,
        beneficiary=named if ask.hands_over and not ask.on_paper else None,
        seen_on_paper=SeenOnPaper(stamp="Pharmacie des Halles") if ask.on_paper else None,
        identity_reason="prénom d'usage" if ask.patient == "explained" else None,
        rule_reason=f"essai {ask.version}" if ask.version else None,
    )


def invoice(ask: Ask) -> Invoice:
    """The invoice of these parts, in boxes."""
    lines = tuple(InvoicedLine(line=part.rank, quantity=Quantity(part.amount or 1, Unit.BOXES)) for part in ask.parts)
    day = (ask.done_at - timedelta(hours=1)).date()
    return Invoice(act_id=ask.id, number=f"{ask.version:09}", lot="1", date=day, lines=lines)


def shown(status: Status, remainders: tuple[Remainder, ...], executions: tuple[PastExecution, ...]) -> Seen:
    """What any reader is shown, in the machine's words."""
    past = tuple(Past(UUID(str(each.act_id)), each.early, frozenset(each.in_conflict)) for each in executions)
    return Seen(status.value, tuple((each.given, each.left) for each in remainders), past)
