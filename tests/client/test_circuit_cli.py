"""The command for what may still be done: replace, cancel a line, withdraw, correct, report, copy, ask, list."""

import json
import os
import pty
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ordonum.cli import ending, kept
from ordonum.cli.system import System
from ordonum.model.views import RegisteredList
from ordonum.server.api.operations import OPERATIONS
from shell import EXAMPLES, Shell


@pytest.fixture
def shell(system: System, tmp_path: Path) -> Shell:
    return Shell(system, tmp_path, "dr-martin")


def _written(shell: Shell, example: str, name: str = "ordonnance-2.json", **changed: Any) -> str:
    body = json.loads((EXAMPLES / f"{example}.json").read_text()) | changed
    (shell.folder / name).write_text(json.dumps({key: each for key, each in body.items() if each is not None}))
    return name


def _rest(shell: Shell, act: str) -> str:
    shell.json("executions", "--act", act, "--rest", "reste.json")
    return (shell.folder / "reste.json").read_text()


def test_a_prescriber_cancels_a_line_then_replaces_and_the_pharmacist_reads_it_in_french(shell: Shell) -> None:
    old = shell.json("prescribe", str(EXAMPLES / "ordonnance.json"), "--pdf", "old.pdf")
    (shell.folder / "mots.txt").write_text("éruption au deuxième jour\n")
    words = ("--reason", "other", "--words", "mots.txt")
    told = shell.json("cancel", "--act", old["act_id"], "--line", "2", *words)
    assert (told["lines"], told["outcome"]) == ([2], "nothing-given")
    read = shell.run("consult", "--from", "old.pdf", card="pharmacie-centre").stdout
    assert "ligne 2 annulée le" in read
    assert "éruption au deuxième jour" in read
    new = shell.run(
        "replace", str(EXAMPLES / "ordonnance.json"), "--act", old["act_id"], "--reason", "pharmacist-request"
    )
    assert f"Remplace l'acte {old['act_id']}. Annulée : d'après la base, rien n'en avait été délivré." in new.stdout
    read = shell.run("consult", "--from", "old.pdf", card="pharmacie-centre").stdout
    assert "remplacée le" in read
    assert "par une autre ordonnance (demande du pharmacien)" in read
    assert shell.run("pdf", old["act_id"]).returncode == 3
    other = shell.run("cancel", "--act", old["act_id"], "--reason", "other")
    assert (other.returncode, "--words" in other.stderr) == (2, True)
    assert "décès" in shell.run("cancel", "--act", old["act_id"], "--reason", "inconnue").stderr


def test_an_executant_corrects_withdraws_hands_back_and_reports(shell: Shell) -> None:
    made = shell.json("prescribe", str(EXAMPLES / "ordonnance.json"), "--pdf", "f.pdf")
    first = shell.json("execute", str(EXAMPLES / "delivrance.json"), "--from", "f.pdf", card="pharmacie-centre")
    corrects = {"execution": first["act_id"], "reason": "quantity"}
    file = _written(shell, "delivrance", "correction.json", corrects=corrects)
    second = shell.json("execute", file, "--from", "f.pdf", card="pharmacie-centre")
    read = shell.run("consult", "--from", "f.pdf", card="pharmacie-gare").stdout
    assert read.count("annule et remplace une exécution antérieure") == 1
    assert "première délivrance" in read
    assert f"(acte {second['act_id']})" in read  # what one corrects or withdraws another day
    assert "null" not in _rest(shell, made["act_id"])
    (shell.folder / "note.txt").write_text("le patient revient demain")
    said = shell.run(
        "withdraw", second["act_id"], "--reason", "handed-back", "--words", "note.txt", card="pharmacie-centre"
    )
    assert "est de nouveau à délivrer" in said.stdout
    shell.run("report", "--kind", "altered", "--from", "f.pdf", "--prescriber-told", card="pharmacie-centre")
    read = shell.run("consult", card="pharmacie-gare", stdin=made["number"]).stdout
    assert read.index("! signalée par") < read.index("1. AMOXICILLINE")  # before anything is delivered
    for said_now in (": le patient revient demain", "! signalée par Pharmacie du Centre", "modifiée ou surchargée"):
        assert said_now in read
    back = shell.json("executions", "--act", made["act_id"])
    assert [each["reason"] for each in back["withdrawn"]] == ["handed-back"]
    assert back["executions"] == []
    again = shell.json("withdraw", second["act_id"], "--reason", "handed-back", card="pharmacie-centre", code=4)
    assert again["code"] == "already-withdrawn"


def test_one_asks_whether_an_act_is_recorded_and_lists_ones_own(shell: Shell) -> None:
    made = shell.json("prescribe", str(EXAMPLES / "ordonnance.json"))
    assert shell.json("recorded", made["act_id"])["kind"] == "register"
    assert "Oui : enregistrement, le" in shell.run("recorded", made["act_id"]).stdout
    assert shell.json("list")["items"][0]["register_act_id"] == made["act_id"]
    assert made["act_id"] in shell.run("list").stdout
    assert shell.run("list", card="secretaire-marchand").returncode != 0


def test_the_paper_is_said_to_be_owed_until_the_copy_is_acknowledged(shell: Shell) -> None:
    wanted = {"channel": "dmp", "requested_on": f"{datetime.now(UTC).date()}"}
    told = shell.run("prescribe", _written(shell, "ordonnance", paperless=wanted, on_paper="outage")).stdout
    act = told.split("Acte    : ")[1].split()[0]
    assert "Papier encore dû" in told
    assert act in shell.run("outbox").stdout
    assert "Le papier n'est plus dû" in shell.run("copy", act).stdout
    assert act not in shell.run("outbox").stdout
    number = told.split("Numéro  : ")[1].split("\n")[0]
    read = shell.run("consult", card="pharmacie-centre", stdin=number).stdout
    assert "sans papier à la demande du patient" in read
    assert "partie sur papier avant d'être enregistrée (service indisponible)" in read


def test_without_a_terminal_the_file_answers_on_anonymity_and_is_told_how(shell: Shell) -> None:
    file = _written(shell, "25-contraception-mineure-anonymat", anonymity=None)
    told = shell.json("prescribe", file, code=3)
    assert told["code"] == "anonymity-answer-wanted"
    assert '"ground": "minor-contraception"' in told["errors"][0]["detail"]
    assert shell.json("outbox")["pending"] == []


@pytest.mark.parametrize(("answer", "shown"), [("oui", "demandé"), ("n", "non demandé")])
def test_at_a_terminal_the_question_is_asked_and_the_answer_shown_back(shell: Shell, answer: str, shown: str) -> None:
    file = _written(shell, "25-contraception-mineure-anonymat", anonymity=None)
    ours, theirs = pty.openpty()
    try:
        os.write(ours, f"peut-être\n{answer}\n".encode())
        done = subprocess.run(
            [sys.executable, "-m", "ordonum.cli", "prescribe", file],
            cwd=shell.folder,
            env=shell.environment,
            stdin=theirs,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("demande-t-elle le secret") == 2
    assert f"Anonymat (contraception d'une mineure) : {shown}" in done.stdout


@pytest.mark.parametrize("unusual", [False, True])
def test_an_unusual_rate_is_an_alert_in_words(unusual: bool, capsys: pytest.CaptureFixture[str]) -> None:
    ending.alert(RegisteredList(items=(), before=None, last_24_hours=90, usual=20, unusual=unusual))
    said = capsys.readouterr().out
    assert "Dernières 24 heures : 90 ; d'habitude, 20 par jour de prescription." in said
    assert ("ALERTE : débit inhabituel" in said) is unusual


def test_the_journal_has_french_for_every_operation_of_the_service() -> None:
    assert {each.name for each in OPERATIONS} - kept.OPERATIONS.keys() == set()
