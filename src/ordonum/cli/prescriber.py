"""What a prescriber does: prescribe, replace, sign, pdf, executions."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid4

import typer
from msgspec import to_builtins

from ordonum.cli import asking, assist, consultation, exits, files, saying
from ordonum.cli import rest as rest_file
from ordonum.cli.desk import (
    DEFAULT_SERVICE,
    ActOption,
    CardOption,
    ColleagueOption,
    FromOption,
    JsonOption,
    NumberFileOption,
    ServiceOption,
    WordsOption,
    open_client,
)
from ordonum.client import Acknowledged, Client, Kept, Replacement, Unconfirmed
from ordonum.knowledge.timezones import zone_of
from ordonum.model.stopping import CancelReason
from ordonum.model.views import ForPrescriber
from ordonum.texts import french
from ordonum.wire.native import plain
from ordonum.wire.sheet_press import Variant

REPLACING = "/replace"  # the same file may have been registered before, by itself
OverrideOption = Annotated[
    bool,
    typer.Option(
        "--override", help="Demander la raison de passer outre chaque alerte d'arrêt, et l'écrire sur sa ligne."
    ),
]
PdfOption = Annotated[Path | None, typer.Option("--pdf", help="Où écrire la feuille (sinon : ordonnance-<acte>.pdf).")]


@exits.telling
def prescribe(
    file: Annotated[Path, typer.Argument(help="Ordonnance en JSON (« - » : entrée standard) ; voir examples/.")],
    card: CardOption,
    service: ServiceOption = DEFAULT_SERVICE,
    pdf: PdfOption = None,
    override: OverrideOption = False,
    as_json: JsonOption = False,
) -> None:
    """Signer, enregistrer et imprimer une ordonnance, ou les feuilles d'une consultation (sheets : une par famille).

    Sans réponse du service, la feuille sort « non enregistrée ». Le même fichier ne renvoie que ce qui est en attente.
    """
    raw = files.read_bytes(file)
    files.check_writable(pdf or Path.cwd() / "ordonnance.pdf")
    with open_client(card, service) as client:
        wanted = files.read_prescription(raw, client.card, client.now())
        wanted = assist.checked(client, wanted, raw, ask=override and not as_json)
        wanted = asking.anonymity(client, wanted, raw, ask=not as_json)
        if wanted.several:

            def printed(act_id: UUID, out: Path | None) -> str:
                return _sheet_or_why(client, act_id, out)

            consultation.register(client, wanted, raw, pdf, printed, as_json=as_json)
            return
        source, one = files.source_of(raw), wanted.prescriptions[0]
        _once(client, source, lambda: client.prescribe(one, source=source), pdf, wanted.notes, as_json=as_json)


@exits.telling
def replace(
    file: Annotated[Path, typer.Argument(help="L'ordonnance nouvelle en JSON, comme pour prescribe.")],
    card: CardOption,
    reason: Annotated[str, typer.Option("--reason", help=asking.offered(CancelReason))],
    service: ServiceOption = DEFAULT_SERVICE,
    act: ActOption = None,
    number_file: NumberFileOption = None,
    picture: FromOption = None,
    words: WordsOption = None,
    colleague: ColleagueOption = None,
    beyond: Annotated[
        Path | None,
        typer.Option("--beyond", help="Fichier texte : pourquoi reporter plus que ce qui restait d'un produit."),
    ] = None,
    pdf: PdfOption = None,
    override: OverrideOption = False,
    as_json: JsonOption = False,
) -> None:
    """Remplacer une ordonnance (--act, --from ou son numéro) par une autre : les deux actes se font ensemble, ou aucun.

    Ce qui a été délivré de l'ancienne demeure ; la nouvelle ne porte que ce qui est encore à donner.
    """
    raw = files.read_bytes(file)
    files.check_writable(pdf or Path.cwd() / "ordonnance.pdf")
    why = Replacement(
        act_id=uuid4(),
        reason=asking.chosen(CancelReason, reason, "--reason"),
        detail=asking.words(words, reason),
        place_reason=asking.words(colleague),
        beyond_reason=asking.words(beyond),
    )
    with open_client(card, service) as client:
        wanted = files.read_prescription(raw, client.card, client.now())
        if wanted.several:
            raise typer.BadParameter("une ordonnance en remplace une : une seule feuille", param_hint="FILE")
        wanted = assist.checked(client, wanted, raw, source=REPLACING, ask=override and not as_json)
        wanted = asking.anonymity(client, wanted, raw, source=REPLACING, ask=not as_json)
        (one,) = wanted.prescriptions
        old, scanned = asking.named(act, number_file, picture)
        source = files.source_of(raw) + REPLACING

        def made() -> Acknowledged:
            return client.replace(one, old, why, source=source, scanned=scanned)

        _once(client, source, made, pdf, wanted.notes, as_json=as_json)


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
        if not as_json:
            typer.echo(f"Feuille : {written}")
            saying.wishes(client.outbox.get(act))
    if as_json:
        exits.show({"ok": True, "pdf": str(written)})


@exits.telling
def executions(
    card: CardOption,
    service: ServiceOption = DEFAULT_SERVICE,
    act: ActOption = None,
    number_file: NumberFileOption = None,
    picture: FromOption = None,
    rest: Annotated[
        Path | None,
        typer.Option("--rest", help="Écrire là l'ordonnance de ce qui reste, à relire puis à donner à replace."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Relire ce qui a été exécuté de son ordonnance, sauf opposition du patient."""
    with open_client(card, service) as client:
        mine, scanned = asking.named(act, number_file, picture)
        view = client.executions(mine, scanned=scanned)
        if rest is not None:
            rest_file.write(rest, client.outbox.get(view.register_act_id), view.remainders)
        if as_json:
            exits.show({"ok": True, **to_builtins(view, enc_hook=plain)})
        else:
            _tell(client, view)


def _once(
    client: Client,
    source: str,
    make: Callable[[], Acknowledged],
    out: Path | None,
    notes: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Register and tell, with the checks' notes.

    The same file, pending, is the same prescription: two commands at once make one of it.
    """
    try:
        with client.outbox.alone(source):
            before = client.outbox.made_from(source, client.card.holder.author, pending_only=True)
            done = client.resend(before) if before is not None else make()
    except Unconfirmed as unconfirmed:
        if unconfirmed.act_id is not None:
            _pending(client, UUID(unconfirmed.act_id), out, unconfirmed, as_json=as_json)
        raise
    _registered(client, done, _sheet_or_why(client, done.act_id, out), notes, as_json=as_json)


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


def _registered(client: Client, done: Acknowledged, sheet: str, notes: tuple[str, ...] = (), *, as_json: bool) -> None:
    assert done.number is not None
    kept = client.outbox.get(done.act_id)
    if as_json:
        exits.show({"ok": True, **_as_json(done, kept), "pdf": sheet} | ({"notes": notes} if notes else {}))
        return
    zone = zone_of(client.card.place)
    typer.echo(f"Ordonnance enregistrée le {french.moment(done.acknowledgement.recorded_at, zone)}.")
    typer.echo(f"  Numéro  : {done.number.grouped}")
    typer.echo(f"  Acte    : {done.act_id}")
    typer.echo(f"  Feuille : {sheet}")
    if done.ended is not None and done.outcome is not None:
        typer.echo(f"  Remplace l'acte {done.ended.prescription}. {done.outcome.label}.")
    saying.wishes(kept)


def _as_json(done: Acknowledged, kept: Kept) -> dict[str, Any]:
    told: dict[str, Any] = {
        "act_id": done.act_id,
        "number": done.number,
        "recorded_at": done.acknowledgement.recorded_at,
        "late": done.acknowledgement.late,
        "replayed": done.replayed,
    }
    if done.ended is not None and done.outcome is not None:
        told |= {"replaces": done.ended.prescription, "outcome": done.outcome.value}
    return told | saying.wishes_as_json(kept)


def _pending(client: Client, act_id: UUID, out: Path | None, error: Unconfirmed, *, as_json: bool) -> None:
    """The sheet leaves with the patient all the same, and says that it is not registered."""
    sheet, number = _sheet_or_why(client, act_id, out), client.outbox.get(act_id).number
    error.brings = {"act_id": act_id, "number": number, "pdf": sheet}
    if not as_json and number is not None:
        typer.echo("Ordonnance non enregistrée à ce jour ; la feuille le dit.", err=True)
        typer.echo(f"  Numéro  : {number.grouped}\n  Acte    : {act_id}\n  Feuille : {sheet}", err=True)


def _tell(client: Client, view: ForPrescriber) -> None:
    zone = zone_of(client.card.place)
    typer.echo(view.standing.sentence)
    saying.reports(view, zone)
    for line, remainder in zip(view.standing.lines, view.remainders, strict=True):
        typer.echo(f"  ligne {line.line} : {saying.stands(line, remainder)}")
    saying.changes(view, zone)
