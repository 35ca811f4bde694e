"""`ordonum demo`: the whole story on a fresh database, told step by step; non-zero if a step is not as expected."""

import tempfile
from pathlib import Path

import typer

from ordonum.cli import exits
from ordonum.cli.desk import JsonOption
from ordonum.cli.stopping import stop_on_signals
from ordonum.cli.story import STORY, Step, Telling
from ordonum.cli.story_circuit import CHAPTER
from ordonum.cli.story_paper import CHAPTERS
from ordonum.cli.system import running


@exits.telling
def demo(as_json: JsonOption = False) -> None:
    """Jouer toute l'histoire sur une base neuve : ordonnances, délivrances, relecture, refus, changements, facture, panne."""
    stop_on_signals()
    steps: list[Step] = []

    def tell(step: Step) -> None:
        steps.append(step)
        if as_json:
            exits.show({"step": step.name, "expected": step.expected, "got": step.got, "ok": step.ok})
        else:
            typer.echo(f"{'✔' if step.ok else '✘'} {step.name}")
            typer.echo(f"    attendu : {step.expected}")
            typer.echo(f"    obtenu  : {step.got}")

    with tempfile.TemporaryDirectory(prefix="ordonum-demo-") as folder, running(Path(folder)) as system:
        telling = Telling(system, tell)
        for title, chapter in (*STORY, CHAPTER, *CHAPTERS):
            if not as_json:
                typer.echo(f"\n— {title}")
            chapter(telling)
    wrong = [step for step in steps if not step.ok]
    if not as_json:
        typer.echo(f"\n{len(steps)} étapes, {len(wrong)} inattendue(s).")
    if wrong:
        raise typer.Exit(exits.BUG)
