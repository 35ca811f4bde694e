"""The table of commands."""

from typing import Annotated

import typer

from ordonum import __version__
from ordonum.cli import demo, executant, exits, prescriber, sandbox, serve

_EXITS = "\n\n".join(f"{code} : {meaning}" for code, meaning in exits.CODES.items())

app = typer.Typer(
    name="ordonum",
    help="Ordonnance numérique : prescrire, consulter, exécuter, annuler, relire.\n\nLe numéro d'une ordonnance est un "
    "secret : il vient de l'entrée standard, d'un fichier, d'un QR code ou d'une question, jamais d'un argument.",
    epilog=f"Codes de sortie. {_EXITS}",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Version du logiciel.")] = False) -> None:
    if version:
        typer.echo(f"ordonum {__version__}")
        raise typer.Exit


for each in (
    prescriber.prescribe,
    executant.consult,
    executant.execute,
    prescriber.cancel,
    prescriber.executions,
    prescriber.pdf,
    executant.outbox,
    executant.resend,
    executant.discard,
    serve.serve,
    demo.demo,
):
    app.command()(each)
app.add_typer(sandbox.app, name="sandbox")
