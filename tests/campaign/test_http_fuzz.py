"""Raw bytes at the socket of the real service: it stays alive, says no 5xx, and serves the others meanwhile."""

import asyncio
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
from scale import scaled, seeded

from factories import a_prescription
from fuzzing.bugs import errors_logged
from fuzzing.sockets import Made, throw
from ordonum.cli.system import System
from raw import post, token

REQUESTS = 10_000
OTHERS_WAIT_MAX = 10.0
OPEN_LEFT_MAX = 20  # the pool of the database may have grown meanwhile, by 15


@contextmanager
def others(url: str) -> Iterator[list[tuple[int, float]]]:
    """Somebody who asks for the service's health all the time: status and seconds of each answer."""
    seen: list[tuple[int, float]] = []
    over = threading.Event()

    def ask() -> None:
        with httpx2.Client(timeout=OTHERS_WAIT_MAX) as http:
            while not over.is_set():
                started = time.monotonic()
                try:
                    status = http.get(f"{url}/health").status_code
                except httpx2.HTTPError:
                    status = 0
                seen.append((status, time.monotonic() - started))
                over.wait(0.05)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield seen
    finally:
        over.set()
        asking.join()


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def right_requests(system: System) -> list[tuple[str, dict[str, str], bytes]]:
    """Requests that the service accepts: a consultation, a token that is refused, a registration unread."""
    with system.client("dr-martin") as doctor, system.client("pharmacie-centre") as pharmacy:
        number = doctor.prescribe(a_prescription()).number
        bearer = {"Authorization": f"Bearer {token(pharmacy, system)}", "Content-Type": "application/json"}
        body = b'{"number":"%s","origin":"paper"}' % str(number).encode()
        assert post(system, "/v1/consult", body, bearer=bearer["Authorization"].removeprefix("Bearer ")).is_success
        form = {"Content-Type": "application/x-www-form-urlencoded"}
    return [
        ("/v1/consult", bearer, body),
        ("/v1/execute", bearer, body),
        ("/v1/register", bearer, body * 40),
        ("/v1/token", form, b"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=a.b.c"),
    ]


def test_ten_thousand_raw_requests_leave_the_service_as_it_was(own_system: System) -> None:
    seed, chance = seeded()
    right = right_requests(own_system)
    before = _open_files()
    with errors_logged() as errors, others(own_system.url) as served:
        heard = asyncio.run(throw(own_system.url, Made(chance, right), scaled(REQUESTS)))
    slowest = max(seconds for _, seconds in served)
    print(f"\nseed {seed}: {heard}; meanwhile {len(served)} others served, the slowest in {slowest:.2f} s")
    assert heard.failures == []
    assert errors == []
    assert {status for status, _ in served} == {200}
    assert heard.statuses[200] > 0  # whole requests are among them
    path, headers, body = right[0]
    assert post(own_system, path, body, **headers).status_code == 200
    deadline = time.monotonic() + 40  # what was left half-said is cut after 20 s, a body after 30 s
    while (left := _open_files() - before) > OPEN_LEFT_MAX and time.monotonic() < deadline:
        time.sleep(0.5)
    print(f"connections left open by process {os.getpid()}: {left}")
    assert left <= OPEN_LEFT_MAX


def test_a_planted_server_that_stumbles_is_found() -> None:
    async def play() -> list[str]:
        async def stumble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            line = await reader.read(4096)
            status = b"500 Oops" if b"\x00" in line else b"200 OK"
            writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")
            writer.close()

        server = await asyncio.start_server(stumble, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        _, chance = seeded()
        heard = await throw(url, Made(chance, [("/v1/consult", {}, b"{}")]), 200)
        server.close()
        return heard.failures

    assert asyncio.run(play())
