"""The command as people run it: a real process, files, standard input, exit codes."""

import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest
from PIL import Image

from factories import an_execution
from ordonum.cli.files import source_of
from ordonum.cli.system import System
from ordonum.client import EpuId
from ordonum.wire import scan
from shell import EXAMPLES, Shell


@pytest.fixture
def shell(system: System, tmp_path: Path) -> Shell:
    return Shell(system, tmp_path, "dr-martin")


def test_the_examples_go_all_the_way_from_the_doctors_file_to_the_doctors_screen(shell: Shell) -> None:
    made = shell.json("prescribe", str(EXAMPLES / "ordonnance.json"), "--pdf", "feuille.pdf")
    assert scan.find_code((shell.folder / "feuille.pdf").read_bytes()).content.number == made["number"]
    read = shell.json("consult", "--from", "feuille.pdf", card="pharmacie-centre")
    assert [each["left"] for each in read["remainders"]] == [2, 3]
    done = shell.json("execute", str(EXAMPLES / "delivrance.json"), "--from", "feuille.pdf", card="pharmacie-centre")
    assert not done["replayed"]
    back = shell.json("executions", "--act", made["act_id"])
    assert back["status"] == "partly-executed"
    shell.json("cancel", "--act", made["act_id"], "--reason", "change-of-regime")
    assert shell.json("consult", card="pharmacie-gare", stdin=made["number"])["status"] == "cancelled"


def test_the_same_in_french_for_a_person(shell: Shell) -> None:
    made = shell.run("prescribe", str(EXAMPLES / "ordonnance.json"), "--pdf", "f.pdf")
    assert "Ordonnance enregistrée le" in made.stdout
    found = re.search(r"Acte +: (\S+)", made.stdout)
    assert found is not None
    read = shell.run("consult", "--from", "f.pdf", card="pharmacie-centre")
    assert "signature et engagement vérifiés" in read.stdout
    assert "reste 2 boîtes sur 2, d'après la base" in read.stdout
    shell.run("execute", str(EXAMPLES / "delivrance.json"), "--from", "f.pdf", card="pharmacie-centre")
    assert "Pharmacie du Centre" in shell.run("executions", "--act", found[1]).stdout
    assert "annulée" in shell.run("cancel", "--act", found[1], "--reason", "death").stdout


def test_the_number_comes_by_standard_input_a_file_or_a_scan_and_never_by_argument(shell: Shell) -> None:
    made = shell.json("prescribe", str(EXAMPLES / "ordonnance.json"), "--pdf", "f.pdf")
    number = made["number"]
    grouped = " ".join(number[i : i + 3] for i in range(0, 18, 3)).lower()
    (shell.folder / "numero.txt").write_text(number + "\n")
    for words, stdin in ((("--number-file", "numero.txt"), ""), ((), grouped), (("--from", "f.pdf"), "")):
        assert shell.json("consult", *words, stdin=stdin, card="pharmacie-centre")["status"] == "registered"
    assert shell.run("consult", number, card="pharmacie-centre").returncode == 2
    assert (shell.folder / "f.pdf").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("stdin", "said"),
    [
        ("", "18 symboles"),
        ("bonjour", "18 symboles"),
        ("N" + "O" * 17, "n'emploie que"),
        ("https://exemple.fr/" + "x" * 40, "ne l'ouvrez pas"),
    ],
)
def test_a_number_that_is_none_is_explained(shell: Shell, stdin: str, said: str) -> None:
    done = shell.run("consult", stdin=stdin, card="pharmacie-centre")
    assert done.returncode == 3
    assert said in done.stderr


def test_every_fault_of_a_file_is_told_and_nothing_is_sent(shell: Shell) -> None:
    wrong = json.loads((EXAMPLES / "ordonnance.json").read_text())
    wrong["patient"]["birth_date"] = "hier"
    del wrong["opposed"]
    (shell.folder / "faux.json").write_text(json.dumps(wrong))
    told = shell.json("prescribe", "faux.json", code=3)
    assert {each["at"] for each in told["errors"]} == {"$.patient.birth_date", "$.opposed"}
    assert shell.json("prescribe", "absent.json", code=3)["code"] == "file-problem"


def test_a_refusal_has_its_code_its_sentence_and_its_exit_code(shell: Shell) -> None:
    told = shell.json("consult", stdin="NHT2EX8B3CBHP2FVB2", card="pharmacie-centre", code=3)
    assert told["code"] in ("wrong-check-symbol", "unreadable")
    made = shell.json("prescribe", str(EXAMPLES / "ordonnance.json"))
    told = shell.json("consult", stdin=made["number"], card="infirmiere-diallo", code=4)
    assert (told["code"], told["effect"], told["retry"]) == ("not-your-family", "none", "never")
    assert shell.run("consult", stdin=made["number"], card="inconnue").returncode == 7


@pytest.fixture
def losing_proxy(system: System) -> Iterator[tuple[str, list[bytes]]]:
    """A road to the service on which the answers to /v1/execute and /v1/register are lost, as long as it is told."""
    sent: list[bytes] = []
    http = httpx2.Client()

    class Road(BaseHTTPRequestHandler):
        losing = True

        def do_GET(self) -> None:
            self._pass(http.get(system.url + self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {k: v for k, v in self.headers.items() if k in ("Authorization", "Content-Type")}
            answer = http.post(system.url + self.path, content=body, headers=headers)
            if self.path in ("/v1/execute", "/v1/register"):
                sent.append(body)
                if len(sent) <= 3:
                    self.close_connection = True
                    return
            self._pass(answer)

        def _pass(self, answer: httpx2.Response) -> None:
            self.send_response(answer.status_code)
            for name in ("Content-Type", "Replayed"):
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Road)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", sent
    server.shutdown()
    thread.join()
    server.server_close()
    http.close()


def test_a_lost_reply_is_kept_and_the_same_bytes_are_resent(
    system: System, tmp_path: Path, losing_proxy: tuple[str, list[bytes]], shell: Shell
) -> None:
    made = shell.json("prescribe", str(EXAMPLES / "ordonnance.json"))
    url, sent = losing_proxy
    audience = {"ORDONUM_AUDIENCE": f"{system.url}/v1/token"}
    far = Shell(system, tmp_path, "pharmacie-centre", service=url)
    far.environment |= audience
    (tmp_path / "n.txt").write_text(made["number"])
    words = ("execute", str(EXAMPLES / "delivrance.json"), "--number-file", "n.txt")
    assert far.json(*words, code=5)["code"] == "unconfirmed"
    assert len(far.json("outbox")["pending"]) == 1
    again = far.json(*words)
    assert again["replayed"]
    assert len(sent) == 4
    assert len(set(sent)) == 1
    assert far.json("outbox")["pending"] == []
    left = shell.json("consult", stdin=made["number"], card="pharmacie-gare")["remainders"]
    assert [each["left"] for each in left] == [1, 3]


def test_without_the_service_the_sheet_is_printed_all_the_same_and_sent_later(system: System, tmp_path: Path) -> None:
    cut = Shell(system, tmp_path, "dr-leroy", service="http://127.0.0.1:9")
    done = cut.run("prescribe", str(EXAMPLES / "ordonnance.json"), "--pdf", "f.pdf")
    assert done.returncode == 5
    assert "non enregistrée à ce jour" in done.stderr
    number = scan.find_code((tmp_path / "f.pdf").read_bytes()).content.number
    back = Shell(system, tmp_path, "dr-leroy")
    again = back.json("prescribe", str(EXAMPLES / "ordonnance.json"))  # the same file: the same prescription
    assert again["number"] == number
    assert back.run("resend").stdout == "Rien à renvoyer.\n"
    told = back.json("consult", stdin=number, card="pharmacie-centre")
    assert told["status"] == "registered"


def test_what_is_kept_is_readable_by_its_owner_only(shell: Shell, system: System) -> None:
    shell.json("prescribe", str(EXAMPLES / "ordonnance.json"))
    outbox = system.home / "postes" / "dr-martin" / "outbox"
    assert outbox.stat().st_mode & 0o077 == 0
    files = list(outbox.glob("*.sealed"))
    assert files
    assert not any(b"AMOXICILLINE" in each.read_bytes() for each in files)
    assert all(each.stat().st_mode & 0o777 == 0o600 for each in files)


def test_help_is_french_and_documents_exit_codes(shell: Shell) -> None:
    told = shell.run("--help").stdout
    assert "Codes de sortie" in told
    for verb in ("prescribe", "consult", "execute", "cancel", "executions", "pdf", "resend", "serve", "demo"):
        assert verb in told
        assert shell.run(verb, "--help").returncode == 0


def test_a_sheet_that_could_not_be_written_stops_before_anything_is_sent(shell: Shell) -> None:
    told = shell.json("prescribe", str(EXAMPLES / "ordonnance.json"), "--pdf", "absent/feuille.pdf", code=3)
    assert told["code"] == "file-problem"
    assert "Rien n'a été envoyé" in told["detail"]


def test_the_same_execution_file_counts_once_unless_it_is_said_to_be_another(shell: Shell) -> None:
    made = shell.json("prescribe", str(EXAMPLES / "ordonnance.json"))
    words = ("execute", str(EXAMPLES / "delivrance.json"))
    assert not shell.json(*words, card="pharmacie-centre", stdin=made["number"])["replayed"]
    assert shell.json(*words, card="pharmacie-centre", stdin=made["number"])["replayed"]
    assert not shell.json(*words, "--again", card="pharmacie-centre", stdin=made["number"])["replayed"]
    left = shell.json("consult", stdin=made["number"], card="pharmacie-gare")["remainders"]
    assert [each["left"] for each in left] == [0, 3]


def test_two_prescriptions_in_one_picture_are_refused(shell: Shell) -> None:
    pictures = []
    for name in ("a.pdf", "b.pdf"):
        shell.json("prescribe", str(EXAMPLES / "ordonnance.json"), "--pdf", name)
        pictures.append(next(scan.pages((shell.folder / name).read_bytes(), 150)))
    both = Image.new("L", (pictures[0].width * 2, pictures[0].height), 255)
    both.paste(pictures[0], (0, 0))
    both.paste(pictures[1], (pictures[0].width, 0))
    both.save(shell.folder / "both.png")
    told = shell.json("consult", "--from", "both.png", card="pharmacie-centre", code=3)
    assert "plusieurs ordonnances" in told["detail"]


def test_what_has_happened_is_shown_in_conflict_to_the_prescriber_in_words(shell: Shell) -> None:
    made = shell.json("prescribe", str(EXAMPLES / "renouvellement.json"))
    for _ in range(4):
        shell.json("execute", str(EXAMPLES / "deja-remis.json"), "--again", card="pharmacie-gare", stdin=made["number"])
    told = shell.run("consult", card="pharmacie-centre", stdin=made["number"]).stdout
    assert "2 boîtes en plus" in told


def test_every_example_is_read(shell: Shell) -> None:
    for name in ("ordonnance", "renouvellement", "soins-infirmiers"):
        assert shell.json("prescribe", str(EXAMPLES / f"{name}.json"))["ok"]
    made = shell.json("prescribe", str(EXAMPLES / "soins-infirmiers.json"))
    shell.json("execute", str(EXAMPLES / "seance.json"), card="infirmiere-diallo", stdin=made["number"])
    assert "9 séances" in shell.run("consult", card="infirmiere-diallo", stdin=made["number"]).stdout


def test_localhost_is_this_machine_too(system: System, tmp_path: Path) -> None:
    near = Shell(system, tmp_path, "dr-martin", service=system.url.replace("127.0.0.1", "localhost"))
    assert near.json("prescribe", str(EXAMPLES / "ordonnance.json"))["ok"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"\xef\xbb\xbf{}", "BOM"),
        ('{"patient": "é"}'.encode("latin-1"), "n'est pas de l'UTF-8"),
        (b'{\n  "a": 1\n  "b": 2\n}', "ligne 3"),
        (b"", "vide"),
    ],
)
def test_a_file_that_is_no_json_is_told_where(shell: Shell, text: bytes, said: str) -> None:
    (shell.folder / "faux.json").write_bytes(text)
    done = shell.run("prescribe", "faux.json")
    assert done.returncode == 3
    assert said in done.stderr


def test_an_unknown_field_is_told_by_its_place_and_its_neighbour(shell: Shell) -> None:
    body = json.loads((EXAMPLES / "ordonnance.json").read_text())
    body["lines"][0]["dosge"] = body["lines"][0].pop("dosage")
    body["lines"][0]["duration_days"] = 900
    (shell.folder / "faux.json").write_text(json.dumps(body))
    told = {each["at"]: each["detail"] for each in shell.json("prescribe", "faux.json", code=3)["errors"]}
    assert "vouliez-vous dire « dosage »" in told["$.lines[0]"]
    assert "d'au plus 366" in told["$.lines[0].duration_days"]


def test_a_pending_act_can_be_given_up(system: System, tmp_path: Path) -> None:
    cut = Shell(system, tmp_path, "dr-leroy", service="http://127.0.0.1:9")
    made = cut.json("prescribe", str(EXAMPLES / "renouvellement.json"), code=5)
    assert {"act_id", "number", "pdf"} <= set(made)
    back = Shell(system, tmp_path, "dr-leroy")
    assert back.run("discard", made["act_id"]).returncode == 0
    assert back.json("outbox")["pending"] == []
    assert back.run("pdf", made["act_id"]).returncode == 3


def test_resending_what_is_refused_has_its_exit_code(system: System, tmp_path: Path) -> None:
    cut = Shell(system, tmp_path, "pharmacie-gare", service="http://127.0.0.1:9")
    body = json.loads((EXAMPLES / "delivrance.json").read_text()) | {"number": "01S2TBPZ2JCNZZYGHZ"}
    (tmp_path / "inconnue.json").write_text(json.dumps(body))
    assert cut.json("execute", "inconnue.json", code=5)["code"] == "unconfirmed"
    back = Shell(system, tmp_path, "pharmacie-gare")
    (result,) = back.json("resend", code=4)["results"]
    assert result["code"] == "unknown-number"
    back.run("discard", result["act_id"])


def test_the_journal_is_told_in_figures_for_a_person_and_for_a_software(own_system: System, tmp_path: Path) -> None:
    shell = Shell(own_system, tmp_path, "dr-martin")
    assert shell.run("journal").stdout == "Le journal de ce poste est vide.\n"
    made = shell.json("prescribe", str(EXAMPLES / "ordonnance.json"))
    shell.json("consult", stdin=made["number"], card="infirmiere-diallo", code=4)
    figures = shell.json("journal")["operations"]
    assert [(each["operation"], each["created"], each["share"]) for each in figures] == [
        ("register", 1, 1.0),
        ("print", 0, None),
    ]
    told = shell.run("journal").stdout
    assert "100,0 %" in told
    assert "médiane" in told
    assert "refus not-your-family, 1 fois" in shell.run("journal", card="infirmiere-diallo").stdout


def test_all_that_is_kept_can_be_listed_and_what_is_old_erased(own_system: System, tmp_path: Path) -> None:
    shell = Shell(own_system, tmp_path, "dr-martin")
    made = shell.json("prescribe", str(EXAMPLES / "ordonnance.json"))
    told = shell.json("outbox", "--all", "--forget")
    assert (told["pending"], told["erased"]) == ([], 0)
    assert [(each["act_id"], each["prints"]) for each in told["all"]] == [(made["act_id"], 1)]
    assert "enregistré" in shell.run("outbox", "--all").stdout


def test_two_commands_at_once_for_one_file_make_one_execution(own_system: System, tmp_path: Path) -> None:
    shell = Shell(own_system, tmp_path, "pharmacie-centre")
    number = EpuId(shell.json("prescribe", str(EXAMPLES / "ordonnance.json"), card="dr-martin")["number"])
    file = EXAMPLES / "delivrance.json"
    source = source_of(file.read_bytes())
    with own_system.client("pharmacie-centre") as pharmacy, ThreadPoolExecutor(1) as pool:
        with pharmacy.outbox.alone(source):  # as a command that has looked, and is about to make the execution
            other = pool.submit(shell.json, "execute", str(file), stdin=number)
            with pytest.raises(TimeoutError):
                other.result(4)
            assert list(pharmacy.outbox.all()) == []
            first = pharmacy.execute(number, an_execution(), source=source)
        told = other.result(60)
    assert (told["act_id"], told["replayed"]) == (str(first.act_id), True)


# A consultation: several sheets in one file ---------------------------------------------------------------------------


def _consultation(folder: Path, example: str = "08-pansements-consultation", **changes: Any) -> Path:
    """A file of this test's own: its fingerprint is no other's."""
    body = json.loads((EXAMPLES / f"{example}.json").read_text()) | changes
    body["patient"]["address"] = folder.name
    file = folder / "consultation.json"
    file.write_text(json.dumps(body))
    return file


def test_a_consultation_makes_a_sheet_a_number_and_a_pdf_for_each_family(shell: Shell) -> None:
    file = _consultation(shell.folder, "22-consultation-quatre-familles")
    sheets = shell.json("prescribe", str(file), "--pdf", "feuille.pdf")["sheets"]
    assert [each["family"] for each in sheets] == ["health-products", "nursing", "physiotherapy", "biology"]
    assert [each["pdf"] for each in sheets] == ["feuille.pdf", "feuille-2.pdf", "feuille-3.pdf", "feuille-4.pdf"]
    for each in sheets:
        assert scan.find_code((shell.folder / each["pdf"]).read_bytes()).content.number == each["number"]
    assert len({each["number"] for each in sheets}) == 4
    again = shell.json("prescribe", str(file))["sheets"]  # all of it was registered: the file is a new consultation
    assert not {each["number"] for each in again} & {each["number"] for each in sheets}


def test_one_sheet_refused_stops_no_other_and_is_told_first(shell: Shell) -> None:
    sheets = json.loads((EXAMPLES / "08-pansements-consultation.json").read_text())["sheets"]
    transport = json.loads((EXAMPLES / "refusees" / "transport.json").read_text())
    file = _consultation(
        shell.folder, sheets=[sheets[0], {"family": "transport", "lines": transport["lines"]}, sheets[1]]
    )
    told = shell.json("prescribe", str(file), code=4)
    assert (told["ok"], told["exit"]) == (False, 4)
    assert [each["ok"] for each in told["sheets"]] == [True, False, True]
    assert told["sheets"][1]["code"] == "transport-out-of-scope"
    again = shell.json("prescribe", str(file), code=4)["sheets"]
    assert [again[0]["number"], again[2]["number"]] == [told["sheets"][0]["number"], told["sheets"][2]["number"]]
    said = shell.run("prescribe", str(file))
    assert "Feuille 2 (transport sanitaire) : non enregistrée. Les transports sanitaires" in said.stderr
    assert said.stdout.count("(déjà)") == 2


def test_after_a_lost_reply_the_same_consultation_sends_again_only_what_is_pending(
    system: System, tmp_path: Path, losing_proxy: tuple[str, list[bytes]], shell: Shell
) -> None:
    url, sent = losing_proxy
    far = Shell(system, tmp_path, "dr-leroy", service=url)
    far.environment |= {"ORDONUM_AUDIENCE": f"{system.url}/v1/token"}
    file = _consultation(tmp_path)
    lost = far.json("prescribe", str(file), "--pdf", "f.pdf", code=5)["sheets"]
    assert [each["ok"] for each in lost] == [False, True]
    assert lost[0]["code"] == "unconfirmed"
    assert scan.find_code((tmp_path / "f.pdf").read_bytes()).content.number == lost[0]["number"]
    assert len(sent) == 4
    done = far.json("prescribe", str(file))["sheets"]
    assert [each["number"] for each in done] == [each["number"] for each in lost]
    assert [each["replayed"] for each in done] == [True, True]
    assert sent[4:] == [sent[0]]  # the very bytes, and those alone


def test_without_the_service_every_sheet_is_printed_and_sent_later(system: System, tmp_path: Path) -> None:
    file = _consultation(tmp_path)
    cut = Shell(system, tmp_path, "dr-leroy", service="http://127.0.0.1:9")
    done = cut.run("prescribe", str(file), "--pdf", "f.pdf")
    assert done.returncode == 5
    assert done.stderr.count("non enregistrée à ce jour, la feuille le dit") == 2
    numbers = [scan.find_code((tmp_path / name).read_bytes()).content.number for name in ("f.pdf", "f-2.pdf")]
    back = Shell(system, tmp_path, "dr-leroy")
    assert [each["number"] for each in back.json("prescribe", str(file))["sheets"]] == numbers
    assert back.json("outbox")["pending"] == []


def test_the_faults_of_a_consultation_are_told_by_sheet_and_nothing_is_sent(shell: Shell) -> None:
    file = _consultation(shell.folder)
    body = json.loads(file.read_text())
    del body["sheets"][0]["lines"][0]["label"]
    body["sheets"][1]["lines"][1]["rank"] = 2  # one line is numbered, the others are not
    file.write_text(json.dumps(body))
    told = shell.json("prescribe", str(file), code=3)
    assert [each["at"] for each in told["errors"]] == [
        "$.sheets[0].lines[0].label",
        "$.sheets[1].lines[0].rank",
        "$.sheets[1].lines[2].rank",
    ]


def test_a_fault_of_the_whole_prescription_is_told_in_its_place(shell: Shell) -> None:
    file = _consultation(shell.folder)
    body = json.loads(file.read_text())
    body["patient"]["birth_date"] = "2199-01-01"
    file.write_text(json.dumps(body))
    assert [each["at"] for each in shell.json("prescribe", str(file), code=3)["errors"]] == ["$.patient.birth_date"]


def test_what_the_circuit_does_not_carry_is_refused_without_the_service(system: System, tmp_path: Path) -> None:
    cut = Shell(system, tmp_path, "dr-martin", service="http://127.0.0.1:9")
    told = cut.json("prescribe", str(EXAMPLES / "refusees" / "faite-et-executee-dedans.json"), code=4)
    assert told["code"] == "made-and-executed-inside"
    assert cut.json("prescribe", str(EXAMPLES / "refusees" / "transport.json"), code=4)["effect"] == "none"


def test_what_the_law_refuses_is_told_before_a_sheet_can_leave_even_without_the_service(
    system: System, tmp_path: Path
) -> None:
    cut = Shell(system, tmp_path, "dr-martin", service="http://127.0.0.1:9")
    body = json.loads((EXAMPLES / "03-stupefiant-morphine.json").read_text())
    body["lines"][0]["duration_days"] = 60
    (file := tmp_path / "trop-long.json").write_text(json.dumps(body))
    told = cut.json("prescribe", str(file), code=4)
    assert (told["code"], told["effect"]) == ("rule-refuses-prescribing", "none")
    assert "R.5132-30" in told["detail"]
    assert [each["at"] for each in told["errors"]] == ["$.lines[0]"]


def test_a_nurse_reads_what_is_to_be_done_and_the_doctor_what_was(shell: Shell) -> None:
    sheets = shell.json("prescribe", str(_consultation(shell.folder)))["sheets"]
    number = sheets[0]["number"]
    read = shell.run("consult", card="infirmiere-diallo", stdin=number).stdout
    for said in ("1 fois tous les 2 jours", "À domicile", "Dimanches et jours fériés compris", "Note à l'exécutant"):
        assert said in read
    assert "À faire" in read
    assert "reste 15 séances sur 15, d'après la base" in read
    shell.run("execute", str(EXAMPLES / "08-soin-infirmier.json"), card="infirmiere-diallo", stdin=number)
    assert (
        "Faite en partie : d'après la base, il reste 14 séances"
        in shell.run("executions", "--act", sheets[0]["act_id"]).stdout
    )


def test_what_an_execution_says_besides_quantities_is_read_in_french(shell: Shell) -> None:
    def played(example: str, *executions: str) -> tuple[str, str]:
        number = shell.json("prescribe", str(EXAMPLES / f"{example}.json"))["number"]
        told = [
            shell.run("execute", str(EXAMPLES / f"{each}.json"), card="pharmacie-centre", stdin=number).stdout
            for each in executions
        ]
        return "".join(told), shell.run("consult", card="pharmacie-gare", stdin=number).stdout

    for text in played("03-stupefiant-morphine", "03-delivrance-stupefiant"):
        assert "lot SK4471 (exp. 2028-01), lot SK4502 (exp. 2028-03), ordonnancier 2026-001204" in text
        assert "substitution : générique" in text
    for text in played("27-rupture-chez-l-adulte", "27-delivrance-autre-dosage-avec-accord"):
        assert "modification (rupture)" in text
        assert "accord du prescripteur par téléphone" in text
    for text in played("26-angine-assuree-etrangere", "26-delivrance-assuree-etrangere"):
        assert "ajoutée à la main : Doliprane 1 g" in text
    _, read = played("23-premiere-delivrance-sur-papier", "23-delivrance-1-vue-sur-papier", "23-delivrance-2-suite")
    assert "il reste 2 boîtes" in read


def test_what_an_order_says_besides_its_lines_is_read_in_french(shell: Shell) -> None:
    def read(example: str, card: str | None = None) -> str:
        made = shell.json("prescribe", str(EXAMPLES / f"{example}.json"), card=card)
        return shell.run(
            "consult", card="pharmacie-centre", stdin=made.get("number") or made["sheets"][0]["number"]
        ).stdout

    assert "poids 14 kg, taille 97 cm" in read("04-antibiotique-enfant")
    assert "en remplacement de Claire MARTIN" in read("14-medecin-remplacant", "remplacante-simon")
    assert "accident du travail du 9 mars 2026" in read("18-accident-du-travail")
    assert "Non substituable (MTE" in read("15-levothyroxine-non-substituable")
    assert "Pour le patient : Une seule prise par semaine" in read("02-methotrexate-hebdomadaire")
    assert "Accord préalable : demandé le 16 février 2026" in read("17-accord-prealable")
