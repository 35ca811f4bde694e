"""On the command line: the invoice, the back of the sheet, duplicates, sessions, and a QR code verified without the service."""

from pathlib import Path

import pytest

from ordonum.cli.system import System
from ordonum.model.acts import RegisterRequest
from ordonum.wire import jws, native, scan
from shell import EXAMPLES, Shell


@pytest.fixture
def shell(system: System, tmp_path: Path) -> Shell:
    return Shell(system, tmp_path, "dr-martin")


def _prescribed(shell: Shell) -> dict[str, str]:
    made: dict[str, str] = shell.json("prescribe", str(EXAMPLES / "ordonnance.json"), "--pdf", "feuille.pdf")
    return made


def test_an_invoice_is_told_line_by_line_and_counts_once(shell: Shell) -> None:
    _prescribed(shell)
    words = ("invoice", str(EXAMPLES / "factures/facture.json"), "--from", "feuille.pdf")
    elsewhere = shell.json(*words, card="pharmacie-gare")
    assert [each["reason"] for each in elsewhere["justification"]] == ["execution-awaited", "no-prescription-line"]
    shell.json("execute", str(EXAMPLES / "delivrance.json"), "--from", "feuille.pdf", card="pharmacie-centre")
    done = shell.json(*words, card="pharmacie-centre")
    again = shell.json(*words, card="pharmacie-centre")
    assert (again["act_id"], again["replayed"]) == (done["act_id"], True)
    said = shell.run(*words, card="pharmacie-centre").stdout
    assert "ligne 1 de la facture : aucune numérisation nécessaire" in said
    assert "ligne 2 de la facture : numérisation encore nécessaire (aucune ligne de l'ordonnance" in said


def test_an_invoice_that_is_not_one_is_told_where(shell: Shell) -> None:
    _prescribed(shell)
    (shell.folder / "f.json").write_text('{"invoice": "", "lines": []}')
    told = shell.json("invoice", "f.json", "--from", "feuille.pdf", code=3)
    assert {each["at"] for each in told["errors"]} == {"$.invoice", "$.lot", "$.lines"}


def test_the_back_of_the_sheet_is_printed_after_the_execution(shell: Shell) -> None:
    _prescribed(shell)
    done = shell.json("execute", str(EXAMPLES / "delivrance.json"), "--from", "feuille.pdf", card="pharmacie-centre")
    made = shell.json("back", done["act_id"], "--pdf", "dos.pdf", "--start-mm", "60", card="pharmacie-centre")
    assert made["pdf"] == "dos.pdf"
    assert (shell.folder / "dos.pdf").read_bytes().startswith(b"%PDF")
    assert (shell.folder / "dos.pdf").stat().st_mode & 0o777 == 0o600
    assert shell.json("back", done["act_id"], "--pdf", "d.pdf", card="pharmacie-gare", code=3)["code"] == "not-kept"


def test_a_sheet_printed_again_is_a_duplicate_and_goes_by_mail_as_pdf_a_1b(shell: Shell) -> None:
    made = _prescribed(shell)
    shell.json("pdf", made["act_id"], "--pdf", "encore.pdf", "--mail")
    pdf = (shell.folder / "encore.pdf").read_bytes()
    assert scan.find_code(pdf).content.number == made["number"]
    assert b"<pdfaid:part>1</pdfaid:part>" in pdf
    kept = shell.json("outbox", "--all")["all"]
    assert next(each["prints"] for each in kept if each["act_id"] == made["act_id"]) == 2


def test_a_code_is_verified_without_the_service_once_the_keys_are_here(own_system: System, tmp_path: Path) -> None:
    shell = Shell(own_system, tmp_path, "dr-martin")
    _prescribed(shell)
    cut = Shell(own_system, tmp_path, "dr-martin", service="http://127.0.0.1:9")
    assert cut.json("verify-qr", "feuille.pdf", code=5)["proof"] == "lists-missing"
    assert cut.run("keys", "sync").returncode == 5
    assert shell.json("keys", "sync")["lists"] > 300
    assert shell.json("keys", "sync")["lists"] == 1  # today's is not whole yet
    said = cut.run("verify-qr", "feuille.pdf")
    assert said.returncode == 0, said.stderr
    for words in ("QR code authentique", "Durand Éloïse", "Ce que cela ne prouve pas : les lignes imprimées"):
        assert words in said.stdout
    (tmp_path / "rien.pdf").write_bytes(b"%PDF-1.7")
    assert cut.run("verify-qr", "rien.pdf").returncode == 3


def test_a_code_of_today_that_no_published_key_signed_proves_nothing_yet(own_system: System, tmp_path: Path) -> None:
    shell = Shell(own_system, tmp_path, "dr-martin")
    _prescribed(shell)
    shell.json("keys", "sync")
    own = own_system.home / "postes/dr-martin/keys"
    for file in own.iterdir():  # a key that was never registered: another is made, and the service is out
        file.unlink()
    cut = Shell(own_system, tmp_path, "dr-martin", service="http://127.0.0.1:9")
    assert cut.run("prescribe", str(EXAMPLES / "ordonnance.json"), "--pdf", "f.pdf").returncode == 5
    told = cut.run("verify-qr", "f.pdf")
    assert told.returncode == 5  # the day is not over: its key may still be published
    assert "On ne peut pas conclure" in told.stdout
    assert "Rien n'est prouvé de ce qui précède." in told.stdout


def test_a_session_signs_without_the_card_until_it_ends(own_system: System, tmp_path: Path) -> None:
    shell = Shell(own_system, tmp_path, "dr-rey")  # an RSA card
    assert shell.json("session")["ok"]
    _prescribed(shell)
    read = shell.json("consult", "--from", "feuille.pdf", card="pharmacie-centre")
    assert read["order"]["prescriber"]["surname"] == "REY"
    with own_system.client("dr-rey") as doctor:
        (kept,) = [each for each in doctor.outbox.all() if each.operation == "register"]
    request = native.read(kept.body.encode(), RegisterRequest)
    assert jws.take_apart(request.jws, typ=jws.ORDER_TYP).delegation is not None
