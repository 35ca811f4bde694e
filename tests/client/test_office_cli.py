"""`ordonum office` as an agent runs it: the patient's number by file or standard input, never by argument."""

import json
from pathlib import Path

import pytest

from ordonum.cli.system import System
from ordonum.sandbox.vitale import nir
from shell import EXAMPLES, Shell

NUMBER = nir("2010169381555")


@pytest.fixture
def shell(system: System, tmp_path: Path) -> Shell:
    return Shell(system, tmp_path, "agent-caisse")


def test_an_opposition_is_recorded_told_and_lifted(shell: Shell) -> None:
    done = shell.run("office", "oppose", "--reference", "OPP-1", stdin=f"{NUMBER}\n")
    assert "Opposition enregistrée le" in done.stdout
    assert "aucun numéro n'est rattaché" in done.stdout
    told = shell.run("office", "oppose", stdin=NUMBER)
    assert (told.returncode, "déjà en vigueur" in told.stderr) == (4, True)
    (shell.folder / "patient.json").write_text(json.dumps({"identity": {"kind": "nir", "nir": NUMBER, "of": "self"}}))
    read = shell.run("office", "traces", "--patient-file", "patient.json")
    assert "a enregistré votre opposition à la relecture de toutes vos ordonnances." in read.stdout
    assert "Enregistrer une opposition à la relecture de toutes vos ordonnances a été refusé" in read.stdout
    assert "Opposition en vigueur depuis le" in read.stdout
    assert "Opposition levée le" in shell.run("office", "lift", "--patient-file", "patient.json").stdout
    for each in (done, told, read):
        assert NUMBER not in each.stdout + each.stderr


def test_the_same_act_again_is_the_same(shell: Shell) -> None:
    act = "0b6f4f0e-0f5e-4d3c-9a51-2f7f0c3f6a11"
    number = nir("2010169381556")
    made = [shell.json("office", "oppose", "--act", act, stdin=number) for _ in range(2)]
    assert [each["replayed"] for each in made] == [False, True]
    assert made[0]["recorded_at"] == made[1]["recorded_at"]


def test_a_prescription_whose_number_the_patient_gives_is_told(shell: Shell) -> None:
    made = shell.json("prescribe", str(EXAMPLES / "ordonnance.json"), "--pdf", "f.pdf", card="dr-martin")
    (shell.folder / "numero.txt").write_text(made["number"])
    entries = shell.json("office", "traces", "--number-file", "numero.txt")["entries"]
    assert [each["place"] for each in entries] == ["Cabinet du docteur Martin"]


@pytest.mark.parametrize(
    ("words", "stdin", "code"),
    [
        (("oppose",), "279035121518980", 3),  # its key is wrong
        (("oppose",), "bonjour", 3),
        (("oppose",), '{"identity": {"kind": "nir", "nir": "279035121518989", "of": "insured"}}', 3),  # whose child?
        (("oppose", "--reference", "DUPONT"), NUMBER, 2),
        (("oppose", NUMBER), "", 2),
        (("traces", "--number-file", "a", "--patient-file", "b"), "", 3),
    ],
)
def test_what_is_not_right_leaves_with_its_reason(shell: Shell, words: tuple[str, ...], stdin: str, code: int) -> None:
    done = shell.run("office", *words, stdin=stdin)
    assert done.returncode == code, done.stderr
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_another_card_is_refused_by_name(shell: Shell) -> None:
    done = shell.run("office", "oppose", stdin=NUMBER, card="agent-remboursement")
    assert done.returncode == 4
    assert "agent de l'Assurance Maladie : remboursement" in done.stderr
