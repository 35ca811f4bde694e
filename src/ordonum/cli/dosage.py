"""`ordonum dosage`: a dosage read from what a prescriber types, said in one sentence, laid day by day. No network."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, NoReturn

import msgspec
import typer
from msgspec import to_builtins

from ordonum.cli import exits, files, tables
from ordonum.cli.desk import JsonOption, drug_base, utc_now
from ordonum.cli.exits import FileProblem
from ordonum.knowledge.timezones import PARIS
from ordonum.model.dosage import Dosage, Dose, DoseUnit, When
from ordonum.model.drug import Presentation, Speciality
from ordonum.model.plan import grid as laid_grid
from ordonum.model.plan import plan, unit_for
from ordonum.model.plan_shapes import Bounds, Day, Plan, Setting, Take
from ordonum.model.plan_units import Body, only_strength
from ordonum.texts import french
from ordonum.texts.dosage import Reading, read, say
from ordonum.texts.dosage.saying_amounts import said_amount
from ordonum.texts.dosage.saying_times import clock, moment
from ordonum.wire import native

app = typer.Typer(help="La posologie : lue, dite en une phrase, posée jour par jour.", no_args_is_help=True)

DAYS_SHOWN = 366

MedicineOption = Annotated[
    str, typer.Option("--for", help="Code CIP13 ou CIS du médicament : ce que compte « 1-0-1 », son dosage.")
]
WordsOption = Annotated[bool, typer.Option("--in-words", help="Nombres en toutes lettres (CSP R.5132-29).")]


@app.command()
@exits.telling
def parse(
    text: Annotated[str, typer.Argument(help="La posologie, comme on la tape : « 1-0-1 30j ».")],
    medicine: MedicineOption = "",
    as_json: JsonOption = False,
) -> None:
    """Lire une posologie : la structure, et la phrase relue. Ce qui n'est pas tout compris reste du texte."""
    reading = read(text, unit=_unit(medicine))
    if reading.dosage is None:
        _not_understood(reading, as_json=as_json)
    if as_json:
        exits.show({"ok": True, "dosage": _bare(reading.dosage), "sentence": reading.shown})
        return
    typer.echo(reading.shown)


@app.command()
@exits.telling
def render(
    source: Annotated[str, typer.Argument(help="Un fichier JSON, « - », ou le JSON : une posologie ou une ligne.")],
    in_words: WordsOption = False,
    as_json: JsonOption = False,
) -> None:
    """Dire une posologie structurée en une phrase, pour le patient et le pharmacien."""
    sentence = say(_structured(source), in_words=in_words)
    if as_json:
        exits.show({"ok": True, "sentence": sentence})
        return
    typer.echo(sentence)


@app.command()
@exits.telling
def grid(
    source: Annotated[str, typer.Argument(help="Une posologie tapée, ou un fichier JSON, « - », ou le JSON.")],
    medicine: MedicineOption = "",
    start: Annotated[
        datetime | None, typer.Option("--from", help="Premier jour (sinon : aujourd'hui).", formats=["%Y-%m-%d"])
    ] = None,
    days: Annotated[int | None, typer.Option("--days", min=1, max=DAYS_SHOWN, help="Nombre de jours montrés.")] = None,
    weight: Annotated[float | None, typer.Option("--weight", min=0.2, max=500, help="Poids du patient, en kg.")] = None,
    height: Annotated[int | None, typer.Option("--height", min=20, max=260, help="Taille, en cm.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Poser une posologie jour par jour : prises, quantité du jour, total, dernier jour."""
    dosage = _any(source, medicine, as_json=as_json)
    first = start.date() if start is not None else utc_now().astimezone(PARIS).date()
    setting = _setting(dosage, medicine, first, weight, height)
    whole = plan(dosage, setting)
    found = laid_grid(dosage, setting, days if days is not None or whole.days is not None else 28)[:DAYS_SHOWN]
    if as_json:
        exits.show({"ok": True, "days": to_builtins(found), "plan": to_builtins(whole)})
        return
    typer.echo(say(dosage))
    if found:
        tables.show(("jour", "date", "prises", "quantité du jour"), (_row(each, whole.unit) for each in found))
    for said in _summary(whole):
        typer.echo(said)


def _unit(medicine: str) -> DoseUnit | None:
    """What the box of a medicine counts."""
    found = _medicine(medicine)
    packs = [each.pack for each in found[1] if each.pack is not None] if found is not None else []
    return packs[0].unit if packs else None


def _medicine(code: str) -> tuple[Speciality, tuple[Presentation, ...]] | None:
    """The medicine of a code, with the boxes that it names. Raises FileProblem for a code of the base that nobody knows."""
    if not code:
        return None
    base = drug_base()
    boxed = base.presentation(code)
    if boxed is not None:
        return boxed[0], (boxed[1],)
    named = base.speciality(code)
    if named is None:
        raise FileProblem(f"Le code {code} n'est pas dans la base des médicaments de ce poste.")
    return named, named.presentations


def _setting(dosage: Dosage, medicine: str, start: date, weight: float | None, height: int | None) -> Setting:
    grams = int(weight * 1000) if weight is not None else None
    body = Body(weight_g=grams, height_cm=height)
    found = _medicine(medicine)
    if found is None:
        return Setting(start=start, body=body)
    strength = only_strength(found[0].active)
    pack = next((each.pack for each in found[1] if each.pack is not None), None)
    unit = unit_for(dosage, pack, strength) if pack is not None else None
    return Setting(start=start, body=body, strength=strength, unit=unit)


def _any(source: str, medicine: str, *, as_json: bool) -> Dosage:
    """A dosage from a file, from JSON, or from what a prescriber types."""
    if source == "-" or source.lstrip().startswith("{") or Path(source).is_file():
        return _structured(source)
    reading = read(source, unit=_unit(medicine))
    if reading.dosage is None:
        _not_understood(reading, as_json=as_json)
    return reading.dosage


def _structured(source: str) -> Dosage:
    """A structured dosage from a file, standard input or JSON: by itself, or of a line. Raises Refused, FileProblem."""
    raw = source.encode() if source.lstrip().startswith("{") else files.read_bytes(Path(source))
    body = files.decoded(raw)
    for name in ("structured_dosage", "dosage"):  # of a line; of what `parse --json` says
        if isinstance(body, dict) and isinstance(body.get(name), dict):
            return native.read(native.write(body[name]), Dosage, at=f"$.{name}")
    return native.read(raw, Dosage)


def _bare(dosage: Dosage) -> Any:
    """A dosage without what is at its default: a person reads it, and writes it in a file."""
    return msgspec.json.decode(native.canonical(dosage))


def _not_understood(reading: Reading, *, as_json: bool) -> NoReturn:
    """Say what was not understood, and leave: the text stays a text."""
    left = ", ".join(f"« {each} »" for each in reading.left)
    why = " ; ".join(each for each in (reading.why, left and f"pas compris : {left}") if each)
    detail = f"Cette posologie n'est pas toute comprise ({why}) : elle reste un texte, rien n'en est calculé."
    if as_json:
        told: dict[str, Any] = {"code": "dosage-not-understood", "left": reading.left, "why": reading.why}
        exits.show({"ok": False, "exit": exits.UNREADABLE, "detail": detail, **told})
    else:
        typer.echo(detail, err=True)
    raise typer.Exit(exits.UNREADABLE)


def _row(each: Day, unit: DoseUnit | None) -> tuple[str, str, str, str]:
    rank = f"J{each.rank}" if each.rank is not None else f"J{each.from_procedure:+d} de l'examen"
    takes = " ; ".join(_take(take, unit) for take in each.takes) or "—"
    return rank, f"{each.on:%d/%m/%Y}" if each.on is not None else "", takes, _amount(each.amount, unit)


def _take(take: Take, unit: DoseUnit | None) -> str:
    at = moment(take.at) if isinstance(take.at, When) else clock(take.at) if take.at else ""
    said = _amount(take.each, unit)
    if take.times != (1, 1):
        many, link = "prises" if take.times.high > 1 else "prise", "d'" if said.startswith("un") else "de "
        said = f"{_bounds(Bounds(*map(Decimal, take.times)))} {many} {link}{said}"
    shared = f" en {take.shared} prises" if take.shared > 1 else ""
    return f"{said}{shared}{f' {at}' if at else ''}"


def _summary(whole: Plan) -> list[str]:
    """Total, days, last day; and what could not be computed."""
    said = []
    if whole.units is not None:
        most = "au plus " if whole.open else ""
        said.append(f"En tout : {most}{_amount(whole.units, whole.unit)}.")
    if whole.days is not None and whole.last is not None:
        said.append(f"Dernier jour : {french.day(whole.last)} ({_bounds(Bounds(*map(Decimal, whole.days)))} jours).")
    said += [f"Non calculé : {each.label}." for each in whole.gaps]
    return said


def _amount(bounds: Bounds, unit: DoseUnit | None) -> str:
    """«2 comprimés», «0 à 4 comprimés»."""
    if unit is None or bounds.low <= 0:
        return f"{_bounds(bounds)} {unit.label if unit is not None else ''}".strip()
    return said_amount(Dose(amount=bounds.low, high=bounds.high if bounds.high > bounds.low else None, unit=unit))


def _bounds(bounds: Bounds) -> str:
    low, high = (f"{each.normalize():f}".replace(".", ",") for each in bounds)
    return low if low == high else f"{low} à {high}"
