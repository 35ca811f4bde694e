"""What a person reads in the terminal of an order and of its executions, line by line."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import typer
from msgspec import to_builtins

from ordonum.client import Delivered, Kept
from ordonum.model.prescription import Line, Measures, SignedOrder
from ordonum.model.standing import LineStanding
from ordonum.model.state import LineStatus, Remainder
from ordonum.model.views import CancelledView, EarlierView, ForExecutant, ForPrescriber, PastExecution
from ordonum.texts import alerts, french
from ordonum.texts import lines as line_texts
from ordonum.texts import wishes as wish_texts


def heading(order: SignedOrder) -> Iterator[str]:
    """What the order says beside its signer and its lines: family, reader, place, colleague replaced, weight, accident."""
    if order.replaced is not None:
        yield f"en remplacement de {order.replaced.given_name} {order.replaced.surname}"
    yield f"rédigée le {french.day(order.written_on)}, {order.place.name}, {order.place.city}"
    if order.establishment is not None:
        yield f"dans l'établissement {order.establishment.name} (FINESS {order.establishment.finess})"
    reader = f", adressée à : {order.addressed_to.label}" if order.addressed_to is not None else ""
    yield f"{order.family.label}{reader}"
    if order.measures is not None:
        yield measures(order.measures)
    if order.accident_on is not None:
        yield f"accident du travail du {french.day(order.accident_on)}"
    if said := wish_texts.anonymity(order.anonymity):
        yield said[:1].lower() + said[1:].removesuffix(".")
    if order.paperless is not None:
        when = french.day(order.paperless.requested_on)
        yield f"sans papier à la demande du patient ({when}) : copie {order.paperless.channel.label}"
    if order.on_paper is not None:
        yield f"partie sur papier avant d'être enregistrée ({order.on_paper.label})"


def measures(measured: Measures) -> str:
    """«poids 14 kg, taille 98 cm, le 3 novembre 2026»."""
    parts = []
    if measured.weight_g is not None:
        kilograms = f"{measured.weight_g / 1000:.3f}".rstrip("0").rstrip(".").replace(".", ",")
        parts.append(f"poids {kilograms} kg")
    if measured.height_cm is not None:
        parts.append(f"taille {measured.height_cm} cm")
    if measured.measured_on is not None:
        parts.append(f"le {french.day(measured.measured_on)}")
    return ", ".join(parts)


def line(written: Line) -> None:
    """A line of the order: its title, what is said under it, its marks, the notes."""
    typer.echo(f"{written.rank}. {line_texts.title(written)}")
    found = [*line_texts.details(written), *line_texts.marks(written)]
    found += [passed] if (passed := alerts.passed_over(written)) else []
    found += ["Affection de longue durée (ALD)"] if written.ald else []
    found += ["Ligne sécurisée"] if written.secured else []
    found += [f"Note à l'exécutant : {written.note}"] if written.note else []
    found += [f"Pour le patient : {written.instruction}"] if written.instruction else []
    for said in found:
        typer.echo(f"     {said}")


def stands(at: LineStanding, remainder: Remainder) -> str:
    """Where a line stands, its reason and days; with the amount where the sentence has none."""
    said = at.sentence.removesuffix(".")
    if remainder.beyond:
        return f"{said} ({french.counted(remainder.beyond, remainder.unit)} en plus)."
    if remainder.left is None or at.status in (LineStatus.TO_DELIVER, LineStatus.NOT_DELIVERED):
        return f"{said} ; {french.amount_left(remainder)}."
    return at.sentence


def reports(view: ForExecutant | ForPrescriber, zone: ZoneInfo) -> None:
    """The suspicions of a forgery, each with who reported it: what is read first, before anything is delivered."""
    for suspicion in view.reports:
        said = f"! signalée par {suspicion.place_name} le {french.moment(suspicion.at, zone)} : {suspicion.suspicion.label}"
        typer.echo(f"  {said}{_words(suspicion.note)}")


def changes(view: ForExecutant | ForPrescriber, zone: ZoneInfo) -> None:
    """What was stopped, executed, taken back; and the next day on which something changes."""
    for notice in view.notices:
        typer.echo(f"  à savoir : {notice}.")
    if view.standing.next_on is not None:
        typer.echo(f"  prochain changement : {french.day(view.standing.next_on)} ({view.standing.next_reason})")
    for stop in (view.cancelled, view.replaced, *view.stops):
        if stop is not None:
            _stopped(stop, zone, replaced=stop is view.replaced)
    for made in view.executions:
        execution(made, zone)
    for taken in view.withdrawn:
        lines = f", ligne {', '.join(map(str, taken.lines))}" if taken.lines else ""
        typer.echo(
            f"  retirée le {french.moment(taken.at, zone)} par {taken.place_name}{lines} ({taken.reason.label})"
            f"{_words(taken.note)}"
        )


def earlier(view: EarlierView, zone: ZoneInfo) -> None:
    """What was executed of the prescription that this one replaces: it stays with that one."""
    typer.echo(
        f"  remplace une ordonnance antérieure, le {french.moment(view.replaced_at, zone)} ({view.reason.label}) ;"
    )
    typer.echo(
        "  en avait été exécuté, et reste fait :"
        if view.executions
        else "  rien n'en avait été exécuté, d'après la base"
    )
    for made in view.executions:
        execution(made, zone)


def wishes(kept: Kept) -> None:
    """The patient's wishes, shown back to whoever registered them; and whether the paper is still owed."""
    written = kept.prescription
    if written is not None and written.anonymity is not None:
        typer.echo(f"  {wish_texts.answered(written.anonymity)}")
    if kept.owes_paper:
        typer.echo(f"  Papier encore dû : la copie qui le remplace n'est pas acquittée (ordonum copy {kept.act_id}).")


def wishes_as_json(kept: Kept) -> dict[str, Any]:
    """The same for --json; nothing where nothing was asked."""
    written = kept.prescription
    told: dict[str, Any] = {}
    if written is not None and written.anonymity is not None:
        told["anonymity"] = to_builtins(written.anonymity)
    if written is not None and written.paperless is not None:
        told["paper_owed"] = kept.owes_paper
    return told


def _stopped(stop: CancelledView, zone: ZoneInfo, *, replaced: bool) -> None:
    what = "remplacée" if replaced else f"ligne {', '.join(map(str, stop.lines))} annulée" if stop.lines else "annulée"
    by = " par une autre ordonnance" if replaced else ""
    colleague = ", par un confrère du même lieu" if stop.by_colleague else ""
    typer.echo(f"  {what} le {french.moment(stop.at, zone)}{by} ({stop.reason.label}{colleague}){_words(stop.detail)}")


def _words(text: str | None) -> str:
    return f" : {text}" if text else ""


def execution(made: PastExecution, zone: ZoneInfo) -> None:
    """What was executed, when, where, by what profession, under what act (to correct or withdraw it); what stood against it."""
    when = french.moment(made.performed_at, zone)
    corrects = ", annule et remplace une exécution antérieure" if made.corrects is not None else ""
    early = ", avant l'enregistrement, d'après le papier" if made.early else ""
    typer.echo(
        f"  {when}, {made.place_name} ({french.who(made)}), {made.given.label}{early}{corrects} (acte {made.act_id}) :"
    )
    for each in made.lines:
        whole = made.completeness.get(each.line) if isinstance(each, Delivered) else None
        typer.echo(f"    {french.executed(each)}" + (f" — {whole.label}" if whole is not None else ""))
    if made.rule_reason is not None:
        typer.echo(f"    raison donnée : {made.rule_reason}")
    for code in made.in_conflict:
        typer.echo(f"    ! en conflit : {french.conflict(code)}")
