"""Measure the calls of the service: rate, latency, CPU of service and PostgreSQL per call. Nothing is asserted.

Requests are signed beforehand; the client is raw HTTP on kept connections, in a process of its own; its CPU is printed
apart. The service is the real command, in its own process, with everything on.
"""

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from ordonum.client import (
    Beneficiary,
    BirthDate,
    Card,
    Delivered,
    EpuId,
    Execution,
    Family,
    Given,
    MedicineLine,
    Nil,
    Nir,
    NirKey,
    Patient,
    Prescription,
    Quantity,
    Sex,
    Software,
    Substance,
    Unit,
    prepare,
)
from ordonum.wire import native
from ordonum.wire.assertion import GRANT_TYPE

PORT = 8439
SOFTWARE = Software("bench", "1", nil=Nil("ORDONUM-1"))
TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and of the children it has buried."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICK


def postgres_seconds(home: Path) -> float:
    """CPU of the postmaster and all its processes."""
    postmaster = int((home / "db/pg/postmaster.pid").read_text().split()[0])
    total = cpu_seconds(postmaster)
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    for child in children:
        try:
            total += cpu_seconds(int(child))
        except FileNotFoundError:
            continue
    return total


def prescription(card: Card) -> Prescription:
    """Three lines, as many prescriptions have."""
    lines = tuple(
        MedicineLine(
            rank=rank,
            label=f"MÉDICAMENT {rank} 500 mg, comprimé",
            substances=(Substance("substance"),),
            dosage="1 comprimé matin et soir au cours du repas",
            duration_days=30,
            quantity=Quantity(2, Unit.BOXES),
            renewals=2,
        )
        for rank in (1, 2, 3)
    )
    patient = Patient(surname="DURAND", first_name="Éloïse", sex=Sex.FEMALE, birth_date=BirthDate("1979-03-14"))
    return Prescription(
        patient=patient,
        place=card.place,
        family=Family.HEALTH_PRODUCTS,
        written_on=datetime.now(UTC).date(),
        opposed=False,
        lines=lines,
    )


def execution(number: EpuId) -> bytes:
    """One box of the first line."""
    who = Beneficiary(
        identity=Nir(NirKey("279035121518989"), "self"),
        surname="DURAND",
        first_name="Éloïse",
        birth_date=BirthDate("1979-03-14"),
    )
    line = Delivered(line=1, quantity=Quantity(1, Unit.BOXES), product="générique")
    done = Execution(
        act_id=uuid.uuid4(), given=Given.NOW, performed_at=datetime.now(UTC), lines=(line,), beneficiary=who
    )
    return prepare.execution(number, done).body


def token(card: Card) -> str:
    """An access token, by raw HTTP."""
    audience = f"http://127.0.0.1:{PORT}/v1/token"
    signed = prepare.assertion(card, card.place, SOFTWARE, audience=audience, now=int(time.time()))
    connection = http.client.HTTPConnection("127.0.0.1", PORT)
    connection.request("POST", "/v1/token", f"grant_type={GRANT_TYPE}&assertion={signed}".replace(":", "%3A"))
    return str(json.loads(connection.getresponse().read())["access_token"])


def send(path: str, bodies: list[bytes], bearer: str, connections: int) -> list[float]:
    """Send the bodies over so many connections; the latencies in seconds. Raises when one is not answered by 2xx."""
    headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}
    latencies: list[list[float]] = [[] for _ in range(connections)]
    failed: list[bytes] = []

    def run(which: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", PORT)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # headers and body are two writes
        for body in bodies[which::connections]:
            before = time.perf_counter()
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            read = answer.read()
            latencies[which].append(time.perf_counter() - before)
            if answer.status >= 300:
                failed.append(read)

    threads = [threading.Thread(target=run, args=(which,)) for which in range(connections)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    if failed:
        raise RuntimeError(failed[0].decode())
    return [each for some in latencies for each in some]


def measure(name: str, home: Path, service: int, work: Callable[[], list[float]]) -> dict[str, float | str]:
    """One row of the table."""
    before = (cpu_seconds(service), postgres_seconds(home), time.process_time(), time.perf_counter())
    latencies = sorted(work())
    after = (cpu_seconds(service), postgres_seconds(home), time.process_time(), time.perf_counter())
    calls = len(latencies)
    spent = [(b - a) / calls * 1000 for a, b in zip(before, after, strict=True)]
    row: dict[str, float | str] = {
        "call": name,
        "rate_per_s": calls / (after[3] - before[3]),
        "p50_ms": statistics.median(latencies) * 1000,
        "p99_ms": latencies[int(calls * 0.99)] * 1000,
        "service_cpu_ms": spent[0],
        "postgres_cpu_ms": spent[1],
        "client_cpu_ms": spent[2],
    }
    print(
        f"{name:<24}{row['rate_per_s']:>8.0f}/s {row['p50_ms']:>8.2f} {row['p99_ms']:>8.2f}"
        f"{spent[0]:>10.2f}{spent[1]:>10.2f}{spent[2]:>10.2f}"
    )
    return row


def bench(calls: int, home: Path) -> list[dict[str, float | str]]:
    """All the rows."""
    environment = os.environ | {"ORDONUM_HOME": str(home), "ORDONUM_PORT": str(PORT)}
    served = subprocess.Popen(
        [sys.executable, "-m", "ordonum.cli", "serve"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert served.stdout is not None
        for line in served.stdout:
            if "Ctrl-C" in line:
                break
        time.sleep(0.5)  # the first second of a new database is not what is measured
        doctor = Card.load(home / "authority/cards/dr-martin.json")
        pharmacy = Card.load(home / "authority/cards/pharmacie-centre.json")
        bearers = token(doctor), token(pharmacy)
        print(
            f"{'call × connections':<24}{'rate':>10} {'p50 ms':>8} {'p99 ms':>8}{'service':>10}{'postgres':>10}{'client':>10}"
        )
        rows = []
        for connections in (1, 8, 32):
            made = [prepare.registration(prescription(doctor), doctor, SOFTWARE) for _ in range(calls)]
            bodies = [each.body for each in made]
            numbers = [each.number for each in made if each.number is not None]
            consults = [native.write({"number": str(each), "origin": "paper"}) for each in numbers]
            executions = [execution(each) for each in numbers]
            for path, sent, bearer in (
                ("/v1/register", bodies, bearers[0]),
                ("/v1/consult", consults, bearers[1]),
                ("/v1/execute", executions, bearers[1]),
            ):
                name = f"{path.rpartition('/')[2]} × {connections}"
                rows.append(
                    measure(name, home, served.pid, lambda p=path, s=sent, b=bearer, c=connections: send(p, s, b, c))
                )  # type: ignore[misc]  # a lambda with its own values
        resident = next(
            line for line in Path(f"/proc/{served.pid}/status").read_text().splitlines() if line.startswith("VmRSS")
        )
        print(f"resident memory of the service: {int(resident.split()[1]) / 1024:.0f} MB")
        return rows
    finally:
        served.terminate()
        served.wait(30)


def main() -> None:
    """Print the table; keep it as JSON if asked."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--calls", type=int, default=1000, help="calls of each kind and number of connections")
    arguments.add_argument("--json", type=Path, help="file to keep the figures in")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="ordonum-bench-") as folder:
        rows = bench(given.calls, Path(folder))
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
