"""What a person reads in the terminal of an order and of its executions, line by line."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import typer

from ordonum.model.prescription import Line, Measures, SignedOrder
from ordonum.model.views import PastExecution
from ordonum.texts import french
from ordonum.texts import lines as line_texts


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
    found += ["Affection de longue durée (ALD)"] if written.ald else []
    found += ["Ligne sécurisée"] if written.secured else []
    found += [f"Note à l'exécutant : {written.note}"] if written.note else []
    found += [f"Pour le patient : {written.instruction}"] if written.instruction else []
    for said in found:
        typer.echo(f"     {said}")


def execution(made: PastExecution, zone: ZoneInfo) -> None:
    """What was executed, when, where and by what profession; what stood against it."""
    when = french.moment(made.performed_at, zone)
    early = ", avant l'enregistrement, d'après le papier" if made.early else ""
    typer.echo(f"  {when}, {made.place_name} ({french.who(made)}), {made.given.label}{early} :")
    for each in made.lines:
        typer.echo(f"    {french.executed(each)}")
    for code in made.in_conflict:
        typer.echo(f"    ! en conflit : {french.conflict(code)}")
