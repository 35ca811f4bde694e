"""Raw HTTP before the service: what a publisher's software, or anybody, may send."""

import json
from typing import Any

import httpx2

from ordonum.cli.system import System
from ordonum.client import Client
from ordonum.client.prepare import assertion
from ordonum.wire.assertion import GRANT_TYPE

# One client for all threads: making one reads every certificate authority of the machine.
_HTTP = httpx2.Client(timeout=30, limits=httpx2.Limits(max_connections=64))


def token(client: Client, system: System) -> str:
    """A token for this workstation's card."""
    now = int(system.now().timestamp())
    signed = assertion(client.card, client.card.place, client.software, audience=f"{system.url}/v1/token", now=now)
    answer = ask_token(system, signed)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def ask_token(system: System, signed: str) -> httpx2.Response:
    """The token endpoint's answer to an assertion."""
    return _HTTP.post(f"{system.url}/v1/token", data={"grant_type": GRANT_TYPE, "assertion": signed})


def post(system: System, path: str, body: Any, *, bearer: str | None = None, **headers: str) -> httpx2.Response:
    """The answer to a body: bytes as they are, anything else as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"Content-Type": "application/json", **headers}
    if bearer is not None:
        given["Authorization"] = f"Bearer {bearer}"
    return _HTTP.post(system.url + path, content=content, headers=given)


def assert_problem(answer: httpx2.Response, code: str | None = None, *, effect: str = "none") -> dict[str, Any]:
    """The problem document of an answer: always whole, never a bug."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    told: dict[str, Any] = answer.json()
    assert set(told) == {"type", "title", "status", "detail", "code", "effect", "retry", "instance", "errors"}
    assert told["status"] == answer.status_code != 500, told
    assert told["effect"] == effect
    assert told["retry"] in ("never", "same-id", "later")
    if code is not None:
        assert told["code"] == code, told
    return told
