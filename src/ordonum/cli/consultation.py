"""The sheets of a consultation, in one gesture: each is signed, registered and told apart, and one stops no other.

The same file again goes on where it stopped: what is pending is sent again, what was refused is tried again, what is
registered is only told. Once all of its sheets are registered, the file is a new consultation.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import typer
from msgspec import Struct
from msgspec.structs import replace

from ordonum.cli import exits, files, saying
from ordonum.cli.files import ToPrescribe
from ordonum.client import Acknowledged, Client, ClientError, Declined, EpuId, Prescription, Unconfirmed
from ordonum.client.outbox import Kept
from ordonum.knowledge.timezones import zone_of
from ordonum.model.acts import Acknowledgement, Receipt
from ordonum.model.refusals import Refused
from ordonum.model.registration import check_scope
from ordonum.texts import french
from ordonum.wire import jws, native
from ordonum.wire.problem import problem

Print = Callable[[UUID, Path | None], str]


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of one sheet: registered (`acknowledgement`), or not and why (`error`); what the patient leaves with."""

    rank: int
    prescription: Prescription
    act_id: UUID | None = None
    number: EpuId | None = None
    sheet: str | None = None
    acknowledgement: Acknowledgement | None = None
    replayed: bool = False
    error: ClientError | None = None


def out_of_scope(prescription: Prescription) -> Declined | None:
    """The refusal of what the circuit does not carry, known before anything is sent; None for what it carries."""
    try:
        check_scope(prescription.family, prescription.establishment)
    except Refused as refused:
        return Declined(problem(refused, reference=str(uuid4())))
    return None


def pdf_of(out: Path | None, rank: int) -> Path | None:
    """Where the sheet of this rank is written: feuille.pdf, feuille-2.pdf…; None where no file was asked for."""
    return out if out is None or rank == 1 else out.with_name(f"{out.stem}-{rank}{out.suffix}")


def register(
    client: Client, wanted: ToPrescribe, raw: bytes, out: Path | None, printed: Print, *, as_json: bool
) -> None:
    """Register every sheet that is not registered yet, and tell each; the exit code is that of what went wrong."""
    ranked = list(enumerate(wanted.prescriptions, start=1))
    for rank, _ in ranked:
        files.check_writable(pdf_of(out, rank) or Path.cwd() / "ordonnance.pdf")
    told = {
        rank: Outcome(rank=rank, prescription=each, error=error)
        for rank, each in ranked
        if (error := out_of_scope(each)) is not None
    }
    for each in told.values():
        _tell(client, each, as_json=as_json)
    before = _before(client, raw, [rank for rank, _ in ranked])
    for rank, prescription in ranked:
        if rank in told:
            continue
        source = files.source_of(raw, rank)
        outcome = _one(client, rank, prescription, source, before.get(rank))
        if outcome.act_id is not None:
            outcome = replace(outcome, sheet=printed(outcome.act_id, pdf_of(out, rank)))
        told[rank] = outcome
        _tell(client, outcome, as_json=as_json)
    errors = [told[rank].error for rank, _ in ranked]
    code = _exit_code([each for each in errors if each is not None])
    if as_json:
        failed = {} if code == exits.DONE else {"exit": code}
        notes = {"notes": wanted.notes} if wanted.notes else {}
        sheets = [_as_json(client, told[rank]) for rank, _ in ranked]
        exits.show({"ok": not failed, **failed, "sheets": sheets, **notes})
    if code != exits.DONE:
        raise typer.Exit(code)


def _before(client: Client, raw: bytes, ranks: list[int]) -> dict[int, Kept]:
    """The acts of this very file that are not to be made anew: pending ones, and those registered while some are not."""
    author = client.card.holder.author
    mine = [each for each in client.outbox.all() if each.author == author and each.refused is None]
    made = {rank: [each for each in mine if each.source == files.source_of(raw, rank)] for rank in ranks}
    gestures = max((len(each) for each in made.values()), default=0)
    whole = all(len(each) == gestures and not any(one.pending for one in each) for each in made.values())
    if whole:
        return {}
    return {rank: each[-1] for rank, each in made.items() if each and (each[-1].pending or len(each) == gestures)}


def _one(client: Client, rank: int, prescription: Prescription, source: str, before: Kept | None) -> Outcome:
    if before is not None and before.answer is not None:
        return Outcome(
            rank=rank,
            prescription=prescription,
            act_id=before.act_id,
            number=before.number,
            acknowledgement=_answered(before.answer),
            replayed=True,
        )
    try:
        done = client.resend(before) if before is not None else client.prescribe(prescription, source=source)
    except Unconfirmed as unconfirmed:
        act_id = UUID(unconfirmed.act_id) if unconfirmed.act_id is not None else None
        number = client.outbox.get(act_id).number if act_id is not None else None
        return Outcome(rank=rank, prescription=prescription, act_id=act_id, number=number, error=unconfirmed)
    except ClientError as error:
        return Outcome(rank=rank, prescription=prescription, error=error)
    return _registered(rank, prescription, done)


def _registered(rank: int, prescription: Prescription, done: Acknowledged) -> Outcome:
    return Outcome(
        rank=rank,
        prescription=prescription,
        act_id=done.act_id,
        number=done.number,
        acknowledgement=done.acknowledgement,
        replayed=done.replayed,
    )


def _answered(answer: str) -> Acknowledgement:
    """The acknowledgement of an answer that was verified when it came."""
    receipt = native.read_own(answer.encode(), Receipt)
    return native.read_own(jws.payload_of(receipt.acknowledgement), Acknowledgement)


def _exit_code(errors: list[ClientError]) -> int:
    """An act that nobody knows of comes before a refusal: the same command again settles it."""
    codes = [exits.code_of(each) for each in errors]
    if exits.UNCONFIRMED in codes:
        return exits.UNCONFIRMED
    return codes[0] if codes else exits.DONE


def _as_json(client: Client, outcome: Outcome) -> dict[str, Any]:
    told: dict[str, Any] = {"sheet": outcome.rank, "family": outcome.prescription.family.value}
    if outcome.act_id is not None:
        told |= {"act_id": outcome.act_id, "number": outcome.number, "pdf": outcome.sheet}
    if outcome.error is not None:
        return {"ok": False, **told, **exits.described(outcome.error)}
    assert outcome.acknowledgement is not None
    recorded = {"recorded_at": outcome.acknowledgement.recorded_at, "late": outcome.acknowledgement.late}
    wishes = saying.wishes_as_json(client.outbox.get(outcome.act_id)) if outcome.act_id is not None else {}
    return {"ok": True, **told, **recorded, "replayed": outcome.replayed, **wishes}


def _tell(client: Client, outcome: Outcome, *, as_json: bool) -> None:
    if as_json:
        return
    failed = outcome.error is not None
    typer.echo(f"Feuille {outcome.rank} ({outcome.prescription.family.label}) : {_said(client, outcome)}", err=failed)
    if outcome.number is not None:
        typer.echo(f"  Numéro  : {outcome.number.grouped}", err=failed)
        typer.echo(f"  Acte    : {outcome.act_id}", err=failed)
        typer.echo(f"  Feuille : {outcome.sheet}", err=failed)
    if outcome.act_id is not None and not failed:
        saying.wishes(client.outbox.get(outcome.act_id))


def _said(client: Client, outcome: Outcome) -> str:
    if outcome.acknowledgement is not None:
        when = french.moment(outcome.acknowledgement.recorded_at, zone_of(client.card.place))
        return f"enregistrée le {when}" + (" (déjà)." if outcome.replayed else ".")
    if isinstance(outcome.error, Unconfirmed):
        return f"non enregistrée à ce jour, la feuille le dit. {outcome.error}"
    return f"non enregistrée. {outcome.error}"
