"""What a workstation keeps: outbox, resend, discard, journal."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import typer

from ordonum.cli import exits
from ordonum.cli.desk import DEFAULT_SERVICE, CardOption, JsonOption, ServiceOption, home, open_card, open_client
from ordonum.client import Acknowledged, Client, Journal, Kept, Sent, Tally, tally
from ordonum.knowledge.timezones import zone_of
from ordonum.model.restoration import KEPT
from ordonum.texts import french

OPERATIONS = {
    "register": "enregistrement",
    "execute": "exécution",
    "invoice": "facture",
    "delegate": "délégation de clé",
    "cancel": "annulation",
    "replace": "remplacement",
    "withdraw": "retrait d'exécution",
    "report": "signalement",
    "copy": "acquittement de copie",
    "recorded": "vérification",
    "registered": "liste",
    "consult": "consultation",
    "executions": "relecture",
    "print": "impression",
    "oppose": "opposition",
    "lift": "levée d'opposition",
    "traces": "relecture des traces",
    "justify": "lecture des justificatifs",
    "search": "recherche",
}


@exits.telling
def outbox(
    card: CardOption,
    service: ServiceOption = DEFAULT_SERVICE,
    everything: Annotated[bool, typer.Option("--all", help="Aussi les actes enregistrés ou refusés.")] = False,
    forget: Annotated[
        bool,
        typer.Option("--forget", help=f"Effacer ce qui est enregistré ou refusé depuis plus de {KEPT.days} jours."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Ce que ce poste a envoyé sans réponse sûre."""
    with open_client(card, service) as client:
        erased = client.outbox.forget(client.now() - KEPT) if forget else 0
        every = list(client.outbox.all())
        zone = zone_of(client.card.place)
    waiting = [each for each in every if each.pending]
    if as_json:
        told: dict[str, Any] = {"ok": True, "pending": [_row(each) for each in waiting]}
        told |= {"all": [_row(each) for each in every]} if everything else {}
        exits.show(told | ({"erased": erased} if forget else {}))
        return
    if forget:
        typer.echo(f"{erased} acte(s) effacé(s).")
    typer.echo(f"{len(waiting)} acte(s) en attente d'une réponse sûre." if waiting else "Rien en attente.")
    for each in every if everything else waiting:
        when, state = french.moment(each.created_at, zone), f", {_state(each)}" if everything else ""
        typer.echo(f"  {when}, {OPERATIONS[each.operation]}, acte {each.act_id}{state}")
    for each in every:
        if each.owes_paper:
            typer.echo(f"  papier encore dû : copie non acquittée, acte {each.act_id} (ordonum copy)")


@exits.telling
def resend(card: CardOption, service: ServiceOption = DEFAULT_SERVICE, as_json: JsonOption = False) -> None:
    """Renvoyer, octet pour octet, tout ce qui attend une réponse sûre ; à un service restauré, ce qu'il a perdu."""
    results: list[dict[str, Any]] = []
    with open_client(card, service) as client:
        every = client.send_pending()
        if not as_json:
            _tell_restoration([each for each in every if each.restored is not None], zone_of(client.card.place))
        for each in every:
            results.append(_result(each))
            if not as_json:
                _tell_sent(client, each)
    if as_json:
        exits.show({"ok": all(each["ok"] for each in results), "results": results})
    elif not results:
        typer.echo("Rien à renvoyer.")
    if not all(each["ok"] for each in results):
        lost = any(each.get("code") == "unconfirmed" for each in results)
        raise typer.Exit(exits.UNCONFIRMED if lost else exits.DECLINED)


def _result(sent: Sent) -> dict[str, Any]:
    """What became of one act, as --json tells it; `restored_to` for one that a restored service may have lost."""
    told: dict[str, Any] = {"restored_to": sent.restored.restored_to} if sent.restored is not None else {}
    if sent.acknowledged is not None:
        return {"ok": True, **_receipt(sent.acknowledged), **told}
    assert sent.error is not None
    return {"ok": False, "act_id": sent.kept.act_id, **exits.described(sent.error), **told}


def _tell_sent(client: Client, sent: Sent) -> None:
    if sent.acknowledged is None:
        typer.echo(f"Acte {sent.kept.act_id} : {sent.error}", err=True)
    elif sent.restored is None:
        acknowledged(client, sent.acknowledged, as_json=False)
        if sent.kept.prescription is not None:
            typer.echo(f"  La feuille à jour : ordonum pdf {sent.kept.act_id} --card {client.card.name}")


def _tell_restoration(lost: list[Sent], zone: ZoneInfo) -> None:
    """How many acts a restored service was sent again, how many it had kept, and how many wait."""
    if not lost:
        return
    assert lost[0].restored is not None
    there = sum(each.acknowledged is not None and each.acknowledged.replayed for each in lost)
    waiting = sum(each.acknowledged is None for each in lost)
    typer.echo(
        f"Le service a été restauré à son état du {french.moment(lost[0].restored.restored_to, zone)} ; "
        f"{len(lost)} acte(s) faits depuis lui sont renvoyés :"
    )
    typer.echo(
        f"  {len(lost) - there - waiting} enregistré(s) de nouveau, {there} déjà là, {waiting} à renvoyer plus tard."
    )


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


@exits.telling
def journal(card: CardOption, as_json: JsonOption = False) -> None:
    """Ce que ce poste a fait, en chiffres : créés, enregistrés, refusés, sans réponse, durées. Le journal ne nomme personne."""
    found = Journal(home() / "postes" / open_card(card).name / "journal")
    figures = tally(found.entries())
    if as_json:
        exits.show({"ok": True, "at": datetime.now(UTC), "operations": figures})
        return
    if not figures:
        typer.echo("Le journal de ce poste est vide.")
        return
    rows = [_HEADINGS, *(_figures(each) for each in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        typer.echo("  ".join([row[0].ljust(widths[0]), *cells]).rstrip())
    for each in figures:
        for code, count in each.refused.items():
            typer.echo(f"{OPERATIONS[each.operation]} : refus {code}, {count} fois")


_HEADINGS = ("opération", "créés", "enregistrés", "part", "répondus", "refusés", "sans réponse", "médiane", "p99")


def _figures(each: Tally) -> tuple[str, ...]:
    acts = each.share is not None
    return (
        OPERATIONS[each.operation],
        str(each.created) if acts else "",
        str(each.recorded) if acts else "",
        f"{each.share:.1%}".replace(".", ",").replace("%", " %") if each.share is not None else "",
        str(each.answered or each.printed),
        str(sum(each.refused.values())),
        str(each.unanswered),
        *(f"{ms:.0f} ms" if ms is not None else "" for ms in (each.median_ms, each.p99_ms)),
    )


def _row(each: Kept) -> dict[str, Any]:
    row = {"act_id": each.act_id, "operation": each.operation, "created_at": each.created_at}
    return row if each.pending else row | {"refused": each.refused, "prints": each.prints}


def _state(each: Kept) -> str:
    if each.pending:
        return "en attente"
    return "enregistré" if each.refused is None else f"non enregistré ({each.refused})"


def _receipt(done: Acknowledged) -> dict[str, Any]:
    acknowledged = done.acknowledgement
    return {
        "act_id": done.act_id,
        "recorded_at": acknowledged.recorded_at,
        "replayed": done.replayed,
        "in_conflict": acknowledged.in_conflict,
        "notices": done.notices,
    } | ({"outcome": done.outcome.value} if done.outcome is not None else {})


def acknowledged(client: Client, done: Acknowledged, *, as_json: bool) -> None:
    """Tell what was recorded, to a person or as JSON."""
    receipt = done.acknowledgement
    if as_json:
        exits.show({"ok": True, **_receipt(done)})
        return
    when = french.moment(receipt.recorded_at, zone_of(client.card.place))
    again = " (déjà enregistré ; première réponse rendue)" if done.replayed else ""
    typer.echo(f"Enregistré le {when}{again}. Acte {done.act_id}")
    if done.outcome is not None:
        typer.echo(f"  {done.outcome.label}.")
    for code in receipt.in_conflict:
        typer.echo(f"  en conflit : {french.conflict(code)}")
    for notice in done.notices:
        typer.echo(f"  à savoir : {notice}.")
