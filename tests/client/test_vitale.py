"""Vitale cards: whom they name, by which number, and what the counter is told."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from factories import NIR
from ordonum.cli.system import System
from ordonum.client import Nir, UnusableCard, vitale
from ordonum.client.vitale import Quality
from ordonum.sandbox.vitale import TEST_VITALE, issue_test_vitale

EXAMPLES = Path(__file__).parents[2] / "examples"
CARDS = dict(TEST_VITALE)
TODAY = date(2026, 11, 16)


def _of(name: str, number: int) -> tuple[str, str]:
    """The number's 13 first characters and whose it is."""
    identity = CARDS[name].beneficiary(number).identity
    assert isinstance(identity, Nir)
    return identity.nir.matricule, identity.of


def test_the_insured_is_named_by_their_own_number() -> None:
    assert CARDS["durand"].beneficiary(1).identity == Nir(NIR, "self")
    assert CARDS["durand"].beneficiary(1).surname == "DURAND"


def test_twins_without_a_number_share_the_insureds_and_differ_by_rank() -> None:
    card = CARDS["famille-benali"]
    insured = card.insured.nir.matricule
    assert [_of("famille-benali", n) for n in (1, 2, 3)] == [
        (insured, "self"),
        (insured, "insured"),
        (insured, "insured"),
    ]
    twins = [card.beneficiary(n) for n in (2, 3)]
    assert twins[0].birth_date == twins[1].birth_date
    assert [each.birth_rank for each in twins] == [1, 2]


def test_a_child_whose_number_is_certified_is_named_by_it_on_a_parents_card() -> None:
    assert _of("famille-costa", 2) == (CARDS["famille-costa"].beneficiaries[1].nir.matricule, "self")  # type: ignore[union-attr]  # has one
    assert _of("famille-costa", 3) == (CARDS["famille-costa"].insured.nir.matricule, "insured")


@pytest.mark.parametrize(("name", "born"), [("diop-lunaire", "1942-19-01"), ("haddad-lunaire", "1951-00-00")])
def test_a_date_that_no_calendar_has_is_kept_as_the_card_writes_it(name: str, born: str) -> None:
    assert CARDS[name].beneficiary(1).birth_date == born


def test_expired_or_future_rights_are_told_and_stop_nothing() -> None:
    (told,) = CARDS["vidal-expiree"].notices(1, TODAY)
    assert "expirés le 31/12/2023" in told
    assert CARDS["vidal-expiree"].notices(1, date(2023, 12, 31)) == ()
    assert CARDS["vidal-expiree"].beneficiary(1).surname == "VIDAL"
    assert "ouverts le 01/01/2020 seulement" in CARDS["durand"].notices(1, date(2019, 12, 31))[0]
    assert CARDS["durand"].notices(1, TODAY) == ()


@pytest.mark.parametrize("number", [0, -1, 2])
def test_a_number_that_is_not_on_the_card_is_said_to_be_missing(number: int) -> None:
    with pytest.raises(UnusableCard, match="pas de bénéficiaire"):
        CARDS["durand"].beneficiary(number)


def test_the_codes_of_qualities_are_the_cards() -> None:
    assert [Quality.INSURED.code, Quality.SPOUSE.code, Quality.CHILD.code, Quality.OTHER.code] == [0, 2, 6, 9]


def test_the_cards_written_are_the_cards_read_and_are_not_written_over(tmp_path: Path) -> None:
    files = issue_test_vitale(tmp_path)
    assert {file.stem: vitale.read(file) for file in files} == CARDS
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)
    assert issue_test_vitale(tmp_path) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda card: card["insured"].update(nir="279035121518988"),
        lambda card: card["beneficiaries"].append(card["beneficiaries"][0]),
        lambda card: card["beneficiaries"][0].update(quality="child", nir="279035121518989"),
        lambda card: card["beneficiaries"].clear(),
        lambda card: card.update(more=1),
    ],
    ids=["wrong key", "two insured", "the insured's number for a child", "nobody", "unknown field"],
)
def test_a_card_that_contradicts_itself_is_refused_without_a_number_in_the_sentence(
    tmp_path: Path, change: object
) -> None:
    (file,) = [each for each in issue_test_vitale(tmp_path) if each.stem == "durand"]
    content = json.loads(file.read_text())
    change(content)  # type: ignore[operator]  # one of the changes above
    file.write_text(json.dumps(content))
    with pytest.raises(UnusableCard) as raised:
        vitale.read(file)
    assert "279035" not in str(raised.value)


def test_neither_numbers_nor_names_show_in_what_is_printed_of_a_card() -> None:
    shown = (
        repr(CARDS["famille-costa"]) + repr(CARDS["famille-costa"].insured) + repr(CARDS["famille-costa"].beneficiaries)
    )
    assert "COSTA" not in shown
    assert not any(character.isdigit() for character in shown)


# The command ---------------------------------------------------------------------------------------------------------


def _run(system: System, folder: Path, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "ORDONUM_HOME": str(system.home),
        "ORDONUM_SERVICE": system.url,
        "COLUMNS": "120",
    }
    return subprocess.run(
        [sys.executable, "-m", "ordonum.cli", *words],
        cwd=folder,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def _prescribed(system: System, folder: Path, first_name: str, birth_date: str) -> str:
    content = json.loads((EXAMPLES / "ordonnance.json").read_text())
    content["patient"] = {"surname": "X", "first_name": first_name, "sex": "F", "birth_date": birth_date}
    (folder / "ordonnance.json").write_text(json.dumps(content))
    done = _run(system, folder, "prescribe", "ordonnance.json", "--card", "dr-martin", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return str(json.loads(done.stdout)["number"])


def _delivery(folder: Path, *, beneficiary: bool) -> None:
    content = json.loads((EXAMPLES / "delivrance.json").read_text())
    if not beneficiary:
        del content["beneficiary"]
    (folder / "delivrance.json").write_text(json.dumps(content))


def _execute(system: System, folder: Path, number: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = ("execute", "delivrance.json", "--card", "pharmacie-centre", "--json", *words)
    return _run(system, folder, *command, stdin=number)


def test_the_card_names_the_beneficiary_where_the_file_names_none(system: System, tmp_path: Path) -> None:
    number = _prescribed(system, tmp_path, "Nour", "2021-09-17")
    _delivery(tmp_path, beneficiary=False)
    without = _execute(system, tmp_path, number)
    assert without.returncode == 3
    several = _execute(system, tmp_path, number, "--vitale", "famille-benali")
    assert several.returncode == 7
    assert "1 assuré, 2 enfant, 3 enfant" in json.loads(several.stdout)["detail"]
    done = _execute(system, tmp_path, number, "--vitale", "famille-benali", "--beneficiary", "3")
    assert done.returncode == 0, done.stdout + done.stderr
    again = _execute(system, tmp_path, number, "--vitale", "famille-benali", "--beneficiary", "3")
    assert json.loads(again.stdout)["replayed"]
    other = _execute(system, tmp_path, number, "--vitale", "famille-benali", "--beneficiary", "2")
    assert json.loads(other.stdout)["code"] == "identity-differs"  # another act, judged, not the first one again


def test_expired_rights_are_told_at_the_counter_and_the_delivery_is_recorded(system: System, tmp_path: Path) -> None:
    number = _prescribed(system, tmp_path, "Jeanne", "1967-08-19")
    _delivery(tmp_path, beneficiary=False)
    done = _execute(system, tmp_path, number, "--vitale", "vidal-expiree")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "droits expirés le 31/12/2023" in done.stderr


def test_a_file_that_names_its_beneficiary_is_followed_and_the_counter_is_told(system: System, tmp_path: Path) -> None:
    number = _prescribed(system, tmp_path, "Éloïse", "1979-03-14")
    _delivery(tmp_path, beneficiary=True)
    done = _execute(system, tmp_path, number, "--vitale", "vidal-expiree")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "la carte Vitale n'a pas servi" in done.stderr
    assert json.loads(_execute(system, tmp_path, number).stdout)["replayed"]


def test_what_is_not_there_is_said(system: System, tmp_path: Path) -> None:
    _delivery(tmp_path, beneficiary=False)
    assert _execute(system, tmp_path, "x", "--vitale", "personne").returncode == 7
    assert _execute(system, tmp_path, "x", "--beneficiary", "1").returncode == 2


def test_the_lists_of_the_sandbox(system: System, tmp_path: Path) -> None:
    cards = _run(system, tmp_path, "sandbox", "cards").stdout
    for told in ("médecin, cardiologie et maladies vasculaires", "préparateur en pharmacie", "EHPAD Les Tilleuls"):
        assert told in cards
    assert "pharmacien biologiste" in cards
    listed = json.loads(_run(system, tmp_path, "sandbox", "cards", "--json").stdout)["cards"]
    assert {each["kind"] for each in listed} == {"professional", "employee", "structure", "agent"}
    shown = _run(system, tmp_path, "sandbox", "vitale").stdout
    assert "né(e) le 01/19/1942" in shown
    assert "sous le numéro de l'assuré" in shown
    assert "279035" not in shown
    numbers = json.loads(_run(system, tmp_path, "sandbox", "vitale", "--json").stdout)["cards"]
    assert [len(each["beneficiaries"]) for each in numbers] == [
        len(CARDS[each["card"]].beneficiaries) for each in numbers
    ]
