"""`ordonum thesaurus`: an edition takes the place of another whole, or not at all."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ordonum.cli.app import app
from thesaurus_sample import TEXT


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any thesaurus."""
    monkeypatch.setenv("ORDONUM_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("ORDONUM_INTERACTIONS", raising=False)
    return tmp_path


def run(*words: str) -> tuple[int, dict[str, Any]]:
    """The exit code of the command and what it told."""
    done = CliRunner().invoke(app, ["thesaurus", *words, "--json"])
    return done.exit_code, json.loads(done.stdout or done.stderr)


def folder(home: Path, name: str, text: str) -> str:
    """A folder of one published file."""
    (home / name).mkdir()
    (home / name / "thesaurus.txt").write_text(text, encoding="utf-8")
    return str(home / name)


def test_an_edition_takes_the_place_of_the_shipped_table_then_of_the_one_before(home: Path) -> None:
    assert run("show")[1]["edition"]["whole"] is False
    code, told = run("import", folder(home, "mai", TEXT))
    assert (code, told["edition"]["interactions"], told["changes"]) == (0, 3, None)
    june = TEXT.replace("Mai 2031", "Juin 2031").replace("CONTRE-INDICATION", "Association DECONSEILLEE")
    code, told = run("import", folder(home, "juin", june))
    assert code == 0
    assert told["changes"]["gravities"]["first"][0]["after"] == "association déconseillée"
    assert run("show")[1]["edition"]["of"] == "2031-06-01"
    assert run("between", "alphazol", "bêtamine a")[1]["alerts"][0]["level"] == "stop"


def test_a_bad_or_an_older_file_leaves_the_one_in_place(home: Path) -> None:
    run("import", folder(home, "mai", TEXT))
    kept = (home / "home" / "interactions.base").read_bytes()
    for name, text in {"coupé": TEXT[: len(TEXT) // 2], "ancien": TEXT.replace("Mai 2031", "Avril 2030")}.items():
        code, told = run("import", folder(home, name, text))
        assert code == 3
        assert told["ok"] is False
        assert (home / "home" / "interactions.base").read_bytes() == kept
    assert run("import", str(home / "ancien"), "--force")[0] == 0
    assert run("import", str(home / "nulle-part"))[0] == 3
    wrong = run("import", folder(home, "autre", "Ordonnance du jour\n"))
    assert (wrong[0], wrong[1]["detail"].endswith("Rien n'a changé : la version en place demeure.")) == (3, True)
    said = CliRunner().invoke(app, ["thesaurus", "import", str(home / "mai"), "--force"]).stdout
    assert said.endswith("Un service en marche la lira à son prochain démarrage.\n")


def test_a_damaged_file_in_place_is_told_not_trusted(home: Path) -> None:
    run("import", folder(home, "mai", TEXT))
    file = home / "home" / "interactions.base"
    file.write_bytes(file.read_bytes()[:-1])
    assert run("show")[0] == 3
    assert run("import", str(home / "mai"))[0] == 0
    assert run("show")[0] == 0


@pytest.mark.parametrize("imported", [False, True])
def test_no_interaction_is_only_said_of_two_names_that_the_table_has(home: Path, imported: bool) -> None:
    two = ("gammavir", "bêtamine a") if imported else ("lithium", "clarithromycine")
    none = (
        "Aucune interaction trouvée (" if imported else "Aucune interaction dans la table livrée (109), qui n'est pas"
    )
    if imported:
        run("import", folder(home, "mai", TEXT))
    for names, why in (
        (("zorglub", two[0]), "n'a pas « zorglub »"),
        ((two[0],), f"il n'y a que « {two[0]} »"),
        (("", two[0]), "n'a pas «  »"),
    ):
        done = CliRunner().invoke(app, ["thesaurus", "between", *names])
        assert (done.exit_code, "Aucune interaction" in done.output) == (3, False)
        assert "Contrôle non fait, parce qu" in done.stderr
        assert why in done.stderr
        code, told = run("between", *names)
        assert (code, told["ok"], told["code"]) == (3, False, "check-not-done")
    known = CliRunner().invoke(app, ["thesaurus", "between", *two])
    assert (known.exit_code, none in known.stdout) == (0, True)
