"""`ordonum drugs`: the drug base of this machine: import of the official files, what it says of a medicine."""

from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec import to_builtins

from ordonum.cli import drug_sheet, drugs_search, exits
from ordonum.cli.desk import AT_NEXT_START, JsonOption, drug_base, drugs_file, utc_now
from ordonum.cli.exits import FileProblem
from ordonum.client import drug_base as on_disk
from ordonum.knowledge.drugs import file as base_file
from ordonum.knowledge.drugs.changes import Changes, changes
from ordonum.knowledge.drugs.loaded import LoadedBase
from ordonum.model.drug import Presentation, Speciality
from ordonum.wire import bdpm

app = typer.Typer(help="Les médicaments : importer la base publique (BDPM), en lire une fiche.", no_args_is_help=True)

SHOWN = 5  # of each kind of change; --json has TOLD of them
TOLD = 200
LISTED = 20
BYTES_MAX = 40_000_000  # of a file; the largest of the BDPM has four

FolderArgument = Annotated[Path, typer.Argument(help="Dossier des sept fichiers de la BDPM (CIS_bdpm.txt, …).")]
ForceOption = Annotated[
    bool,
    typer.Option("--force", help="Accepter des données plus anciennes, ou bien moins nombreuses, que celles en place."),
]
WordsArgument = Annotated[list[str], typer.Argument(help="Code CIP13, CIP7 ou CIS ; ou les mots du nom.")]


@app.command("import")
@exits.telling
def import_(folder: FolderArgument, force: ForceOption = False, as_json: JsonOption = False) -> None:
    """Importer les fichiers officiels de la BDPM dans la base de ce poste ; dire ce qui change."""
    reading = bdpm.read(_files(folder), today=utc_now().date())
    edition = base_file.edition_of(reading.specialities, source=bdpm.SOURCE, of=reading.of, whole=True)
    target = drugs_file()
    before = _previous(target)
    if before is not None and not force:
        bdpm.check_not_shrunk(before.edition, edition)
    raw = base_file.write(reading.specialities, edition)
    try:
        on_disk.replace(target, raw)
    except OSError as error:
        raise FileProblem(f"La base {target} ne peut pas être écrite ({error.strerror}). Rien n'a changé.") from None
    changed = changes(before, base_file.read(raw)) if before is not None else None
    if as_json:
        told = {"ok": True, "file": str(target), "bytes": len(raw), "edition": to_builtins(edition)}
        exits.show(told | {"rows": reading.rows, "orphans": reading.orphans, "changes": _told(changed)})
        return
    typer.echo(f"{drug_sheet.edition(edition)}")
    for file, orphans in reading.orphans.items():
        typer.echo(
            f"  {file} : laissées de côté, {orphans} sur {reading.rows[file]}, qui sont de spécialités inconnues."
        )
    typer.echo(f"Écrite dans {target} ({f'{len(raw) / 1e6:.1f}'.replace('.', ',')} Mo).")
    drug_sheet.changes(changed, SHOWN)
    typer.echo(AT_NEXT_START)


@app.command()
@exits.telling
def show(words: WordsArgument, as_json: JsonOption = False) -> None:
    """Lire la fiche d'une spécialité ou d'une présentation : composition, prix, groupe, conditions, ruptures."""
    base = drug_base()
    found = _found(base, " ".join(words))
    if len(found) != 1:
        _several(base, [each for each, _ in found], " ".join(words), as_json=as_json)
        return
    speciality, box = found[0]
    if as_json:
        told = {"ok": True, "edition": to_builtins(base.edition), "speciality": to_builtins(speciality)}
        exits.show(told | {"presentation": to_builtins(box)})
        return
    drug_sheet.show(base, speciality, box)
    typer.echo(drug_sheet.source(base.edition))


app.command("search")(drugs_search.find)


def _files(folder: Path) -> dict[str, bytes]:
    """The files that are there; what is missing is told by their reading."""
    if folder.is_file():
        raise FileProblem(f"{folder} est un fichier, non le dossier des fichiers de la BDPM. Rien n'a changé.")
    if not folder.is_dir():
        raise FileProblem(f"Le dossier {folder} n'existe pas. Rien n'a changé.")
    found = {name: folder / name for name in bdpm.FILES if (folder / name).exists()}
    try:
        for each in found.values():
            if not each.is_file():
                raise FileProblem(f"{each.name} n'est pas un fichier. Rien n'a changé.")
            if each.stat().st_size > BYTES_MAX:
                raise FileProblem(f"{each.name} dépasse {BYTES_MAX // 1_000_000} Mo. Rien n'a changé.")
        return {name: each.read_bytes() for name, each in found.items()}
    except OSError as error:
        raise FileProblem(
            f"Le fichier {error.filename} ne peut pas être lu ({error.strerror}). Rien n'a changé."
        ) from None


def _previous(target: Path) -> LoadedBase | None:
    """The base in place; None without one, and for one that cannot be read, which is told."""
    if target.exists() and not target.is_file():
        raise FileProblem(f"{target} n'est pas un fichier. Rien n'a changé.")
    try:
        return base_file.read(target.read_bytes()) if target.exists() else None
    except base_file.BaseUnusable:
        typer.echo(f"La base en place ({target}) est illisible : elle est remplacée sans comparaison.", err=True)
        return None
    except OSError as error:
        raise FileProblem(f"La base {target} ne peut pas être lue ({error.strerror}). Rien n'a changé.") from None


def _told(changed: Changes | None) -> dict[str, Any] | None:
    """Each kind of change: how many, and the first ones."""
    if changed is None:
        return None
    kinds = {name: getattr(changed, name) for name in changed.__struct_fields__}
    return {name: {"count": len(found), "first": to_builtins(found[:TOLD])} for name, found in kinds.items()}


def _found(base: LoadedBase, asked: str) -> list[tuple[Speciality, Presentation | None]]:
    """By code, else every speciality whose name has all the words, those on sale first."""
    code = "".join(asked.split())
    if code.isascii() and code.isdigit() and len(code) in (7, 8, 13):
        boxed = base.presentation(code) or base.by_cip7(code)
        named = base.speciality(code)
        return [boxed] if boxed is not None else [(named, None)] if named is not None else []
    words = drug_sheet.plain(asked).split()
    having = [each for each in base.specialities() if all(word in drug_sheet.plain(each.name) for word in words)]
    same = [each for each in having if drug_sheet.plain(each.name).split() == words and each.sold]
    return [(each, None) for each in same or sorted(having, key=lambda each: (not each.sold, each.name, each.cis))]


def _several(base: LoadedBase, found: list[Speciality], asked: str, *, as_json: bool) -> None:
    """None: refused. Several: the list of them."""
    if not found:
        whole = (
            ""
            if base.edition.whole
            else " La base de ce poste est le formulaire : ordonum drugs import en apporte une entière."
        )
        raise FileProblem(f"Aucun médicament pour « {asked} ».{whole}")
    if as_json:
        listed = [{"cis": each.cis, "name": each.name, "sold": each.sold} for each in found]
        exits.show({"ok": True, "edition": to_builtins(base.edition), "found": listed})
        return
    for each in found[:LISTED]:
        typer.echo(f"{each.cis}  {each.name}" + ("" if each.sold else "  (non commercialisée)"))
    if len(found) > LISTED:
        typer.echo(f"… et {len(found) - LISTED} autres.")
    typer.echo(drug_sheet.source(base.edition))
