"""The prescribing assistance on this workstation: `ordonum assess`, and what `prescribe` shows before it signs. No network."""

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from msgspec import to_builtins
from msgspec.structs import replace

from ordonum.cli import asking, exits, files, tables, to_assess
from ordonum.cli.desk import Assistance, JsonOption, assistance, drug_base_or_formulary, interactions, utc_now
from ordonum.cli.files import ToPrescribe
from ordonum.client import Client, Prescription, assisting
from ordonum.knowledge.assistance.assess import assess as assessed
from ordonum.knowledge.drugs.prices import Bill, LinePrice, bill
from ordonum.knowledge.interactions import at_hand
from ordonum.knowledge.interactions.file import TableUnusable
from ordonum.knowledge.timezones import PARIS
from ordonum.model.alert import Alert, Assessment, Subject, Treatment
from ordonum.model.plan_units import Body
from ordonum.model.prescription import Line
from ordonum.model.products import MedicineLine, PreparationLine
from ordonum.texts import alerts, french, understood

CHEAPER_SHOWN = 3


@exits.telling
def assess(
    file: Annotated[
        Path,
        typer.Argument(
            help="Ordonnance en JSON, avec subject et treatments s'ils sont connus (« - » : entrée standard)."
        ),
    ],
    as_json: JsonOption = False,
) -> None:
    """Contrôler une ordonnance sans rien signer ni envoyer : alertes, contrôles non faits, prix, équivalents moins chers."""
    case = to_assess.read(files.read_bytes(file))
    day = case.day or _today()
    held = assistance()
    found = _assessed(held, case.lines, case.subject, case.treatments, day)
    body = Body(weight_g=case.subject.weight_g, height_cm=case.subject.height_cm)
    cost = bill(held.base, understood.lines(case.lines, held.unit_of), start=day, body=body)
    notes = assisting.passed_over_nothing(case.lines, found)
    for said in notes:
        typer.echo(said, err=True)
    if as_json:
        exits.show({"ok": True, **to_builtins(found), "prices": to_builtins(cost), "notes": notes})
        return
    _tell(found, err=False)
    _prices(cost)
    typer.echo(f"Médicaments : {held.base.edition.source}, {french.day(held.base.edition.of)}.")
    typer.echo(f"Interactions : {held.interactions.edition}.")


def checked(client: Client, wanted: ToPrescribe, raw: bytes, *, source: str = "", ask: bool) -> ToPrescribe:
    """The sheets, looked at before anything is signed: alerts are shown; one that stops is refused, or passed over with the
    reason that is asked. What was signed already is only sent again. Raises Refused, telling how to go on.
    """
    sheets, notes = list(wanted.prescriptions), list[str]()
    for place, each in enumerate(sheets):
        taken = any(isinstance(line, (MedicineLine, PreparationLine)) for line in each.lines)
        if not taken or asking.signed(client, wanted, raw, place + 1, source):
            continue
        found = _looked_at(wanted, each)
        _tell(found, err=True)
        at, told = "$", assisting.passed_over_nothing(each.lines, found)
        if wanted.several:
            at, told = f"$.sheets[{place}]", tuple(f"feuille {place + 1}, {said}" for said in told)
        for said in told:
            typer.echo(said, err=True)
        notes += told
        if ask and sys.stdin.isatty():
            reasons = {alert.key: _reason(alert) for alert in assisting.stopping(found)}
            sheets[place] = assisting.passing_over(each, reasons, found)
        else:
            assisting.refuse_stops(found, at=at)
    return replace(wanted, prescriptions=tuple(sheets), notes=tuple(notes))


def _looked_at(wanted: ToPrescribe, one: Prescription) -> Assessment:
    """What is found of a sheet. A base or a thesaurus that cannot be read is said, and stops nobody: what ships serves."""
    base = drug_base_or_formulary()
    try:
        held = Assistance(base, interactions())
    except TableUnusable as error:
        typer.echo(f"Interactions cherchées dans la table livrée seulement, parce que : {error}", err=True)
        held = Assistance(base, at_hand(None))
    beside = assisting.taken_beside(wanted.prescriptions, one)
    subject = assisting.subject_of(wanted.subject, one.patient, one.measures)
    return _assessed(held, one.lines, subject, (*wanted.treatments, *beside), one.written_on)


def _assessed(
    held: Assistance, lines: Sequence[Line], subject: Subject, treatments: Sequence[Treatment], day: date
) -> Assessment:
    """What is found, dosages that are only written being read first."""
    return assessed(
        understood.lines(lines, held.unit_of),
        subject,
        understood.treatments(treatments, held.unit_of),
        base=held.base,
        interactions=held.interactions,
        day=day,
    )


def _reason(alert: Alert) -> str:
    """Why the prescriber passes over it, asked until it is said."""
    while True:
        said = str(typer.prompt(f"{alerts.sentence(alert)}\nPourquoi passer outre (Ctrl-C : ne pas signer)", err=True))
        if assisting.says_why(said):
            return " ".join(said.split())[: asking.WORDS_MAX]


def alerts_of(held: Assistance, line: Line, day: date) -> tuple[Alert, ...]:
    """What a line alone tells, whoever it is for: what was not looked at is told where the patient is known."""
    return _assessed(held, (line,), Subject(), (), day).alerts


def tell(found: Sequence[Alert], *, err: bool = False) -> None:
    """Alerts in their order, each with its conduct and its source."""
    for each in found:
        typer.echo(alerts.sentence(each), err=err)
        for said in alerts.details(each):
            typer.echo("    " + said.replace("\n", "\n    "), err=err)


def _tell(found: Assessment, *, err: bool) -> None:
    tell(found.alerts, err=err)
    for each in found.overridden:
        typer.echo(f"Passé outre : {alerts.sentence(each)} Motif : {each.reason}", err=err)
    for said in alerts.unchecked(found.unchecked):
        typer.echo(said, err=err)
    if not found.alerts and not found.overridden:
        typer.echo("Aucune alerte.", err=err)


def _prices(cost: Bill) -> None:
    if not cost.lines:
        return
    tables.show(("ligne", "médicament", "boîtes", "prix €", "taux", "remboursé €"), (_row(each) for each in cost.lines))
    for each in cost.lines:
        for other in each.cheaper[:CHEAPER_SHOWN]:
            unit = french.euros(int(other.per_unit))
            typer.echo(
                f"  ligne {each.line}, moins cher : {other.name}, {other.label} ({french.euros(other.price)}, {unit} l'unité)"
            )
    renewed = f" ; {french.euros(cost.whole)} avec les renouvellements" if cost.whole != cost.total else ""
    missing = f" ; sans prix : ligne {', '.join(map(str, cost.missing))}" if cost.missing else ""
    typer.echo(f"Total : {french.euros(cost.total)}, remboursé {french.euros(cost.insured)}{renewed}{missing}.")


def _row(each: LinePrice) -> tuple[str, ...]:
    missing = each.because.label if each.because else "—"
    return (
        str(each.line),
        each.name or "—",
        str(each.boxes) if each.boxes is not None else "—",
        french.euros(each.total) if each.total is not None else missing,
        f"{each.rate} %" if each.rate is not None else "—",
        french.euros(each.insured) if each.insured is not None else "—",
    )


def _today() -> date:
    return utc_now().astimezone(PARIS).date()
