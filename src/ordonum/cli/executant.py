"""What an executant does: consult, execute."""

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from msgspec import to_builtins

from ordonum.cli import asking, exits, files, kept, saying
from ordonum.cli.desk import (
    DEFAULT_SERVICE,
    CardOption,
    FromOption,
    JsonOption,
    NumberFileOption,
    ServiceOption,
    VitaleOption,
    open_client,
    open_vitale,
)
from ordonum.client import Client, VerifiedOrder
from ordonum.knowledge.timezones import zone_of
from ordonum.model.acts import ExecuteRequest, Origin
from ordonum.texts import french
from ordonum.wire import native
from ordonum.wire.native import plain

EVIDENCE = ("jws", "opening", "registered")  # verified already: the order is read from it


@exits.telling
def consult(
    card: CardOption,
    service: ServiceOption = DEFAULT_SERVICE,
    picture: FromOption = None,
    number_file: NumberFileOption = None,
    origin: Annotated[
        str, typer.Option("--origin", help=f"Par où le numéro est venu : {asking.offered(Origin)}.")
    ] = "paper",
    as_json: JsonOption = False,
) -> None:
    """Lire une ordonnance par son numéro ou son QR code ; tout est vérifié avant d'être montré."""
    came = asking.chosen(Origin, origin, "--origin")
    presented = files.read_presented(number_file, picture)
    with open_client(card, service) as client:
        found = client.consult(presented.number, came, scanned=presented.scanned)
        if as_json:
            exits.show({"ok": True, **_as_json(found)})
        else:
            _tell(client, found)


@exits.telling
def execute(
    file: Annotated[Path, typer.Argument(help="Exécution en JSON ; voir examples/ et docs/fichiers.md.")],
    card: CardOption,
    service: ServiceOption = DEFAULT_SERVICE,
    picture: FromOption = None,
    number_file: NumberFileOption = None,
    vitale: VitaleOption = None,
    beneficiary: Annotated[
        int | None, typer.Option("--beneficiary", help="Numéro du bénéficiaire sur la carte.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="C'est une nouvelle exécution, identique à la première.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Enregistrer ce qui a été délivré ou fait. Le même fichier pour la même ordonnance ne compte qu'une fois (--again)."""
    raw = files.read_bytes(file)
    with open_client(card, service) as client:
        read = open_vitale(vitale, beneficiary, client.now().astimezone(zone_of(client.card.place)).date())
        inside, execution = files.read_execution(raw, client.now(), read)
        presented = None if inside else files.read_presented(number_file, picture)
        number = inside or (presented.number if presented else None)
        assert number is not None
        scanned = presented.scanned if presented else None
        used = read if execution.beneficiary is read else None
        if used is not read:
            typer.echo(
                "À savoir : la carte Vitale n'a pas servi (le fichier nomme le bénéficiaire, ou rien n'est remis).",
                err=True,
            )
        # the same file for another beneficiary of the card is another execution
        source = files.source_of(raw if used is None else raw + native.write(used))
        author = client.card.holder.author
        with client.outbox.alone(source):  # two commands at once make one execution of one file
            before = client.outbox.made_from(source, author, pending_only=again, number=number)
            done = (
                client.resend(before) if before else client.execute(number, execution, source=source, scanned=scanned)
            )
        kept.acknowledged(client, done, as_json=as_json)
        if not as_json:
            sent = native.read_own(client.outbox.get(done.act_id).body.encode(), ExecuteRequest)
            if (corrected := sent.execution.corrects) is not None:
                typer.echo(f"  annule et remplace l'exécution {corrected.execution} ({corrected.reason.label})")
            for each in sent.execution.lines:
                typer.echo(f"  {french.executed(each)}")
            for told in done.justification:
                typer.echo(f"  {french.justification(told)}")


@exits.telling
def back(
    act: Annotated[UUID, typer.Argument(help="Identifiant de l'exécution, donné par execute.")],
    card: CardOption,
    service: ServiceOption = DEFAULT_SERVICE,
    out: Annotated[Path | None, typer.Option("--pdf", help="Où écrire la page.")] = None,
    start_mm: Annotated[
        int,
        typer.Option("--start-mm", min=0, max=200, help="Place laissée en haut, pour ce qui est déjà imprimé (mm)."),
    ] = 0,
    as_json: JsonOption = False,
) -> None:
    """Imprimer le dos de la feuille : exécutant, date, quantités, lots, substitutions, ce qui reste d'après la base."""
    written = out or Path(f"dos-{act}.pdf")
    files.check_writable(written)
    with open_client(card, service) as client:
        written.write_bytes(client.back(act, start_mm=start_mm))
    written.chmod(0o600)
    if as_json:
        exits.show({"ok": True, "pdf": str(written)})
    else:
        typer.echo(f"Dos de la feuille : {written}")


def _as_json(found: VerifiedOrder) -> dict[str, Any]:
    seen = to_builtins(found.view, enc_hook=plain)
    return {
        **{name: each for name, each in seen.items() if name not in EVIDENCE},
        "order": to_builtins(found.order, enc_hook=plain),
        "registered_at": found.acknowledgement.recorded_at,
        "late": found.acknowledgement.late,
    }


def _tell(client: Client, found: VerifiedOrder) -> None:
    order, view, zone = found.order, found.view, zone_of(client.card.place)
    who = order.prescriber
    typer.echo(f"Ordonnance {view.status.label}, signée par {who.given_name} {who.surname} ({who.profession.label}),")
    for said in saying.heading(order):
        typer.echo(f"  {said}")
    typer.echo(f"  pour {view.identity.first_name}, né(e) le {french.birth_date(view.identity.birth_date)}")
    typer.echo("  signature et engagement vérifiés")
    typer.echo(view.standing.sentence)
    saying.reports(view, zone)
    for line, at, remainder in zip(order.lines, view.standing.lines, view.remainders, strict=True):
        saying.line(line)
        typer.echo(f"     {saying.stands(at, remainder)}")
    if view.earlier is not None:
        saying.earlier(view.earlier, zone)
    saying.changes(view, zone)
