"""A command that is not well formed is told in French, whatever typer says."""

import pytest
from typer.testing import CliRunner

from ordonum.cli.app import app

ID = "un identifiant d'acte (UUID) est attendu"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("search --card x", "L'option '--relation' est obligatoire"),
        ("prescribe --card x", "L'argument 'file' est obligatoire"),
        ("consult", "L'option '--card' est obligatoire"),
        ("prescribe a b --card x", "Arguments en trop : b"),
        ("rule", "La commande 'rule' n'existe pas ; peut-être 'rules' ?"),
        ("zzz", "La commande 'zzz' n'existe pas"),
        ("office traces --card x --jso", "L'option --jso n'existe pas ; peut-être --json ?"),
        ("rules --on hier", "une date AAAA-MM-JJ est attendue"),
        ("list --card x --pages 200", "au plus 100"),
        ("list --card x --pages", "L'option '--pages' attend une valeur"),
        ("pdf abc --card x", ID),
        ("cancel --card x --reason z", "Valeur refusée pour --reason : valeurs admises : prescribing-error (erreur de"),
        ("consult --card x --origin z", "paper (ordonnance papier)"),
        ("rules --help", "Montrer cette aide."),
    ],
)
def test_a_malformed_command_is_told_in_french(command: str, said: str) -> None:
    done = CliRunner().invoke(app, command.split(), env={"COLUMNS": "200", "ORDONUM_CARD": ""})
    assert done.exit_code == (0 if "--help" in command else 2)
    assert said in done.output
