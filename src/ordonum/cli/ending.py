"""What a prescriber does with what is registered: cancel, copy, list; and «le mien est-il enregistré ?», for everybody."""

from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID, uuid4

import typer
from msgspec import to_builtins

from ordonum.cli import asking, exits, files, kept
from ordonum.cli.desk import (
    DEFAULT_SERVICE,
    ActOption,
    CardOption,
    ColleagueOption,
    FromOption,
    JsonOption,
    LineOption,
    NumberFileOption,
    ServiceOption,
    WordsOption,
    open_client,
)
from ordonum.client import ByNumber, ByOwnAct, Cancellation, CancelReason, Client, CopyAcknowledged, CopyChannel
from ordonum.knowledge.rights import may_prescribe
from ordonum.knowledge.timezones import zone_of
from ordonum.model.actors import Professional
from ordonum.model.views import RegisteredItem, RegisteredList
from ordonum.texts import french
from ordonum.wire.native import plain


@exits.telling
def cancel(
    card: CardOption,
    reason: Annotated[str, typer.Option("--reason", help=asking.offered(CancelReason))],
    service: ServiceOption = DEFAULT_SERVICE,
    line: LineOption = None,
    act: ActOption = None,
    number_file: NumberFileOption = None,
    picture: FromOption = None,
    words: WordsOption = None,
    colleague: ColleagueOption = None,
    as_json: JsonOption = False,
) -> None:
    """Annuler son ordonnance, ou une ligne (--line) : ce qui a été délivré demeure, le reste s'arrête."""
    why = asking.chosen(CancelReason, reason, "--reason")
    lines = tuple(dict.fromkeys(line or ()))
    cancellation = Cancellation(
        act_id=uuid4(),
        reason=why,
        lines=lines,
        detail=asking.words(words, reason),
        place_reason=asking.words(colleague),
    )
    with open_client(card, service) as client:
        named, scanned = asking.named(act, number_file, picture)
        done = client.cancel(named, cancellation, scanned=scanned)
        when = french.moment(done.acknowledgement.recorded_at, zone_of(client.card.place))
    if as_json:
        told = {"act_id": done.act_id, "recorded_at": done.acknowledgement.recorded_at, "lines": lines}
        exits.show({"ok": True, **told, "outcome": done.outcome.value if done.outcome else None})
        return
    what = f"Ligne {', '.join(map(str, lines))} annulée" if lines else "Ordonnance annulée"
    typer.echo(f"{what} ({why.label}), le {when}.")
    if done.outcome is not None:
        typer.echo(f"  {done.outcome.label}.")


@exits.telling
def copy(
    act: Annotated[UUID, typer.Argument(help="Identifiant de l'acte qui a enregistré l'ordonnance.")],
    card: CardOption,
    service: ServiceOption = DEFAULT_SERVICE,
    channel: Annotated[
        str | None, typer.Option("--channel", help="dmp ou patient-mail ; sinon celle que le patient a demandée.")
    ] = None,
    at: Annotated[
        datetime | None,
        typer.Option("--at", formats=["%Y-%m-%dT%H:%M:%S%z"], help="Quand elle a été acquittée (sinon : maintenant)."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Dire que la copie qui remplace le papier, à la demande du patient, est arrivée : le papier n'est plus dû."""
    with open_client(card, service) as client:
        arrived = CopyAcknowledged(
            act_id=uuid4(), channel=_channel(client, act, channel), acknowledged_at=at or client.now()
        )
        done = client.copy(ByOwnAct(act), arrived)
        kept.acknowledged(client, done, as_json=as_json)
    if not as_json:
        typer.echo("  Le papier n'est plus dû : la copie le remplace.")


@exits.telling
def recorded(
    act: Annotated[UUID, typer.Argument(help="Identifiant de l'acte dont on demande s'il est enregistré.")],
    card: CardOption,
    service: ServiceOption = DEFAULT_SERVICE,
    number_file: NumberFileOption = None,
    picture: FromOption = None,
    as_json: JsonOption = False,
) -> None:
    """« Le mien est-il enregistré ? » : par l'acte d'une ordonnance à soi, ou par un acte et le numéro de l'ordonnance."""
    with open_client(card, service) as client:
        named, scanned = _of(client, act, number_file, picture)
        view = client.recorded(named, act, scanned=scanned)
        when = french.moment(view.recorded_at, zone_of(client.card.place))
    if as_json:
        exits.show({"ok": True, **to_builtins(view, enc_hook=plain)})
    else:
        typer.echo(f"Oui : {kept.OPERATIONS[view.kind]}, le {when}. Acte {view.act_id}")


@exits.telling
def registered(
    card: CardOption,
    service: ServiceOption = DEFAULT_SERVICE,
    pages: Annotated[int, typer.Option("--pages", min=1, max=100, help="Combien de pages de cinquante.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """Lister ce qui est enregistré sous son RPPS, la dernière d'abord ; un débit inhabituel est signalé."""
    with open_client(card, service) as client:
        found = client.registered()
        items, before = list(found.items), found.before
        for _ in range(pages - 1):
            if before is None:
                break
            more = client.registered(before)
            items, before = [*items, *more.items], more.before
        if as_json:
            told = to_builtins(found, enc_hook=plain) | {"items": to_builtins(items, enc_hook=plain), "before": before}
            exits.show({"ok": True, **told})
            return
        alert(found)
        for each in items:
            typer.echo(_row(client, each))
    typer.echo(f"{len(items)} ordonnance(s)" + (" ; --pages pour les précédentes." if before else "."))


def alert(found: RegisteredList) -> None:
    """How many there are lately, and, when that is unusual, what to do about it."""
    usual = f"d'habitude, {found.usual} par jour de prescription" if found.usual else "pas encore d'habitude à comparer"
    typer.echo(f"Dernières 24 heures : {found.last_24_hours} ; {usual}.")
    if found.unusual:
        said = (
            "ALERTE : débit inhabituel sous votre RPPS. Si ces ordonnances ne sont pas de vous, annulez-les "
            "(forgery), faites opposition à votre carte et prévenez l'Assurance Maladie."
        )
        typer.secho(said, fg=typer.colors.RED, bold=True)


def _row(client: Client, each: RegisteredItem) -> str:
    when = french.moment(each.registered_at, zone_of(client.card.place))
    many = f"{each.lines} ligne{'s' if each.lines > 1 else ''}"
    stopped = f", arrêtée ({each.stopped.reason.label})" if each.stopped is not None else ""
    what = f"{each.family.label}, {many}, du {french.day(each.written_on)}, {each.place_name}, {each.software}"
    return f"  {when}  {what}{stopped}  acte {each.register_act_id}"


def _channel(client: Client, act: UUID, text: str | None) -> CopyChannel:
    if text is not None:
        return asking.chosen(CopyChannel, text, "--channel")
    mine = client.outbox.find(act)
    asked = mine.prescription.paperless if mine is not None and mine.prescription is not None else None
    if asked is None:
        raise typer.BadParameter("dites par quelle voie : dmp ou patient-mail", param_hint="--channel")
    return asked.channel


def _of(
    client: Client, act: UUID, number_file: Path | None, picture: Path | None
) -> tuple[ByNumber | ByOwnAct, str | None]:
    """The prescription of an act: by the number that one gives or that this workstation kept, else as one's own."""
    if number_file is None and picture is None:
        mine = client.outbox.find(act)
        if mine is not None and mine.number is not None:
            return ByNumber(mine.number), mine.code
        holder = client.card.holder
        if isinstance(holder, Professional) and may_prescribe(holder.profession):
            return ByOwnAct(act), None
    presented = files.read_presented(number_file, picture)
    return ByNumber(presented.number), presented.scanned
