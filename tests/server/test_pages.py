"""The interface's page: true to the model, and whole without network."""

import json
import re
import socket
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2

from ordonum.cli.system import System
from ordonum.server.main import bind
from ordonum.server.settings import Settings


def test_the_description_is_whole_and_every_reference_resolves(system: System) -> None:
    document: dict[str, Any] = httpx2.get(f"{system.url}/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]) == {
        "/v1/token",
        "/v1/acknowledgement-keys",
        "/v1/register",
        "/v1/consult",
        "/v1/execute",
        "/v1/cancel",
        "/v1/executions",
        "/v1/invoice",
        "/v1/delegations",
        "/v1/oppose",
        "/v1/lift",
        "/v1/traces",
        "/v1/justify",
        "/v1/search",
        "/v1/replace",
        "/v1/withdraw",
        "/v1/report",
        "/v1/copy",
        "/v1/recorded",
        "/v1/registered",
        "/v1/keys/{day}",
        "/v1/drugs/search",
        "/v1/drugs/{code}",
        "/v1/dosage/read",
        "/v1/dosage/say",
        "/v1/assess",
    }
    for reference in re.findall(r'"\$ref": "#/components/schemas/([^"]+)"', json.dumps(document)):
        assert reference in document["components"]["schemas"], reference


def test_the_page_loads_nothing_from_elsewhere(system: System) -> None:
    page = httpx2.get(f"{system.url}/docs").text
    for address in re.findall(r'(?:src|href)="([^"]+)"', page):
        assert address.startswith("/docs/"), address
        assert httpx2.get(system.url + address).status_code == 200
    assert httpx2.get(system.url + "/", follow_redirects=True).status_code == 200


def test_health_says_whether_the_base_answers(system: System) -> None:
    told = httpx2.get(f"{system.url}/health").json()
    assert (told["status"], told["sandbox"]) == ("ok", True)


def test_the_acknowledgement_keys_are_public_halves_only(system: System) -> None:
    (key,) = httpx2.get(f"{system.url}/v1/acknowledgement-keys").json()["keys"]
    assert set(key) == {"kty", "crv", "use", "kid", "x", "from", "until"}
    assert datetime.fromisoformat(key["from"]) <= system.now()
    assert key["until"] is None


def test_the_listening_socket_names_its_protocol_so_that_answers_leave_at_once() -> None:
    """Without it Nagle stays on and every answer waits for an acknowledgement: 48 ms instead of 4."""
    listening = bind(Settings(home=Path("unused"), trust=Path("unused"), port=0))
    try:
        assert listening.proto == socket.IPPROTO_TCP
    finally:
        listening.close()
