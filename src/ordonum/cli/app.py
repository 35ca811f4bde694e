"""The table of commands."""

from typing import Annotated

import typer
from typer import rich_utils

from ordonum import __version__
from ordonum.cli import (
    alerts,
    amending,
    assist,
    backup,
    billing,
    codes,
    demo,
    dosage,
    drugs,
    ending,
    executant,
    exits,
    kept,
    key_backup,
    keys,
    line,
    office,
    prescriber,
    retention,
    rules,
    sandbox,
    search,
    serve,
    thesaurus,
    usage,
)

_EXITS = "\n\n".join(f"{code} : {meaning}" for code, meaning in exits.CODES.items())

# The frames of the help, in the language of the people who read it.
rich_utils.DEFAULT_STRING = "[par défaut : {}]"
rich_utils.ENVVAR_STRING = "[ou variable : {}]"
rich_utils.REQUIRED_LONG_STRING = "[obligatoire]"
rich_utils.COMMANDS_PANEL_TITLE = "Commandes"
rich_utils.ERRORS_PANEL_TITLE = "Erreur"
rich_utils.ABORTED_TEXT = "Abandon."
rich_utils.RICH_HELP = "Voir [blue]'{command_path} {help_option}'[/]."
usage.speak_french()

app = typer.Typer(
    name="ordonum",
    help="Ordonnance numérique : prescrire, consulter, exécuter, corriger, remplacer, annuler, relire.\n\nLe numéro d'une "
    "ordonnance est un secret : il vient de l'entrée standard, d'un fichier, d'un QR code ou d'une question, jamais d'un "
    "argument.",
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
    amending.withdraw,
    amending.report,
    prescriber.replace,
    ending.cancel,
    ending.copy,
    ending.recorded,
    prescriber.executions,
    prescriber.pdf,
    prescriber.sign,
    executant.back,
    kept.outbox,
    kept.resend,
    kept.discard,
    kept.journal,
    billing.invoice,
    keys.session,
    serve.serve,
    demo.demo,
    backup.backup,
    backup.restore,
    retention.retention,
):
    app.command()(each)
app.command("list")(ending.registered)
app.command("verify-qr")(keys.verify_qr)
app.command("rules")(rules.show)
app.command("alerts")(alerts.show)
app.command("line")(line.compose_line)
app.command("search")(search.search)
app.command("assess")(assist.assess)
keys.app.command("backup")(key_backup.backup)
keys.app.command("restore")(key_backup.restore)
app.add_typer(keys.app, name="keys")
app.add_typer(codes.app, name="codes")
app.add_typer(dosage.app, name="dosage")
app.add_typer(sandbox.app, name="sandbox")
app.add_typer(office.app, name="office")
app.add_typer(drugs.app, name="drugs")
app.add_typer(thesaurus.app, name="thesaurus")
