"""The folder of examples, whatever is in it: the page lists it, and no file breaks it."""

import asyncio
import html
import json
import os
import shutil
import threading
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import pytest
from msgspec.structs import replace

from factories import a_medicine, a_patient, a_text
from ordonum.cli import front_page
from ordonum.cli.system import System
from ordonum.client import Card, Family, Place, Prescription, Profession
from ordonum.model.prescription import Consultation, Sheet
from ordonum.workstations.accueil import Desk, FrontPage, examples
from ordonum.workstations.accueil.press import WAITING_MAX, Busy, Turn
from ordonum.workstations.accueil.titles import title

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def desk(system: System, tmp_path: Path) -> Desk:
    """The real system's desk, before a folder of the test's own."""
    assert system.context is not None
    folder = tmp_path / "examples"
    folder.mkdir()
    shutil.copy(EXAMPLES / "ordonnance.json", folder)
    return replace(front_page.desk(system.context, system.authority), examples=folder, alive=_alive)


async def _alive() -> bool:
    return True


async def _down() -> bool:
    return False


async def _nothing(*_: Any) -> None:
    """A service that is not asked."""


def ask(desk: Desk, path: str = "/", method: str = "GET") -> httpx2.Response:
    """What the page answers, without a network between."""

    async def asked() -> httpx2.Response:
        road = httpx2.ASGITransport(app=FrontPage(_nothing, desk), raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=road, base_url="http://127.0.0.1:1") as http:
            return await http.request(method, path, headers={"Sec-Fetch-Site": "same-origin"})

    return asyncio.run(asked())


def write(desk: Desk, name: str, **changed: Any) -> None:
    """A prescription like the first example, with these fields changed."""
    assert desk.examples is not None
    file = desk.examples / f"{name}.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(json.loads((EXAMPLES / "ordonnance.json").read_text()) | changed))


def test_a_file_that_does_not_read_is_listed_with_its_faults(desk: Desk) -> None:
    assert desk.examples is not None
    (desk.examples / "tronquee.json").write_bytes(b'{"patient": ')
    (desk.examples / "binaire.json").write_bytes(b"\xff\xfe\x00")
    (desk.examples / "liste.json").write_bytes(b"[]")
    (desk.examples / "profonde.json").write_bytes(b"[" * 30_000)
    (desk.examples / "longue.json").write_bytes(b" " * (examples.FILE_BYTES_MAX + 1))
    write(desk, "fausse", opposed=3, family="x", patient={"surname": "<script>alert(1)</script>"})
    answer = ask(desk)
    assert answer.status_code == 200
    for said in (
        "Illisibles",
        "$.patient.first_name",
        "autres.",
        "dépasse 64 Kio",
        "Ordonnance",
        "Tronquee",
        "Binaire",
    ):
        assert said in answer.text, said
    assert "<script" not in answer.text
    assert ask(desk, "/accueil/exemples/fausse/feuille-1.pdf").status_code == 404
    assert ask(desk, "/accueil/exemples/ordonnance/feuille-1.pdf").status_code == 200


def test_the_name_of_a_file_is_shown_and_never_obeyed(desk: Desk) -> None:
    assert desk.examples is not None
    write(desk, "<img src=x onerror=alert(1)> & «é» %2e")
    answer = ask(desk)
    assert "<img src=x" not in answer.text
    link = next(each for each in answer.text.split('"') if each.endswith(".json") and "img" in each)
    assert ask(desk, link).content == (desk.examples / "<img src=x onerror=alert(1)> & «é» %2e.json").read_bytes()
    sheet = ask(desk, link.replace(".json", "/feuille-1.pdf"))
    assert sheet.status_code == 200
    assert sheet.headers["content-disposition"].isascii()
    assert sheet.headers["content-disposition"].count('"') == 2


def test_a_link_out_of_the_folder_is_not_followed(desk: Desk, tmp_path: Path) -> None:
    assert desk.examples is not None
    (tmp_path / "secret.json").write_text("{}")
    (desk.examples / "lien.json").symlink_to(tmp_path / "secret.json")
    (desk.examples / "dossier.json").mkdir()
    assert list(examples.files(desk.examples)) == ["ordonnance"]
    assert ask(desk, "/accueil/exemples/lien.json").status_code == 404


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_nobody_may_read_is_listed(desk: Desk) -> None:
    assert desk.examples is not None
    (desk.examples / "ordonnance.json").chmod(0)
    assert "ne se lit pas" in ask(desk).text


def test_without_the_folder_the_page_says_where_the_examples_are(desk: Desk) -> None:
    answer = ask(replace(desk, examples=None))
    assert answer.status_code == 200
    assert "dossier <code>examples/</code> du dépôt" in answer.text
    assert ask(replace(desk, examples=None), "/accueil/exemples/ordonnance.json").status_code == 404


def test_a_database_that_does_not_answer_is_said(desk: Desk) -> None:
    assert "Service en marche" in ask(desk).text
    assert "Base injoignable" in ask(replace(desk, alive=_down)).text


def test_a_sheet_is_drawn_anew_when_its_file_changes(desk: Desk) -> None:
    async def drawn() -> None:
        road = httpx2.ASGITransport(app=FrontPage(_nothing, desk))
        async with httpx2.AsyncClient(transport=road, base_url="http://127.0.0.1:1") as http:
            first = await http.get("/accueil/exemples/ordonnance/feuille-1.pdf")
            again = await http.get("/accueil/exemples/ordonnance/feuille-1.pdf")
            write(desk, "ordonnance", opposed=True)
            other = await http.get("/accueil/exemples/ordonnance/feuille-1.pdf")
        assert first.content == again.content != other.content
        assert first.status_code == other.status_code == 200

    asyncio.run(drawn())


def test_an_example_that_is_refused_on_purpose_says_why(desk: Desk) -> None:
    line = [{"kind": "free-text", "rank": 1, "text": "Transport assis"}]
    write(desk, "refusees/transport", family="transport", lines=line)
    page = ask(desk).text
    assert "Refusées, et pourquoi" in page
    assert "/accueil/exemples/refusees/transport/feuille-1.pdf" not in page
    answer = ask(desk, "/accueil/exemples/refusees/transport/feuille-1/enregistrer", "POST")
    assert answer.status_code in (403, 422)
    assert "Ordonnance refusée" in answer.text
    assert "n'a été enregistré" in html.unescape(answer.text)
    assert "client-error" not in answer.text


def test_what_cannot_be_printed_is_told_and_not_registered(desk: Desk) -> None:
    write(desk, "illettree", lines=[{"kind": "free-text", "rank": 1, "text": "Crème \U0001fac0"}])
    for path, method in (("feuille-1.pdf", "GET"), ("feuille-1/enregistrer", "POST")):
        answer = ask(desk, f"/accueil/exemples/illettree/{path}", method)
        assert answer.status_code == 422
        assert "ne peut pas être imprimé" in answer.text


def test_a_colleague_who_is_replaced_does_not_sign(desk: Desk) -> None:
    who = desk.cards[0].who
    replaced = {"rpps": str(who.rpps), "surname": "MARTIN", "given_name": "Claire", "profession": "10"}  # type: ignore[union-attr]  # the first card is a doctor's
    write(desk, "14-remplacant", replaced=replaced)
    assert examples.one(desk, "14-remplacant").card == "dr-leroy"
    assert examples.one(desk, "ordonnance").card == "dr-martin"


def test_the_card_that_plays_an_execution_is_of_the_trade_that_reads_it(desk: Desk) -> None:
    cards = {each.name: each.profession for each in desk.cards}
    assert cards[desk.executant(Family.HEALTH_PRODUCTS) or ""] is Profession.PHARMACIST
    assert desk.executant(Family.OTHER, Profession.NURSE) == "infirmiere-diallo"
    assert desk.executant(Family.TRANSPORT) is None


def test_each_sheet_of_a_consultation_has_its_link_and_its_button(desk: Desk) -> None:
    """Whatever reads the files: a consultation is several prescriptions."""

    def read(_: bytes, card: Card) -> tuple[Prescription, ...]:
        sheets = (
            Sheet(family=Family.HEALTH_PRODUCTS, lines=(a_medicine(),)),
            Sheet(family=Family.NURSING, lines=(a_text(),)),
        )
        place: Place = card.place
        day = date(2026, 11, 16)
        return Consultation(
            patient=a_patient(), place=place, written_on=day, opposed=False, sheets=sheets
        ).prescriptions()

    write(desk, "22-plusieurs", sheets=[])
    several = replace(desk, read_prescriptions=read)
    page = ask(several).text
    assert "Plusieurs familles en une consultation" in page
    for rank in (1, 2):
        assert ask(several, f"/accueil/exemples/22-plusieurs/feuille-{rank}.pdf").content.startswith(b"%PDF")
        assert f'action="/accueil/exemples/22-plusieurs/feuille-{rank}/enregistrer"' in page
    assert ask(several, "/accueil/exemples/22-plusieurs/feuille-3.pdf").status_code == 404


def test_a_bug_is_told_without_detail_and_handed_to_whoever_logs(desk: Desk) -> None:
    bugs: list[Exception] = []

    def broken(_: str) -> Card:
        raise RuntimeError("secret")

    answer = ask(replace(desk, open_card=broken, bug=bugs.append))
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert [type(each) for each in bugs] == [RuntimeError]


def test_sheets_are_drawn_one_at_a_time_and_too_many_who_wait_are_told_to_come_back() -> None:
    at_once: list[int] = []
    busiest: list[int] = []

    def draw() -> None:
        at_once.append(1)
        busiest.append(len(at_once))
        threading.Event().wait(0.01)  # long enough for another to begin, if it may
        at_once.pop()

    async def crowd() -> list[BaseException | None]:
        turn = Turn()
        return await asyncio.gather(*(turn.take(draw) for _ in range(WAITING_MAX + 5)), return_exceptions=True)

    results = asyncio.run(crowd())
    assert max(busiest) == 1
    assert [type(each) for each in results if each is not None] == [Busy] * 5


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("03-stupefiant-morphine", "Stupéfiant morphine"),
        ("13-medecin-liberal-en-ehpad", "Médecin libéral en EHPAD"),
        ("27-rupture-chez-l-adulte", "Rupture chez l'adulte"),
        ("24-vitamine-d-nourrisson", "Vitamine D nourrisson"),
        ("refusees/transport", "Transport"),
        ("soins-infirmiers", "Soins infirmiers"),
        ("12-", "12-"),
    ],
)
def test_a_title_is_french_again(name: str, said: str) -> None:
    assert title(name) == said
