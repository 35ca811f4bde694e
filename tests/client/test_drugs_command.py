"""`ordonum drugs import` and `show`, as a person and a program use them."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bdpm_files import changed, files
from ordonum.cli.app import app
from ordonum.cli.exits import DONE, UNREADABLE


class Machine:
    """A machine with a home, and a folder of downloaded files."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.folder = folder / "bdpm"
        self.folder.mkdir()
        self.base = self.home / "drugs.base"

    def run(self, *words: str, code: int = DONE) -> str:
        done = CliRunner().invoke(app, ["drugs", *words], env={"ORDONUM_HOME": str(self.home), "ORDONUM_DRUGS": ""})
        assert done.exit_code == code, done.output
        return done.output

    def import_(self, texts: dict[str, bytes], *options: str, code: int = DONE) -> str:
        for name, raw in texts.items():
            (self.folder / name).write_bytes(raw)
        return self.run("import", str(self.folder), *options, code=code)

    def show(self, *words: str) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.run("show", *words, "--json"))
        return told


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_an_import_says_what_it_read_and_where_it_wrote_it(machine: Machine) -> None:
    said = machine.import_(files())
    assert "données du 25 juin 2025" in said
    assert (
        "3 spécialités, dont 2 commercialisées ; 3 présentations, dont 2 commercialisées (contenance lue pour 100,0 %)"
        in said
    )
    assert "CIS_GENER_bdpm.txt : laissées de côté, 1 sur 3" in said
    assert str(machine.base) in said
    assert "Aucune version précédente" in said
    assert said.endswith("Un service en marche la lira à son prochain démarrage.\n")


def test_an_update_says_what_changed_to_a_person_and_to_a_program(machine: Machine) -> None:
    machine.import_(files())
    assert "Rien n'a changé" in machine.import_(files())
    newer = changed("CIS_CIP_bdpm.txt", lambda raw: raw.replace(b"1,196,29", b"996,29"))
    said = machine.import_(newer)
    assert "Prix changés : 1\n  3400949497294  DOULEX 500 mg, comprimé, 3 plaquette(s)" in said
    assert "1 196,29 € → 996,29 €" in said
    told = json.loads(machine.import_(files(), "--json"))
    assert told["changes"]["prices"]["first"][0] | {"name": ""} == {
        "code": "3400949497294",
        "name": "",
        "before": "996,29 €",
        "after": "1 196,29 €",
    }
    assert [name for name, each in told["changes"].items() if each["count"]] == ["prices"]
    assert told["edition"]["whole"] is True
    assert told["orphans"] == {"CIS_GENER_bdpm.txt": 1}


def test_a_bad_file_changes_nothing_and_is_told_with_its_place(machine: Machine) -> None:
    machine.import_(files())
    before = machine.base.read_bytes()
    bad = changed("CIS_CIP_bdpm.txt", lambda raw: raw.replace(b"3400949497706", b"3400949497705"))
    said = machine.import_(bad, code=UNREADABLE)
    assert (
        "CIS_CIP_bdpm.txt, ligne 2, colonne 7 (code CIP13) : « 3400949497705 », la clé du code CIP13 est fausse."
        in said
    )
    assert "Rien n'est importé." in said
    told = json.loads(machine.import_(bad, "--json", code=UNREADABLE))
    assert (told["code"], told["file"], told["row"], told["column"]) == ("drug-base-refused", "CIS_CIP_bdpm.txt", 2, 7)
    (machine.folder / "CIS_MITM.txt").unlink()
    assert "CIS_MITM.txt : le fichier manque" in machine.run("import", str(machine.folder), code=UNREADABLE)
    assert "n'existe pas" in machine.run("import", str(machine.folder / "none"), code=UNREADABLE)
    assert "est un fichier, non le dossier" in machine.run("import", __file__, code=UNREADABLE)
    assert machine.base.read_bytes() == before
    assert list(machine.home.iterdir()) == [machine.base]


def test_much_less_than_what_is_in_place_is_refused_unless_it_is_forced(machine: Machine) -> None:
    machine.import_(files())
    before = machine.base.read_bytes()
    less = changed("CIS_CPD_bdpm.txt", lambda raw: raw.splitlines(keepends=True)[0])
    assert "conditions de prescription : 1 au lieu de 2" in machine.import_(less, code=UNREADABLE)
    assert machine.base.read_bytes() == before
    assert "Spécialités dont les conditions de prescription changent : 1" in machine.import_(less, "--force")


def test_a_damaged_base_is_told_and_replaced_by_an_import(machine: Machine) -> None:
    machine.import_(files())
    machine.base.write_bytes(machine.base.read_bytes()[:-1])
    assert "est abîmée" in machine.run("show", "60000011", code=UNREADABLE)
    assert "illisible : elle est remplacée" in machine.import_(files())
    assert machine.show("60000011")["speciality"]["name"] == "DOULEX 500 mg, comprimé"
    machine.base.unlink()
    machine.base.mkdir()
    assert "ne peut pas être lue" in machine.run("show", "60000011", code=UNREADABLE)
    assert "n'est pas un fichier" in machine.import_(files(), code=UNREADABLE)


def test_a_medicine_is_shown_by_each_of_its_codes_and_by_words(machine: Machine) -> None:
    machine.import_(files())
    by_box = machine.show("3400949497294")
    assert by_box == machine.show("4949729")
    assert by_box["presentation"]["public_price"] == 119_629
    assert (
        by_box["speciality"]
        == machine.show("60000011")["speciality"]
        == machine.show("doulex", "COMPRIME")["speciality"]
    )
    said = machine.run("show", "3400949497294")
    for part in (
        "DOULEX 500 mg, comprimé  (CIS 60000011)",
        "PARACÉTAMOL 500 mg pour un comprimé",
        "code ATC N02BE01",
        "princeps du groupe 7 : PARACETAMOL 500 mg - DOULEX 500 mg, comprimé (2 spécialités)",
        "! Rupture de stock, depuis le 20 mars 2025 (CIP13 3400949497294)",
        "contient 30 comprimés (en 3) ; prix 1 196,29 € ; remboursé à 30 %, 65 % ; agréé aux collectivités",
        "Source : Base de données publique des médicaments (ANSM, HAS, UNCAM), Licence Ouverte 2.0, données du 25 juin 2025.",
    ):
        assert part in said
    assert [each["cis"] for each in machine.show("500")["found"]] == ["60000011", "60000022"]
    assert "60000033  SIROP DU GÂTINAIS, sirop  (non commercialisée)" not in machine.run("show", "500")
    assert "fraction thérapeutique" in machine.run("show", "60000022")


def test_without_an_import_the_formulary_answers_and_says_that_it_is_one(machine: Machine) -> None:
    told = machine.show("60234100")
    assert told["speciality"]["name"] == "DOLIPRANE 1000 mg, comprimé"
    assert told["edition"]["whole"] is False
    assert "Formulaire d'ordonum" in machine.run("show", "60234100")
    said = machine.run("show", "zzzz", code=UNREADABLE)
    assert "Aucun médicament pour « zzzz ». La base de ce poste est le formulaire" in said
