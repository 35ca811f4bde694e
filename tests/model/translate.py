"""From gestures to the model's own values: what the drivers send, and what they read in an answer."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from gestures import Ask, Order, Part, Past, Person, Seen, Wanted

from factories import SOFTWARE, a_beneficiary, a_medicine, a_text
from ordonum.model.actors import Actor, Employee, EmployeeRole, Place, Profession, Professional, Software
from ordonum.model.acts import Execution, Given
from ordonum.model.amending import AmendReason, Correction, Suspicion, SuspicionKind, Withdrawal
from ordonum.model.beneficiary import NoIdentity, NoIdentityReason
from ordonum.model.care import NursingLine
from ordonum.model.identifiers import CommitmentHex, EmployeeId
from ordonum.model.invoice import Invoice, InvoicedLine
from ordonum.model.lines import Family, Frequency, Period, Quantity, Unit
from ordonum.model.outcomes import Delivered, Handwritten, NotDelivered, Outcome, SeenOnPaper, Withheld
from ordonum.model.prescription import Line, SignedOrder
from ordonum.model.products import MedicineLine, Substance
from ordonum.model.stopping import Cancellation, CancelReason, Replacement
from ordonum.model.views import ForExecutant, ForPrescriber
from ordonum.model.wishes import Anonymity, AnonymityGround, CopyAcknowledged, CopyChannel, Paperless
from ordonum.sandbox import people, places

FAMILIES = {"products": Family.HEALTH_PRODUCTS, "care": Family.NURSING}
CARDS: dict[Person, str] = {
    "martin": "dr-martin",
    "leroy": "dr-leroy",
    "simon": "remplacante-simon",
    "pharmacist": "pharmacie-centre",
    "assistant": "preparatrice-lemoine",
    "rival": "pharmacie-gare",
    "nurse": "infirmiere-diallo",
}
UNCOMMITTED = CommitmentHex("0" * 64)
COUNTED = {"boxes": Unit.BOXES, "visits": Unit.SESSIONS}


def actors() -> dict[Person, Actor]:
    """The people of the story, each in their place."""

    def one(rank: int, profession: Profession, place: Place) -> Actor:
        return Actor(people.professional(rank, "X", "Y", profession), place, SOFTWARE)

    helped = Employee(EmployeeId(f"3{people.finess(1)}/CPET00001"), "LEMOINE", "Chloé", EmployeeRole.PHARMACY_ASSISTANT)
    return {
        "martin": one(1, Profession.DOCTOR, places.CABINET_MARTIN),
        "leroy": one(2, Profession.DOCTOR, places.CABINET_LEROY),
        "simon": one(9, Profession.DOCTOR, places.CABINET_MARTIN),
        "pharmacist": one(3, Profession.PHARMACIST, places.PHARMACIE_CENTRE),
        "assistant": Actor(helped, places.PHARMACIE_CENTRE, SOFTWARE),
        "rival": one(4, Profession.PHARMACIST, places.PHARMACIE_GARE),
        "nurse": one(5, Profession.NURSE, places.CABINET_DIALLO),
    }


def line(rank: int, wanted: Wanted) -> Line:
    """A line of the order; the product of its rank, and no other's."""
    label = f"PRODUIT {rank}"
    if wanted.kind == "boxes":
        amount = Quantity(wanted.one, Unit.BOXES)
        made = a_medicine(rank, quantity=amount, renewals=wanted.renewals, secured=wanted.secured, label=label)
        return _out_of_rules(made)
    if wanted.kind == "days":
        made = a_medicine(rank, quantity=None, duration_days=wanted.one, renewals=wanted.renewals, label=label)
        return _out_of_rules(msgspec.structs.replace(made, secured=wanted.secured))
    if wanted.kind == "visits":
        daily = Frequency(times=1, period=Period.DAY)
        return NursingLine(rank=rank, label=label, frequency=daily, duration_days=wanted.one, renewals=wanted.renewals)
    return (
        a_text(rank, renewals=wanted.renewals, text=label)
        if wanted.kind == "times"
        else NursingLine(rank=rank, label=label)
    )


def _out_of_rules(made: MedicineLine) -> Line:
    """A medicine of which no rule asks anything: rules have their own tests, day by day."""
    return msgspec.structs.replace(made, substances=(Substance("substance d'essai"),), not_reimbursable=True)


def order(
    wanted: Order,
    who: Professional,
    place: Place,
    *,
    software: Software = SOFTWARE,
    committed: CommitmentHex = UNCOMMITTED,
) -> SignedOrder:
    """The order, not signed."""
    stands_in = actors()[wanted.instead_of].who if wanted.instead_of else None
    assert stands_in is None or isinstance(stands_in, Professional)
    return SignedOrder(
        v=1,
        act_id=wanted.id,
        family=FAMILIES[wanted.family],
        prescriber=who,
        replaced=stands_in,
        place=place,
        software=software,
        written_on=wanted.written,
        opposed=wanted.opposed,
        anonymity=Anonymity(ground=AnonymityGround.IVG, requested=True) if wanted.anonymous else None,
        paperless=Paperless(channel=CopyChannel.DMP, requested_on=wanted.written) if wanted.paperless else None,
        replaces=wanted.replaces,
        lines=tuple(line(rank, each) for rank, each in enumerate(wanted.lines, start=1)),
        commitment=committed,
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
    nobody = NoIdentity(NoIdentityReason.ANONYMOUS) if ask.nameless else None
    named = a_beneficiary(first_name="Éloïse" if ask.patient == "same" else "Paul", identity=nobody)
    return Execution(
        act_id=ask.id,
        given=Given.ALREADY if ask.already else Given.NOW,
        performed_at=ask.done_at,
        lines=lines,
        beneficiary=named if ask.names else None,
        seen_on_paper=SeenOnPaper(stamp="Pharmacie des Halles") if ask.on_paper else None,
        identity_reason="prénom d'usage" if ask.patient == "explained" else None,
        rule_reason=f"essai {ask.version}" if ask.version else None,
        corrects=Correction(execution=ask.target, reason=AmendReason.QUANTITY) if ask.target else None,
    )


def cancellation(ask: Ask) -> Cancellation:
    """The end of a prescription, or of lines of it."""
    return Cancellation(act_id=ask.id, lines=ask.lines, **_stop(ask))


def replacement(ask: Ask) -> Replacement:
    """The end of a prescription for the sake of another."""
    return Replacement(act_id=ask.id, beyond_reason="boîte perdue" if ask.beyond else None, **_stop(ask))


def _stop(ask: Ask) -> dict[str, Any]:
    reasons = [each for each in CancelReason if each is not CancelReason.OTHER]
    reason = reasons[ask.version % len(reasons)]
    return {"reason": reason, "place_reason": "elle est en congé" if ask.excuse else None}


def withdrawal(ask: Ask) -> Withdrawal:
    """What is taken back."""
    assert ask.target is not None
    reason, note = AmendReason.NOT_COLLECTED, f"essai {ask.version}"
    return Withdrawal(act_id=ask.id, execution=ask.target, reason=reason, lines=ask.lines, note=note)


def suspicion(ask: Ask) -> Suspicion:
    """What is reported."""
    return Suspicion(act_id=ask.id, kind=SuspicionKind.FORGED, note=f"essai {ask.version}")


def arrived(ask: Ask) -> CopyAcknowledged:
    """The copy, by the way that was asked for, or by the other."""
    channel = CopyChannel.PATIENT_MAIL if ask.version % 2 else CopyChannel.DMP
    return CopyAcknowledged(act_id=ask.id, channel=channel, acknowledged_at=ask.done_at)


def invoice(ask: Ask) -> Invoice:
    """The invoice of these parts, in boxes."""
    lines = tuple(InvoicedLine(line=part.rank, quantity=Quantity(part.amount or 1, Unit.BOXES)) for part in ask.parts)
    day = (ask.done_at - timedelta(hours=1)).date()
    return Invoice(act_id=ask.id, number=f"{ask.version:09}", lot="1", date=day, lines=lines)


def shown(view: ForExecutant | ForPrescriber) -> Seen:
    """What any reader is shown, in the machine's words."""
    past = tuple(
        Past(
            UUID(str(each.act_id)),
            each.early,
            frozenset(each.in_conflict),
            tuple(0 if isinstance(one, Handwritten) else one.line for one in each.lines),
        )
        for each in view.executions
    )
    lines = tuple((each.status.value, each.given, each.left) for each in view.remainders)
    taken_back = tuple(UUID(str(each.execution)) for each in view.withdrawn)
    return Seen(view.status.value, lines, past, taken_back, len(view.reports))
