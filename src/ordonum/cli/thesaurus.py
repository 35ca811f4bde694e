"""`ordonum thesaurus`: import the published thesaurus of interactions; ask it what stands between medicines."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec import to_builtins

from ordonum.cli import exits
from ordonum.cli.desk import AT_NEXT_START, JsonOption, interactions, interactions_file
from ordonum.cli.exits import FileProblem
from ordonum.client import drug_base as on_disk
from ordonum.knowledge.assistance.patient import not_done_because
from ordonum.knowledge.interactions import Interactions, Taken
from ordonum.knowledge.interactions.changes import Changes, changes, why_not
from ordonum.knowledge.interactions.file import TableUnusable, read, write
from ordonum.knowledge.interactions.table import Gravity, Table
from ordonum.model.alert import Alert, Unchecked
from ordonum.wire import thesaurus as published
from ordonum.wire.thesaurus_blocks import NotAThesaurus
from ordonum.wire.thesaurus_pdf import BYTES_MAX

app = typer.Typer(help="Les interactions : importer le thésaurus de l'ANSM, l'interroger.", no_args_is_help=True)
SUFFIXES = (".pdf", ".txt", ".csv", ".tsv")
SHOWN = 5  # of each kind of change; --json has TOLD of them
TOLD = 200
NOT_DONE = "check-not-done"

FolderArgument = Annotated[
    Path, typer.Argument(help="Dossier (ou fichier) du thésaurus publié : PDF, texte ou tables.")
]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Accepter une édition plus ancienne, ou bien moins fournie, que celle en place.")
]
SubstancesArgument = Annotated[list[str], typer.Argument(help="Deux substances ou plus.")]


@app.command("import")
@exits.telling
def import_(folder: FolderArgument, force: ForceOption = False, as_json: JsonOption = False) -> None:
    """Importer l'édition la plus récente du thésaurus qui est dans ce dossier ; dire ce qui change."""
    target = interactions_file()
    files = _files(folder)
    try:
        table = published.read(files)
    except NotAThesaurus as error:
        raise NotAThesaurus(f"{error} Rien n'a changé : {_in_place(target)} demeure.") from None
    before = _previous(target)
    refused = why_not(before, table) if before is not None and not force else None
    if refused is not None:
        raise FileProblem(f"Le thésaurus n'est pas remplacé : {refused}. Pour l'imposer : --force.")
    raw = write(table)
    try:
        on_disk.replace(target, raw, read)
    except OSError as error:
        raise FileProblem(f"Le fichier {target} ne peut pas être écrit ({error.strerror}). Rien n'a changé.") from None
    changed = None if before is None else changes(before, table)
    if as_json:
        told = {"ok": True, "file": str(target), "bytes": len(raw), "edition": _edition(table)}
        exits.show(told | {"unread": list(table.unread), "changes": _told(changed)})
        return
    _say(table)
    typer.echo(f"Écrit dans {target} ({len(raw) // 1000} ko).")
    for each in table.unread:
        typer.echo(f"  niveau illisible, laissée de côté : {each}")
    if changed is not None:
        _say_changes(changed)
    typer.echo(AT_NEXT_START)


@app.command()
@exits.telling
def show(as_json: JsonOption = False) -> None:
    """Dire quel thésaurus est en place, et ce qu'il contient."""
    table = interactions().table
    if as_json:
        exits.show({"ok": True, "edition": _edition(table), "unread": list(table.unread)})
        return
    _say(table)


@app.command()
@exits.telling
def between(substances: SubstancesArgument, as_json: JsonOption = False) -> None:
    """Dire les interactions entre des substances, chacune par son nom."""
    known = interactions()
    lines = [Taken(substances=(name,), line=rank) for rank, name in enumerate(substances, start=1)]
    alerts, unchecked = known.between(lines)
    why = known.not_looked_for(substances)
    detail = None if why is None else f"{not_done_because(why)}."
    if as_json:
        told = {"ok": True} if detail is None else {"ok": False, "exit": exits.UNREADABLE, "code": NOT_DONE}
        found = {"alerts": to_builtins(alerts), "unchecked": to_builtins(unchecked)}
        exits.show(told | ({} if detail is None else {"detail": detail}) | found)
    else:
        _say_between(known, alerts, unchecked if detail is None else (), done=detail is None)
        if detail is not None:
            typer.echo(detail[:1].upper() + detail[1:], err=True)
    if detail is not None:
        raise typer.Exit(exits.UNREADABLE)


def _say_between(known: Interactions, alerts: Sequence[Alert], unchecked: Sequence[Unchecked], *, done: bool) -> None:
    """The interactions that were found; that there is none, only where all was looked for (`done`)."""
    for each in alerts:
        typer.echo(f"[{each.level.label}] {each.sentence}")
        if each.conduct:
            typer.echo("    " + each.conduct.replace("\n", "\n    "))
        if each.source:
            typer.echo(f"    {each.source.title}, {each.source.at}")
    if alerts or not done:
        for missing in unchecked:
            typer.echo(missing.because)
    elif known.whole:
        typer.echo(f"Aucune interaction trouvée ({known.edition}).")
    else:
        many = len(known.table.entries)
        typer.echo(f"Aucune interaction dans la table livrée ({many}), qui n'est pas le thésaurus complet.")


def _files(folder: Path) -> dict[str, bytes]:
    """The files of the folder whose form may be read, by name. Raises FileProblem."""
    if not folder.exists():
        raise FileProblem(f"Le dossier {folder} n'existe pas. Rien n'a changé.")
    chosen = (
        [folder] if folder.is_file() else sorted(each for each in folder.iterdir() if each.suffix.lower() in SUFFIXES)
    )
    try:
        for each in chosen:
            if each.stat().st_size > BYTES_MAX:
                raise FileProblem(f"{each.name} dépasse {BYTES_MAX // 1_000_000} Mo. Rien n'a changé.")
        return {each.name: each.read_bytes() for each in chosen}
    except OSError as error:
        raise FileProblem(
            f"Le fichier {error.filename} ne peut pas être lu ({error.strerror}). Rien n'a changé."
        ) from None


def _previous(target: Path) -> Table | None:
    """The table in place; None without one, and for one that cannot be read, which is told."""
    try:
        return read(target.read_bytes()) if target.exists() else None
    except TableUnusable:
        typer.echo(f"Le thésaurus en place ({target}) est illisible : il est remplacé sans comparaison.", err=True)
        return None


def _in_place(target: Path) -> str:
    return "la version en place" if target.exists() else "la table livrée"


def _edition(table: Table) -> dict[str, Any]:
    counts = {each.value: sum(entry.gravity is each for entry in table.entries) for each in Gravity}
    return {
        "title": table.title,
        "of": table.of.isoformat(),
        "digest": table.digest,
        "whole": table.whole,
        "interactions": len(table.entries),
        "gravities": counts,
        "classes": len(table.classes),
        "substances": len(table.substances),
    }


def _say(table: Table) -> None:
    told = _edition(table)
    typer.echo(
        f"{table.title} : {told['interactions']} interactions, {told['classes']} classes, {told['substances']} substances."
    )
    for each in Gravity:
        typer.echo(f"  {each.label} : {told['gravities'][each.value]}")


def _told(changed: Changes | None) -> dict[str, Any] | None:
    if changed is None:
        return None
    kinds = {name: getattr(changed, name) for name in changed.__struct_fields__}
    return {name: {"count": len(found), "first": to_builtins(found[:TOLD])} for name, found in kinds.items()}


def _say_changes(changed: Changes) -> None:
    kinds = {"nouvelles": changed.added, "retirées": changed.withdrawn, "autre niveau": changed.gravities}
    for named, found in (*kinds.items(), ("autre texte", changed.reworded)):
        typer.echo(f"Interactions, {named} : {len(found)}")
        for each in found[:SHOWN]:
            typer.echo(f"  {each.a} + {each.b} : {' → '.join(one for one in (each.before, each.after) if one)}")
