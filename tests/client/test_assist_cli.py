"""The prescribing assistance before anything is signed: what stops is said, with the way to go on, and stays on this machine."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ordonum.cli.app import app
from ordonum.cli.system import System
from ordonum.model.acts import RegisterRequest
from ordonum.wire import jws, native
from shell import EXAMPLES

SECRET = "ZYGOMYCINE du tiroir"
LINE = {
    "kind": "medicine",
    "label": "IBUPROFENE BIOGARAN 400 mg, comprimé pelliculé",
    "cis": "61000075",
    "cip13": "3400937656313",
    "substances": [{"name": "ibuprofène", "strength": "400 mg"}],
    "dosage": "1 comprimé matin, midi et soir",
    "duration_days": 5,
    "quantity": {"value": 1, "unit": "boxes"},
}
PREGNANT = {"pregnant": True, "pregnant_weeks": 30, "allergies": []}


class Terminal:
    """The command in this process, with a card of the sandbox."""

    def __init__(self, system: System, folder: Path) -> None:
        self.system, self.folder = system, folder
        self.environment = {
            "ORDONUM_HOME": str(system.home),
            "ORDONUM_SERVICE": system.url,
            "ORDONUM_CARD": "dr-martin",
            "COLUMNS": "140",
        }

    def run(self, *words: str, card: str = "dr-martin") -> Result:
        return CliRunner().invoke(app, list(words), env=self.environment | {"ORDONUM_CARD": card})

    def written(self, *lines: dict[str, Any], **more: Any) -> str:
        body = json.loads((EXAMPLES / "ordonnance.json").read_text()) | {"lines": list(lines)} | more
        file = self.folder / "ordonnance.json"
        file.write_text(json.dumps(body))
        return str(file)


@pytest.fixture
def terminal(system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.chdir(tmp_path)
    return Terminal(system, tmp_path)


def test_an_alert_that_stops_is_refused_with_the_field_that_passes_over_it(terminal: Terminal) -> None:
    file = terminal.written(LINE, subject=PREGNANT)
    with terminal.system.client("dr-martin") as doctor:
        before = len(list(doctor.outbox.all()))
    refused = terminal.run("prescribe", file, "--json")
    told = json.loads(refused.stdout)
    assert (refused.exit_code, told["code"], told["effect"]) == (3, "alert-stops", "none")
    assert [each["at"] for each in told["errors"]] == ["$.lines[0].overridden"]
    assert '"alert": "pregnancy:' in told["errors"][0]["detail"]
    with terminal.system.client("dr-martin") as doctor:
        assert len(list(doctor.outbox.all())) == before


def test_what_was_passed_over_is_signed_and_read_by_the_pharmacist_and_nothing_else_leaves(terminal: Terminal) -> None:
    stop = json.loads(terminal.run("prescribe", terminal.written(LINE, subject=PREGNANT), "--json").stdout)
    key = stop["errors"][0]["detail"].split('"alert": "')[1].split('"')[0]
    passed = LINE | {"overridden": [{"alert": key, "reason": "Avis du cardiologue du 3 novembre"}]}
    facts = {"subject": PREGNANT | {"allergies": [{"name": SECRET}]}, "treatments": [{"label": SECRET}]}
    done = terminal.run("prescribe", terminal.written(passed, **facts), "--pdf", "f.pdf", "--json")
    assert done.exit_code == 0, done.stdout
    act = json.loads(done.stdout)["act_id"]
    with terminal.system.client("dr-martin") as doctor:
        kept = next(each for each in doctor.outbox.all() if str(each.act_id) == act)
    signed = jws.payload_of(native.read(kept.body.encode(), RegisterRequest).jws).decode()
    assert "Avis du cardiologue" in signed
    everything = signed + kept.body + native.write(kept).decode()
    for hidden in (SECRET, "treatments", "subject", '"pregnant'):
        assert hidden not in everything
    read = terminal.run("consult", "--from", "f.pdf", card="pharmacie-centre").stdout
    assert "Alerte passée outre par le prescripteur : grossesse" in read
    assert "— motif : Avis du cardiologue du 3 novembre" in read
    told = json.loads(terminal.run("consult", "--from", "f.pdf", "--json", card="pharmacie-centre").stdout)
    assert told["order"]["lines"][0]["overridden"] == passed["overridden"]


def test_cautions_and_checks_not_made_are_shown_and_stop_nobody(terminal: Terminal) -> None:
    done = terminal.run("prescribe", terminal.written(LINE), "--pdf", "f.pdf")
    assert done.exit_code == 0, done.output
    assert "contrôle non fait, parce que" in done.stderr
    assert "Ordonnance enregistrée" in done.stdout


def test_a_thesaurus_that_cannot_be_read_stops_nobody_from_prescribing(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "bad.base").write_bytes(b"nothing")
    terminal.environment["ORDONUM_INTERACTIONS"] = str(tmp_path / "bad.base")
    done = terminal.run("prescribe", terminal.written(LINE), "--pdf", "f.pdf")
    assert done.exit_code == 0, done.output
    assert "dans la table livrée seulement, parce que" in done.stderr


def test_a_key_that_is_no_alert_of_the_line_is_told_and_stops_nothing_and_a_reason_says_something(
    terminal: Terminal,
) -> None:
    passed = LINE | {"overridden": [{"alert": "pregnancy:nimporte", "reason": "Avis du cardiologue"}]}
    note = "« pregnancy:nimporte » n'est pas une alerte de la ligne 1 : le motif part tel quel"
    file = terminal.written(passed)
    for words in (("assess", file), ("prescribe", file, "--pdf", "f.pdf")):
        done = terminal.run(*words, "--json")
        assert (done.exit_code, json.loads(done.stdout)["notes"], note in done.stderr) == (0, [note], True)
    key = json.loads(terminal.run("assess", terminal.written(LINE, subject=PREGNANT), "--json").stdout)["alerts"][0][
        "key"
    ]
    right = LINE | {"overridden": [{"alert": key, "reason": "Avis"}]}
    assert json.loads(terminal.run("assess", terminal.written(right, subject=PREGNANT), "--json").stdout)["notes"] == []
    for reason in ("ok", "1234 !"):
        file = terminal.written(LINE | {"overridden": [{"alert": key, "reason": reason}]}, subject=PREGNANT)
        for verb in ("assess", "prescribe"):
            refused = json.loads(terminal.run(verb, file, "--json").stdout)
            assert [each["at"] for each in refused["errors"]] == ["$.lines[0].overridden[0].reason"]


def test_a_base_that_cannot_be_read_stops_nobody_from_prescribing_and_is_told_with_its_path(
    terminal: Terminal, tmp_path: Path
) -> None:
    bad = tmp_path / "bad-drugs.base"
    bad.write_bytes(b"nothing")
    terminal.environment["ORDONUM_DRUGS"] = str(bad)
    done = terminal.run("prescribe", terminal.written(LINE), "--pdf", "f.pdf")
    assert done.exit_code == 0, done.output
    assert done.stderr.count(f"La base des médicaments {bad} ne peut pas être lue (Ce fichier n'est pas") == 1
    assert "le formulaire livré sert" in done.stderr
    assert terminal.run("consult", "--from", "f.pdf", card="pharmacie-centre").exit_code == 0
    for words in (("drugs", "show", "61000075"), ("drugs", "search", "ibu")):
        refused = terminal.run(*words)
        assert (refused.exit_code, str(bad) in refused.stderr) == (3, True)
        assert "Rien n'a été enregistré." in refused.stderr


def test_a_file_is_assessed_without_network_with_its_prices(terminal: Terminal) -> None:
    terminal.environment["ORDONUM_SERVICE"] = "http://127.0.0.1:9"
    told = json.loads(terminal.run("assess", terminal.written(LINE, subject=PREGNANT), "--json").stdout)
    assert {(each["kind"], each["level"]) for each in told["alerts"]} >= {("pregnancy", "stop")}
    assert told["prices"]["lines"][0]["boxes"] == 1
    (terminal.folder / "lignes.json").write_text(json.dumps({"lines": [LINE], "subject": PREGNANT}))
    alone = terminal.run("assess", str(terminal.folder / "lignes.json")).stdout
    assert "ARRÊT — grossesse, ligne 1" in alone
    assert "Total :" in alone
    assert "la posologie n'est pas comprise" not in alone  # only written, it is read here as before a signature
    bad = terminal.run("assess", terminal.written(LINE, subject={"surname": "Durand"}), "--json")
    assert (bad.exit_code, json.loads(bad.stdout)["errors"][0]["at"]) == (3, "$.subject")


def test_a_line_that_was_typed_is_signed_as_it_was_composed_and_read_by_the_pharmacist(terminal: Terminal) -> None:
    line = json.loads(terminal.run("line", "metformine 1 g 1 matin et soir 3 mois", "--json").stdout)["line"]
    done = terminal.run("prescribe", terminal.written(line), "--pdf", "f.pdf", "--json")
    assert done.exit_code == 0, done.stdout
    read = terminal.run("consult", "--from", "f.pdf", card="pharmacie-centre").stdout
    assert "METFORMINE 1000 mg" in read
    assert "1 comprimé le matin et 1 comprimé le soir" in read
    assert "la posologie structurée ne dit pas" not in read


def test_a_dose_of_the_day_is_shown_in_its_takes_and_a_wrong_shape_asks_nobody_to_send_again(tmp_path: Path) -> None:
    shown = CliRunner().invoke(app, ["dosage", "grid", "80 mg/kg/j en 3 prises 7 jours", "--weight", "12"]).stdout
    assert shown.count("3 prises de 320 mg") == 7
    shown = CliRunner().invoke(app, ["dosage", "grid", "1 g/j en 3 prises 2 jours"]).stdout
    assert shown.count("1 g en 3 prises ") == 2
    (tmp_path / "f.json").write_text(json.dumps({"lines": [LINE], "subject": {"clearance": "22 ml/min"}}))
    for words in (("assess", str(tmp_path / "f.json")), ("dosage", "render", '{"steps": [{"dose": {"amount": "x"}}]}')):
        refused = CliRunner().invoke(app, list(words))
        assert (refused.exit_code, "puis recommencez" in refused.stderr, "renvoyez" in refused.stderr) == (
            3,
            True,
            False,
        )
        assert "nombre, seul et sans unité" in refused.stderr
