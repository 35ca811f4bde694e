"""The front page of the sandbox, before the real system: what it shows, what its links give, what its button does."""

import re
import socket
from html.parser import HTMLParser
from pathlib import Path

import httpx2
import pytest

from ordonum.cli.system import System
from ordonum.client import Client, Declined, Origin, find_code
from ordonum.model.refusals import Refusal
from ordonum.workstations.accueil import pages

EXAMPLES = Path(__file__).parents[2] / "examples"
# 18 letters and figures in a row: a number, in our form or the national one. An act id has its hyphens.
NUMBER = re.compile(r"(?<![A-Za-z0-9-])[A-Za-z0-9]{18}(?![A-Za-z0-9-])")
FORM = "/accueil/exemples/ordonnance/feuille-1/enregistrer"


class Seen(HTMLParser):
    """What a page holds: links, what it loads, forms, text; and that its tags are closed in order."""

    VOID = frozenset({"meta", "link", "img", "br", "input"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.forms: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(page)
        assert not self._open, self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        assert not [name for name in said if name == "style" or name.startswith("on")], said
        self.tags.append(tag)
        self.ids += [said["id"]] if "id" in said else []
        if tag == "a":
            self.links.append(said["href"])
        if tag in ("img", "link", "script", "iframe"):
            self.loads.append(said.get("src") or said.get("href", ""))
        if tag == "form":
            assert said["method"] == "post"
            self.forms.append(said["action"])
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def seen(system: System) -> Seen:
    return Seen(httpx2.get(system.url).text)


def press(system: System, path: str = FORM, **headers: str) -> httpx2.Response:
    """Press a button of the page, as a browser says that it does; a header may be said otherwise."""
    said = {"Origin": system.url, "Sec-Fetch-Site": "same-origin"} | {
        k.replace("_", "-"): v for k, v in headers.items()
    }
    return httpx2.post(system.url + path, headers={k: v for k, v in said.items() if v}, timeout=30)


def test_the_page_says_what_this_is_and_lists_every_card_and_every_example(system: System, seen: Seen) -> None:
    for said in ("Bac à sable", "Service en marche", "Prescrire", "Remettre", "Scanner", "Exécuter", "Relire"):
        assert said in seen.text, said
    for card in ("dr-martin", "dr-leroy", "pharmacie-centre", "pharmacie-gare", "infirmiere-diallo", "kine-bernard"):
        assert card in seen.text
        assert system.card(card).professional.surname in seen.text
        assert system.card(card).place.name in seen.text
    for file in (*EXAMPLES.glob("*.json"), *EXAMPLES.glob("refusees/*.json")):
        name = file.relative_to(EXAMPLES).with_suffix("").as_posix()
        assert f"/accueil/exemples/{name}.json" in seen.links, name
    assert "illisible" not in seen.text.lower()


def test_every_card_of_the_sandbox_is_on_the_page(own_system: System) -> None:
    shown = Seen(httpx2.get(own_system.url).text).text
    for file in own_system.authority.cards.glob("*.json"):
        assert file.stem in shown, file.stem


def test_every_link_leads_somewhere_and_gives_what_it_says(system: System, seen: Seen) -> None:
    kinds = {".pdf": "application/pdf", ".json": "application/json"}
    for link in seen.links:
        if link.startswith("#"):
            assert link[1:] in seen.ids, link
            continue
        answer = httpx2.get(system.url + link, timeout=30)
        assert answer.status_code == 200, link
        wanted = kinds.get(Path(link).suffix)
        assert wanted is None or answer.headers["content-type"].startswith(wanted), link
    assert any(link.endswith(".pdf") for link in seen.links)
    assert "/docs" in seen.links


def test_the_commands_shown_are_those_that_play_the_circuit(system: System, seen: Seen) -> None:
    shown = " ".join(seen.text.split())
    assert f"export ORDONUM_SERVICE={system.url}" in shown
    assert "ordonum execute examples/seance.json --from feuille.pdf --card infirmiere-diallo" in shown
    assert "ordonum execute examples/deja-remis.json --from feuille.pdf --card pharmacie-centre" in shown


def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing(system: System, seen: Seen) -> None:
    assert "script" not in seen.tags
    for address in (*seen.links, *seen.loads, *seen.forms):
        assert address.startswith(("/", "#")), address
        assert not address.startswith("//"), address
    for address in seen.loads:
        assert httpx2.get(system.url + address).status_code == 200
    style = httpx2.get(f"{system.url}/accueil/accueil.css").text
    assert "url(" not in style
    assert "@import" not in style


@pytest.mark.parametrize("path", ["/", "/accueil/accueil.css", "/accueil/exemples/absent.json", FORM])
def test_a_page_forbids_what_it_does_not_use_and_is_kept_by_nobody(system: System, path: str) -> None:
    answer = httpx2.get(system.url + path)
    rules = answer.headers["content-security-policy"]
    for rule in (
        "default-src 'none'",
        "style-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ):
        assert rule in rules
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_sheet_is_seen_without_anything_being_registered(system: System, pharmacy: Client) -> None:
    path = f"{system.url}/accueil/exemples/ordonnance/feuille-1.pdf"
    sheet = httpx2.get(path).content
    with pytest.raises(Declined) as declined:
        pharmacy.consult(find_code(sheet).content.number, Origin.PAPER)
    assert declined.value.refusal is Refusal.UNKNOWN_NUMBER
    assert httpx2.get(path).content == sheet  # drawn once


def test_the_button_registers_for_good_and_gives_the_sheet_to_print(system: System, pharmacy: Client) -> None:
    answer = press(system)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    named = re.fullmatch(
        r'attachment; filename="ordonnance-([0-9a-f-]{36})\.pdf"', answer.headers["content-disposition"]
    )
    assert named is not None
    order = pharmacy.consult(find_code(answer.content).content.number, Origin.PAPER)
    assert len(order.order.lines) == 2
    assert str(order.order.act_id) == named[1]


def test_each_press_is_a_prescription_of_its_own(system: System) -> None:
    numbers = {find_code(press(system).content).content.number for _ in range(2)}
    assert len(numbers) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none", "Origin": ""},
        {"Origin": "https://ailleurs.example", "Sec_Fetch_Site": ""},
        {"Origin": "null", "Sec_Fetch_Site": ""},
        {"Origin": "", "Sec_Fetch_Site": ""},
        {"Origin": "http://[", "Sec_Fetch_Site": ""},
        {"Host": "ailleurs.example", "Origin": "http://ailleurs.example"},  # a name rebound to this machine
        {"Host": "[", "Origin": "http://["},
    ],
)
def test_a_button_pressed_from_elsewhere_registers_nothing(system: System, headers: dict[str, str]) -> None:
    outbox = system.home / "postes/dr-martin/outbox"
    press(system)
    before = sorted(outbox.iterdir())
    answer = press(system, **headers)
    assert answer.status_code == 403
    assert "Rien n'a été enregistré" in Seen(answer.text).text
    assert sorted(outbox.iterdir()) == before


def test_a_button_sends_nothing_so_a_long_body_is_refused(system: System) -> None:
    headers = {"Origin": system.url, "Sec-Fetch-Site": "same-origin"}
    assert httpx2.post(system.url + FORM, headers=headers, content=b"x" * 100_000).status_code == 413


def test_no_number_ever_stands_in_an_address_or_a_header(system: System, seen: Seen) -> None:
    answer = press(system)
    number = find_code(answer.content).content.number
    assert NUMBER.search(f"/v1/{number}/x")
    told = [*seen.links, *seen.forms, *seen.loads, str(answer.url), *(f"{k}: {v}" for k, v in answer.headers.items())]
    for each in told:
        assert not NUMBER.search(each), each
    assert number not in httpx2.get(system.url).text


@pytest.mark.parametrize(
    "path",
    [
        "/accueil/exemples/absent/feuille-1.pdf",
        "/accueil/exemples/ordonnance/feuille-2.pdf",
        "/accueil/exemples/ordonnance/feuille-0.pdf",
        "/accueil/exemples/ordonnance/feuille-99999999999999999999.pdf",
        "/accueil/exemples/delivrance/feuille-1.pdf",
        "/accueil/exemples/..%2f..%2fpyproject.toml",
        "/accueil/exemples/%2e%2e/package.json",
        "/accueil/exemples/%2fetc%2fpasswd.json",
        "/accueil/exemples/ordonnance%00.json",
        "/accueil/exemples/%ff.json",
        "/accueil/templates",
        "/accueil/..%2fapp.py",
        "/accueil/",
    ],
)
def test_what_is_not_listed_does_not_exist_and_the_page_says_so_in_french(system: System, path: str) -> None:
    answer = httpx2.get(system.url + path)
    assert answer.status_code == 404
    page = Seen(answer.text)
    assert "Page introuvable" in page.text
    assert page.links[-1] == "/"


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/"), ("DELETE", FORM), ("GET", FORM), ("PUT", "/accueil/accueil.css")]
)
def test_a_wrong_method_is_told_in_french(system: System, method: str, path: str) -> None:
    answer = httpx2.request(method, system.url + path)
    assert answer.status_code == 405
    assert answer.headers["allow"]
    assert "Méthode non admise" in Seen(answer.text).text


def test_head_tells_the_length_and_a_long_query_changes_nothing(system: System) -> None:
    whole = httpx2.get(system.url)
    head = httpx2.head(system.url)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == whole.headers["content-length"]
    assert httpx2.get(f"{system.url}/?{'x' * 20_000}").text == whole.text


def test_the_service_keeps_its_own_addresses(system: System) -> None:
    for path in ("/docs", "/openapi.json", "/health", "/v1/acknowledgement-keys"):
        assert httpx2.get(system.url + path).status_code == 200, path
    for path in ("/absent", "/accueil", "/v1/absent"):
        answer = httpx2.get(system.url + path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_a_visitor_who_sends_half_a_request_does_not_stop_the_page(system: System) -> None:
    host, port = system.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as half:
        half.sendall(f"POST {FORM} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 10\r\n\r\nab".encode())
        assert httpx2.get(system.url).status_code == 200


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_colour_of_text_stands_out_from_its_ground(scheme: int) -> None:
    """WCAG 2.2, 1.4.3 (4.5 to 1)."""
    style = pages.static("accueil.css").body
    block = re.findall(r":root \{(.*?)\}", bytes(style).decode(), re.DOTALL)[scheme]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
    pairs = [(text, ground) for text in ("ink", "soft", "accent", "fault") for ground in ("ground", "surface")]
    for text, ground in (
        *pairs,
        ("ink", "tint"),
        ("accent", "tint"),
        ("on-accent", "accent"),
        ("warn-ink", "warn-ground"),
    ):
        lighter, darker = sorted((_luminance(colours[text]), _luminance(colours[ground])), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (text, ground)
