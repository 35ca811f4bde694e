"""`ordonum codes`: devices (LPP), examinations of biology (NABM) and nursing acts (NGAP) of the documented table."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec import to_builtins

from ordonum.cli import asking, exits, files, tables
from ordonum.cli.desk import JsonOption
from ordonum.cli.exits import FileProblem
from ordonum.knowledge import codes
from ordonum.knowledge.codes import BadCodes, Coded, CodeFamily
from ordonum.texts import french

app = typer.Typer(help="Les codes des dispositifs, de la biologie et des soins infirmiers.", no_args_is_help=True)

SHOWN_MAX = 30


@app.command()
@exits.telling
def search(
    words: Annotated[list[str], typer.Argument(help="Mots du libellé, ou le code ; le début d'un mot suffit.")],
    family: Annotated[str, typer.Option("--family", help=asking.offered(CodeFamily))] = "",
    file: Annotated[
        Path | None, typer.Option("--file", help="Une autre table que celle fournie (CSV ; avec --family).")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Chercher un dispositif, un examen ou un acte : son code et la source où il a été lu, ou le libellé seul."""
    wanted = [asking.chosen(CodeFamily, family, "--family")] if family else list(CodeFamily)
    if file is not None and not family:
        raise typer.BadParameter("une table est d'une famille : dites --family", param_hint="--file")
    looked = [codes.shipped(each) for each in wanted] if file is None else [_loaded(file, wanted[0])]
    found = [each for table in looked for each in codes.by_words(table, " ".join(words))]
    counted = {each.value: codes.counts(table) for each, table in zip(wanted, looked, strict=True)}
    if as_json:
        exits.show({"ok": True, "found": [_told(each) for each in found], "counts": to_builtins(counted)})
        return
    tables.show(
        ("liste", "code", "libellé", "genre", "lu dans"),
        ((each.family.label, each.code or "—", each.label, each.kind, _where(each)) for each in found[:SHOWN_MAX]),
    )
    more = f" ({SHOWN_MAX} montrés)" if len(found) > SHOWN_MAX else ""
    typer.echo(f"{len(found)} trouvé{'s' if len(found) > 1 else ''}{more}.")
    for each, table in zip(wanted, looked, strict=True):
        of = codes.counts(table)
        typer.echo(f"Table {each.label} : {of.coded} lignes avec code, {of.alone} avec le libellé seul.")


def _loaded(file: Path, family: CodeFamily) -> tuple[Coded, ...]:
    try:
        return codes.read(files.read_bytes(file), family)
    except BadCodes as error:
        raise FileProblem(f"Le fichier {file} est refusé. {error}") from None


def _where(each: Coded) -> str:
    if each.source is None:
        return "aucune source publique : sans code"
    return f"{each.source.title} ({french.day(date.fromisoformat(each.source.on))})"


def _told(each: Coded) -> dict[str, Any]:
    told: dict[str, Any] = to_builtins(each)
    return told | {"list": each.family.label}
