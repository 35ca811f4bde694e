"""The chapter on what may still be done: a line cancelled, a delivery corrected, withdrawn, a prescription replaced, a doubt."""

from secrets import choice
from uuid import UUID, uuid4

from msgspec.structs import replace

from ordonum.cli.story import LAMBERT, Telling, left
from ordonum.client import (
    AmendReason,
    ByOwnAct,
    Cancellation,
    CancelReason,
    Correction,
    EpuId,
    Execution,
    Family,
    MedicineLine,
    Origin,
    Quantity,
    Replacement,
    Substance,
    Suspicion,
    SuspicionKind,
    Unit,
    Withdrawal,
    remaining_lines,
)
from ordonum.model.acts import ExecuteRequest
from ordonum.wire import native

APIXABAN = MedicineLine(
    rank=1,
    label="APIXABAN 5 mg, comprimé",
    substances=(Substance("apixaban", "5 mg"),),
    dosage="1 comprimé matin et soir",
    quantity=Quantity(3, Unit.BOXES),
)
OMEPRAZOLE = MedicineLine(
    rank=2,
    label="OMÉPRAZOLE 20 mg, gélule",
    substances=(Substance("oméprazole", "20 mg"),),
    dosage="1 gélule le soir",
    quantity=Quantity(1, Unit.BOXES),
)


def second_thoughts(t: Telling) -> None:
    """What was signed never changes in place, what was recorded is never erased: each change is an act of its own."""
    # longer than 40 lines because a chapter is read in one go

    def register() -> str:
        t.kept["changed"] = t.prescribe(LAMBERT, Family.HEALTH_PRODUCTS, (APIXABAN, OMEPRAZOLE))
        t.kept["number"] = t.scanned(t.kept["changed"])
        return left(t.gare, t.kept["number"])

    def cancel_line() -> str:
        stop = Cancellation(act_id=uuid4(), reason=CancelReason.CONTRA_INDICATION, lines=(2,))
        outcome = t.doctor.cancel(ByOwnAct(t.kept["changed"]), stop).outcome
        return outcome.label if outcome is not None else "rien de dit"

    def correct() -> str:
        first = t.deliver(t.gare, t.kept["number"], LAMBERT, (1, 3, Unit.BOXES))
        sent = native.read_own(t.gare.outbox.get(first.act_id).body.encode(), ExecuteRequest).execution
        t.kept["right"] = _one_box(sent, first.act_id)
        t.gare.execute(t.kept["number"], t.kept["right"])
        return left(t.gare, t.kept["number"])

    def replaced() -> str:
        old = t.doctor.outbox.get(t.kept["changed"]).prescription
        assert old is not None
        lines = remaining_lines(old, t.doctor.executions(ByOwnAct(t.kept["changed"])).remainders)
        why = Replacement(act_id=uuid4(), reason=CancelReason.CHANGE_OF_REGIME)
        done = t.doctor.replace(replace(old, lines=lines), ByOwnAct(t.kept["changed"]), why)
        t.kept["new"] = done.act_id
        return left(t.centre, t.scanned(done.act_id))

    def withdraw() -> str:
        taken = Withdrawal(act_id=uuid4(), execution=t.kept["right"].act_id, reason=AmendReason.RETURNED)
        t.gare.withdraw(t.kept["number"], taken)
        seen = t.centre.consult(t.scanned(t.kept["new"]), Origin.PAPER).view.earlier
        return f"{len(seen.executions)} délivrance" if seen is not None else "rien d'antérieur"

    def report() -> str:
        doubt = Suspicion(act_id=uuid4(), kind=SuspicionKind.FORGED)
        return "signalée" if t.gare.report(EpuId.draw(choice), doubt).acknowledgement.early else "déjà enregistrée"

    t.step("Deux médicaments pour Mme Lambert", "1: 3 boîtes, 2: 1 boîte", register)
    t.step(
        "Le docteur annule une ligne",
        "Annulée : d'après la base, rien n'en avait été délivré",
        cancel_line,
    )
    t.step(
        "La pharmacie de la Gare corrige : une boîte, non trois ; le reste revient",
        "1: 2 boîtes, 2: 0 boîte",
        correct,
    )
    t.step("Le docteur remplace l'ordonnance par ce qui reste", "1: 2 boîtes", replaced)
    t.step("L'ancienne le dit", "remplacée", lambda: t.gare.consult(t.kept["number"], Origin.PAPER).view.status.label)
    t.step("Elle ne s'exécute plus", "refus replaced", lambda: _deliver(t))
    t.step("Le patient rend la boîte : la délivrance est retirée", "0 délivrance", withdraw)
    t.step("Une feuille que personne n'a enregistrée est signalée", "signalée", report)
    t.step("Le docteur demande si la sienne est enregistrée", "register", lambda: _recorded(t, t.kept["new"]))


def _one_box(sent: Execution, wrong: UUID) -> Execution:
    """The same delivery as it really was, in the place of the wrong one."""
    (line,) = sent.lines
    right = replace(line, quantity=Quantity(1, Unit.BOXES))
    return replace(
        sent, act_id=uuid4(), lines=(right,), corrects=Correction(execution=wrong, reason=AmendReason.QUANTITY)
    )


def _deliver(t: Telling) -> str:
    t.deliver(t.centre, t.kept["number"], LAMBERT, (1, 1, Unit.BOXES))
    return "délivré"


def _recorded(t: Telling, act_id: UUID) -> str:
    return t.doctor.recorded(ByOwnAct(act_id), act_id).kind


CHAPTER = ("Mme Lambert : on change d'avis, on se trompe, on doute", second_thoughts)
