"""What an executant does: consult, execute; and for everyone: outbox, resend."""

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from msgspec import to_builtins

from ordonum.cli import exits, files, saying
from ordonum.cli.desk import (
    DEFAULT_SERVICE,
    CardOption,
    FromOption,
    JsonOption,
    NumberFileOption,
    ServiceOption,
    open_client,
)
from ordonum.client import Acknowledged, Client, Declined, Unconfirmed, VerifiedOrder
from ordonum.knowledge.timezones import zone_of
from ordonum.model.acts import ExecuteRequest, Origin
from ordonum.texts import french
from ordonum.wire import native
from ordonum.wire.native import plain


@exits.telling
def consult(
    card: CardOption,
    service: ServiceOption = DEFAULT_SERVICE,
    picture: FromOption = None,
    number_file: NumberFileOption = None,
    origin: Annotated[
        str, typer.Option("--origin", help="Par où le numéro est venu : paper, mssante, dmp, phone.")
    ] = "paper",
    as_json: JsonOption = False,
) -> None:
    """Lire une ordonnance par son numéro ou son QR code ; tout est vérifié avant d'être montré."""
    try:
        came = Origin(origin)
    except ValueError:
        raise typer.BadParameter("paper, mssante, dmp ou phone", param_hint="--origin") from None
    number = files.read_number(number_file, picture)
    with open_client(card, service) as client:
        found = client.consult(number, came)
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
    again: Annotated[
        bool, typer.Option("--again", help="C'est une nouvelle exécution, identique à la première.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Enregistrer ce qui a été délivré ou fait. Le même fichier pour la même ordonnance ne compte qu'une fois (--again)."""
    raw = files.read_bytes(file)
    with open_client(card, service) as client:
        inside, execution = files.read_execution(raw, client.now())
        number = inside or files.read_number(number_file, picture)
        source = files.source_of(raw)
        author = client.card.professional.rpps
        before = client.outbox.made_from(source, author, pending_only=again, number=number)
        done = client.resend(before) if before else client.execute(number, execution, source=source)
        _told(client, done, as_json=as_json)
        if not as_json:
            kept = native.read_own(client.outbox.get(done.act_id).body.encode(), ExecuteRequest)
            for each in kept.execution.lines:
                typer.echo(f"  {french.executed(each)}")


OPERATIONS = {"register": "enregistrement", "execute": "exécution", "cancel": "annulation"}


@exits.telling
def outbox(card: CardOption, service: ServiceOption = DEFAULT_SERVICE, as_json: JsonOption = False) -> None:
    """Ce que ce poste a envoyé sans réponse sûre."""
    with open_client(card, service) as client:
        waiting = list(client.outbox.pending())
        zone = zone_of(client.card.place)
    if as_json:
        rows = [{"act_id": e.act_id, "operation": e.operation, "created_at": e.created_at} for e in waiting]
        exits.show({"ok": True, "pending": rows})
        return
    typer.echo(f"{len(waiting)} acte(s) en attente d'une réponse sûre." if waiting else "Rien en attente.")
    for each in waiting:
        typer.echo(f"  {french.moment(each.created_at, zone)}, {OPERATIONS[each.operation]}, acte {each.act_id}")


@exits.telling
def resend(card: CardOption, service: ServiceOption = DEFAULT_SERVICE, as_json: JsonOption = False) -> None:
    """Renvoyer, octet pour octet, tout ce qui attend une réponse sûre."""
    results: list[dict[str, Any]] = []
    with open_client(card, service) as client:
        for each in list(client.outbox.pending()):
            try:
                done = client.resend(each)
            except (Declined, Unconfirmed) as error:
                results.append({"ok": False, "act_id": each.act_id, **exits.described(error)})
                if not as_json:
                    typer.echo(f"Acte {each.act_id} : {error}", err=True)
                continue
            results.append({"ok": True, **_receipt(done)})
            if not as_json:
                _told(client, done, as_json=False)
                if each.operation == "register":
                    typer.echo(f"  La feuille à jour : ordonum pdf {done.act_id}")
    if as_json:
        exits.show({"ok": all(each["ok"] for each in results), "results": results})
    elif not results:
        typer.echo("Rien à renvoyer.")
    if not all(each["ok"] for each in results):
        lost = any(each.get("code") == "unconfirmed" for each in results)
        raise typer.Exit(exits.UNCONFIRMED if lost else exits.DECLINED)


@exits.telling
def discard(
    act: Annotated[UUID, typer.Argument(help="Identifiant de l'acte en attente.")],
    card: CardOption,
    service: ServiceOption = DEFAULT_SERVICE,
) -> None:
    """Renoncer à un acte en attente : il ne sera plus renvoyé (il a pu être enregistré : vérifiez par consult)."""
    with open_client(card, service) as client:
        client.outbox.discard(act)
    typer.echo(f"L'acte {act} ne sera plus renvoyé.")


def _receipt(done: Acknowledged) -> dict[str, Any]:
    acknowledged = done.acknowledgement
    return {
        "act_id": done.act_id,
        "recorded_at": acknowledged.recorded_at,
        "replayed": done.replayed,
        "in_conflict": acknowledged.in_conflict,
        "notices": done.notices,
    }


def _told(client: Client, done: Acknowledged, *, as_json: bool) -> None:
    acknowledged = done.acknowledgement
    if as_json:
        exits.show({"ok": True, **_receipt(done)})
        return
    when = french.moment(acknowledged.recorded_at, zone_of(client.card.place))
    again = " (déjà enregistré ; première réponse rendue)" if done.replayed else ""
    typer.echo(f"Enregistré le {when}{again}. Acte {done.act_id}")
    for code in acknowledged.in_conflict:
        typer.echo(f"  en conflit : {french.conflict(code)}")
    for notice in done.notices:
        typer.echo(f"  à savoir : {notice}.")


def _as_json(found: VerifiedOrder) -> dict[str, Any]:
    view = found.view
    return {
        "status": view.status.value,
        "identity": to_builtins(view.identity, enc_hook=plain),
        "order": to_builtins(found.order, enc_hook=plain),
        "remainders": to_builtins(view.remainders, enc_hook=plain),
        "executions": to_builtins(view.executions, enc_hook=plain),
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
    if view.cancelled is not None:
        typer.echo(f"  annulée le {french.moment(view.cancelled.at, zone)} ({view.cancelled.reason.label})")
    for line, remainder in zip(order.lines, view.remainders, strict=True):
        saying.line(line)
        typer.echo(f"     {french.left(remainder, order.family)}")
    for execution in view.executions:
        saying.execution(execution, zone)
