"""What a prescriber does: prescribe, sign, pdf, cancel, executions."""

from pathlib import Path
from typing import Annotated
from uuid import UUID, uuid4

import typer
from msgspec import to_builtins

from ordonum.cli import consultation, exits, files, saying
from ordonum.cli.desk import (
    DEFAULT_SERVICE,
    CardOption,
    FromOption,
    JsonOption,
    NumberFileOption,
    ServiceOption,
    open_client,
)
from ordonum.client import Acknowledged, Client, Family, NotKept, Prescription, Unconfirmed
from ordonum.knowledge.timezones import zone_of
from ordonum.model.acts import ByNumber, ByOwnAct
from ordonum.model.stopping import Cancellation, CancelReason
from ordonum.model.views import ForPrescriber
from ordonum.texts import french
from ordonum.wire.native import plain
from ordonum.wire.sheet_press import Variant

PdfOption = Annotated[Path | None, typer.Option("--pdf", help="Où écrire la feuille (sinon : ordonnance-<acte>.pdf).")]
ActOption = Annotated[
    UUID | None, typer.Option("--act", help="Identifiant de l'acte qui a enregistré l'ordonnance, au lieu du numéro.")
]


@exits.telling
def prescribe(
    file: Annotated[Path, typer.Argument(help="Ordonnance en JSON (« - » : entrée standard) ; voir examples/.")],
    card: CardOption,
    service: ServiceOption = DEFAULT_SERVICE,
    pdf: PdfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Signer, enregistrer et imprimer une ordonnance, ou les feuilles d'une consultation (sheets : une par famille).

    Sans réponse du service, la feuille sort « non enregistrée ». Le même fichier ne renvoie que ce qui est en attente.
    """
    raw = files.read_bytes(file)
    files.check_writable(pdf or Path.cwd() / "ordonnance.pdf")
    with open_client(card, service) as client:
        wanted = files.read_prescription(raw, client.card, client.now())
        if wanted.several:

            def printed(act_id: UUID, out: Path | None) -> str:
                return _sheet_or_why(client, act_id, out)

            consultation.register(client, wanted, raw, pdf, printed, as_json=as_json)
            return
        try:
            done = _once(client, wanted.prescriptions[0], raw)
        except Unconfirmed as unconfirmed:
            if unconfirmed.act_id is not None:
                _pending(client, UUID(unconfirmed.act_id), pdf, unconfirmed, as_json=as_json)
            raise
        _registered(client, done, _sheet_or_why(client, done.act_id, pdf), as_json=as_json)


@exits.telling
def sign(
    act: Annotated[UUID, typer.Argument(help="Identifiant de l'acte, donné par prescribe.")],
    card: CardOption,
    service: ServiceOption = DEFAULT_SERVICE,
    pdf: PdfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Signer de nouveau une ordonnance que le service a refusée pour sa carte : même numéro, même acte, même feuille."""
    with open_client(card, service) as client:
        done = client.sign_again(act)
        _registered(client, done, _sheet_or_why(client, done.act_id, pdf), as_json=as_json)


@exits.telling
def pdf(
    act: Annotated[UUID, typer.Argument(help="Identifiant de l'acte, donné par prescribe.")],
    card: CardOption,
    service: ServiceOption = DEFAULT_SERVICE,
    out: Annotated[Path | None, typer.Option("--pdf", help="Où écrire la feuille.")] = None,
    mail: Annotated[bool, typer.Option("--mail", help="En PDF/A-1b, pour la messagerie sécurisée.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Réimprimer la feuille d'une ordonnance de ce poste : un duplicata, noté au journal."""
    with open_client(card, service) as client:
        written = _write_sheet(client, act, out, "a-1b" if mail else "a-3a")
    if as_json:
        exits.show({"ok": True, "pdf": str(written)})
    else:
        typer.echo(f"Feuille : {written}")


@exits.telling
def cancel(
    card: CardOption,
    reason: Annotated[str, typer.Option("--reason", help=" | ".join(each.value for each in CancelReason))],
    service: ServiceOption = DEFAULT_SERVICE,
    act: ActOption = None,
    number_file: NumberFileOption = None,
    picture: FromOption = None,
    as_json: JsonOption = False,
) -> None:
    """Annuler son ordonnance : ce qui a été délivré le reste, le reste s'arrête."""
    try:
        why = CancelReason(reason)
    except ValueError:
        raise typer.BadParameter(
            "raison inconnue ; raisons admises : " + ", ".join(each.value for each in CancelReason),
            param_hint="--reason",
        ) from None
    with open_client(card, service) as client:
        cancellation = Cancellation(act_id=uuid4(), reason=why)
        if act is not None:
            done = client.cancel(ByOwnAct(act), cancellation)
        else:
            presented = files.read_presented(number_file, picture)
            done = client.cancel(ByNumber(presented.number), cancellation, scanned=presented.scanned)
        when = french.moment(done.acknowledgement.recorded_at, zone_of(client.card.place))
    if as_json:
        exits.show({"ok": True, "act_id": done.act_id, "recorded_at": done.acknowledgement.recorded_at})
    else:
        typer.echo(f"Ordonnance annulée ({why.label}), le {when}.")


@exits.telling
def executions(
    card: CardOption,
    service: ServiceOption = DEFAULT_SERVICE,
    act: ActOption = None,
    number_file: NumberFileOption = None,
    picture: FromOption = None,
    as_json: JsonOption = False,
) -> None:
    """Relire ce qui a été exécuté de son ordonnance, sauf opposition du patient."""
    with open_client(card, service) as client:
        if act is not None:
            view = client.executions(ByOwnAct(act))
        else:
            presented = files.read_presented(number_file, picture)
            view = client.executions(ByNumber(presented.number), scanned=presented.scanned)
        if as_json:
            exits.show({"ok": True, **to_builtins(view, enc_hook=plain)})
        else:
            _tell(client, view)


def _once(client: Client, prescription: Prescription, raw: bytes) -> Acknowledged:
    """The same file, pending, is the same prescription: two commands at once make one of it."""
    source, author = files.source_of(raw), client.card.holder.author
    with client.outbox.alone(source):
        before = client.outbox.made_from(source, author, pending_only=True)
        return client.resend(before) if before is not None else client.prescribe(prescription, source=source)


def _write_sheet(client: Client, act_id: UUID, out: Path | None, variant: Variant = "a-3a") -> Path:
    written = out or Path(f"ordonnance-{act_id}.pdf")
    written.write_bytes(client.sheet(act_id, variant=variant))
    written.chmod(0o600)
    return written


def _sheet_or_why(client: Client, act_id: UUID, out: Path | None) -> str:
    """Where the sheet was written; the prescription is registered, whatever happens to its file."""
    try:
        return str(_write_sheet(client, act_id, out))
    except OSError as error:
        return f"non écrite ({error.strerror}) ; ordonum pdf {act_id}"


def _registered(client: Client, done: Acknowledged, sheet: str, *, as_json: bool) -> None:
    assert done.number is not None
    if as_json:
        exits.show(
            {
                "ok": True,
                "act_id": done.act_id,
                "number": done.number,
                "recorded_at": done.acknowledgement.recorded_at,
                "late": done.acknowledgement.late,
                "replayed": done.replayed,
                "pdf": sheet,
            }
        )
        return
    when = french.moment(done.acknowledgement.recorded_at, zone_of(client.card.place))
    typer.echo(f"Ordonnance enregistrée le {when}.")
    typer.echo(f"  Numéro  : {done.number.grouped}")
    typer.echo(f"  Acte    : {done.act_id}")
    typer.echo(f"  Feuille : {sheet}")


def _pending(client: Client, act_id: UUID, out: Path | None, error: Unconfirmed, *, as_json: bool) -> None:
    """The sheet leaves with the patient all the same, and says that it is not registered."""
    sheet, number = _sheet_or_why(client, act_id, out), client.outbox.get(act_id).number
    error.brings = {"act_id": act_id, "number": number, "pdf": sheet}
    if not as_json and number is not None:
        typer.echo("Ordonnance non enregistrée à ce jour ; la feuille le dit.", err=True)
        typer.echo(f"  Numéro  : {number.grouped}\n  Acte    : {act_id}\n  Feuille : {sheet}", err=True)


def _tell(client: Client, view: ForPrescriber) -> None:
    zone = zone_of(client.card.place)
    typer.echo(f"Ordonnance {view.status.label}, d'après la base.")
    if view.cancelled is not None:
        typer.echo(f"  annulée le {french.moment(view.cancelled.at, zone)} ({view.cancelled.reason.label})")
    for notice in view.notices:
        typer.echo(f"  à savoir : {notice}.")
    family = _family(client, view)
    for remainder in view.remainders:
        typer.echo(f"  ligne {remainder.line} : {french.left(remainder, family)}")
    for execution in view.executions:
        saying.execution(execution, zone)


def _family(client: Client, view: ForPrescriber) -> Family:
    """The family, for the words of what is left; another workstation's prescription is said as of products."""
    try:
        kept = client.outbox.get(view.register_act_id).prescription
    except NotKept:
        kept = None
    return kept.family if kept is not None else Family.HEALTH_PRODUCTS
