"""Nobody can be named by what the service leaves behind: the scene of marked patients, and what is searched afterwards.

A service of its own (`ordonum serve`), its PostgreSQL, its temporary directory, its log; errors that the database is made
to have, with its own log sober, then as talkative as it can be; everything that is on the disk then, and the dumps.
"""

import asyncio
import contextlib
import gzip
import os
import random
import signal
import subprocess
import time
import zlib
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
from msgspec import Struct

from guesses import Held, Known, found_in_dictionary, found_of, openings_found
from leaks import Leak, Pristine, files
from marked import Person, Practice, at_once, open_practice
from ordonum.cli.system import System, open_authority
from ordonum.model.acts import ConsultRequest, Origin
from ordonum.server.store import postgres_process
from ordonum.server.store.embedded import SUPERUSER, EmbeddedPostgres
from served import serving

TALKATIVE = {
    "log_statement": "all",
    "log_min_error_statement": "debug5",
    "log_min_messages": "debug1",
    "log_error_verbosity": "verbose",
    "log_parameter_max_length": "-1",
    "log_parameter_max_length_on_error": "-1",
    "log_min_duration_statement": "0",
}
SMALL = 100  # below, one death of PostgreSQL is enough: the one whose log is talkative
_RAISES = "RAISE EXCEPTION 'a planted failure, on %', NEW;"
_WRONG_TYPE = "PERFORM encode(NEW.{column}, 'escape')::int; RETURN NEW;"


class Scene(Struct, kw_only=True):
    """A running service, what it leaves on the disk, and its patients."""

    home: Path
    temporary: Path
    log: Path
    practice: Practice
    pristine: Pristine
    people: list[Person]

    @property
    def server(self) -> EmbeddedPostgres:
        return EmbeddedPostgres(self.home / "db")

    @property
    def database_log(self) -> Path:
        return self.home / "db" / "pg.log"

    def as_superuser(self, *statements: str) -> list[Any]:
        """Run statements; the rows of the last one."""

        async def run() -> list[Any]:
            connection = await asyncpg.connect(self.server.url(SUPERUSER, "ordonum"))
            try:
                rows = [await connection.fetch(each) for each in statements]
                return list(rows[-1])
            finally:
                await connection.close()

        return asyncio.run(run())

    # errors ----------------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def failing(self, table: str, body: str) -> Iterator[None]:
        """Each row added to this table meets a trigger with this body."""
        made = f"CREATE FUNCTION planted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
        self.as_superuser(
            made, f"CREATE TRIGGER planted BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION planted()"
        )
        try:
            yield
        finally:
            self.as_superuser("DROP FUNCTION planted CASCADE")

    def everything_fails(self, people: list[Person], *, killed: bool) -> None:
        """PostgreSQL refuses, times out, or dies under our statements; each act is sent again once it does not."""
        one, two, three = people
        for table in ("act", "audit", "own_act"):
            with self.failing(table, _RAISES):
                self._tried(one)
        for table, column in (("act", "body"), ("act", "lookup"), ("audit", "leaf"), ("audit", "personal")):
            with self.failing(table, _WRONG_TYPE.format(column=column)):
                self._tried(one)
        with self.failing("act", "NEW.kind := 'nothing'; RETURN NEW;"):  # a check that fails shows the row
            self._tried(one)
        self._same_act_under_another_number(one)
        self._killed(two, "pg_terminate_backend(pg_backend_pid())")
        self._locked_out(three)
        if killed:
            self._a_process_is_killed(three)
        for person in people:
            self._until_done(person)

    def _tried(self, person: Person) -> None:
        status = self.practice.send(self.practice.doctor, "/v1/register", person.prepared.body)
        assert status >= 500, status
        asked = ConsultRequest(number=self.people[0].number, origin=Origin.PAPER)
        self.practice.send(self.practice.pharmacy, "/v1/consult", asked, keep=False)

    def _killed(self, person: Person, how: str) -> None:
        with self.failing("act", f"PERFORM {how}; RETURN NEW;"):
            self._tried(person)

    def _same_act_under_another_number(self, person: Person) -> None:
        """The unique key of the prescriber's own acts is violated: one act, signed again for another number."""
        self._until_done(person)
        body = self.practice.under_another_number(person)
        assert self.practice.send(self.practice.doctor, "/v1/register", body) == 409

    def _locked_out(self, person: Person) -> None:
        """Statements wait for a lock longer than they may."""
        self._reconnect("ALTER ROLE ordonum_app SET lock_timeout = '300ms'")

        async def locked() -> None:
            connection = await asyncpg.connect(self.server.url(SUPERUSER, "ordonum"))
            async with connection.transaction():
                await connection.execute("LOCK TABLE act, audit IN ACCESS EXCLUSIVE MODE")
                await asyncio.to_thread(self._tried, person)
            await connection.close()

        asyncio.run(locked())
        self._reconnect("ALTER ROLE ordonum_app RESET lock_timeout")

    def _a_process_is_killed(self, person: Person) -> None:
        """kill -9 of the process that runs our statement: all sessions end, PostgreSQL recovers."""
        waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
        with self.failing("act", "PERFORM pg_sleep(8); RETURN NEW;"):

            async def killed() -> None:
                sent = asyncio.create_task(asyncio.to_thread(self._tried, person))
                while not (rows := await asyncio.to_thread(self.as_superuser, waiting)):  # noqa: ASYNC110  # in PostgreSQL
                    await asyncio.sleep(0.05)
                os.kill(rows[0]["pid"], signal.SIGKILL)
                await sent

            asyncio.run(killed())
            self._wait_for_database()

    def _reconnect(self, *statements: str) -> None:
        """Change what a session begins with, and make the service begin others."""
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'ordonum_app'"
        self.as_superuser(*statements, ended)
        self._wait_for_database()

    def _wait_for_database(self) -> None:
        for _ in range(200):
            with contextlib.suppress(OSError, asyncpg.PostgresError, httpx2.TransportError):
                self.as_superuser("SELECT 1")
                if httpx2.get(f"{self.practice.system.url}/health").status_code == 200:
                    return
            time.sleep(0.05)
        raise AssertionError("the database did not come back")

    def _until_done(self, person: Person) -> None:
        for _ in range(50):
            if self.practice.send(self.practice.doctor, "/v1/register", person.prepared.body) in (200, 201):
                return
            time.sleep(0.1)
        raise AssertionError("not registered in the end")

    def talkative(self, people: list[Person]) -> None:
        """The same, with a log that writes every statement and every parameter: what comes in is sealed already."""
        before = self.database_log.stat().st_size
        self._reconnect(*(f"ALTER ROLE ordonum_app SET {name} = '{value}'" for name, value in TALKATIVE.items()))
        self.everything_fails(people, killed=True)
        for person in people:
            self.practice.send(
                self.practice.pharmacy,
                "/v1/consult",
                ConsultRequest(number=person.number, origin=Origin.PAPER),
                keep=False,
            )
        self._reconnect("ALTER ROLE ordonum_app RESET ALL")
        said = self.database_log.read_bytes()[before:]
        for wanted in (
            b"record_act",
            b"a planted failure",
            b"parameters: $1 =",
            b"invalid input syntax",
            b"own_act_pkey",
        ):
            assert wanted.lower() in said.lower(), wanted

    # what is searched ------------------------------------------------------------------------------------------------

    def dumps(self, folder: Path) -> list[Path]:
        """The database as a back-up holds it: as SQL, and compressed."""
        folder.mkdir(exist_ok=True)
        made = []
        for kind in ("plain", "custom"):
            made.append(folder / f"dump.{kind}")
            url = self.server.url(SUPERUSER, "ordonum")
            words = [str(postgres_process.binary("pg_dump")), "--format", kind, "--file", str(made[-1]), url]
            subprocess.run(words, check=True, env=postgres_process.environment())
        return made

    def left(self, folder: Path) -> Iterator[tuple[str, bytes]]:
        """Everything that is left of what was done: (where, bytes that are new)."""
        self.as_superuser("CHECKPOINT")
        for file in self.dumps(folder):
            yield file.name, file.read_bytes()
        apart = [self.home / "postes", self.home / "keys"]  # the clients' own sealed stores; the service's keys
        for file in files(self.home, self.temporary, but=apart):
            yield str(file.relative_to(self.home.parent)), self.pristine.changed(file)
        yield self.log.name, self.log.read_bytes()
        for page in ("health", "metrics", "openapi.json", "v1/acknowledgement-keys"):
            yield page, httpx2.get(f"{self.practice.system.url}/{page}").content
        for each in set(self.practice.answers):
            yield "answers", each

    def leaks(self, folder: Path) -> tuple[list[Leak], int]:
        """All leaks, and how many bytes were searched; the next search looks at what is new since this one."""
        found, size, answers = [], 0, b""
        for where, content in self.left(folder):
            size += len(content)
            if where == "answers":
                answers += content + b"\n"
            else:
                found += list(self.practice.secrets.searched(where, content))
        found += self.practice.secrets.searched("answers", answers)
        self.pristine.known |= Pristine.of(self.home, self.temporary).known
        return found, size

    def held(self) -> Held:
        """All the values of all the tables."""
        names = [row[0] for row in self.as_superuser("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        return Held.of({name: [tuple(row) for row in self.as_superuser(f"SELECT * FROM {name}")] for name in names})

    def guessed(self, people: list[Person]) -> list[tuple[str, bytes]]:
        """Every digest of something that can be guessed of these patients, among the values of the base."""
        held, known = self.held(), [person.known for person in people]
        found = [each for one in known for each in found_of(one, held)]
        names, births = sorted({one.first_name for one in known}), sorted({one.birth_date for one in known})
        return found + list(found_in_dictionary(names, births, held))

    def reopened(self, held: Held, people: list[Person]) -> list[Known]:
        """Whose commitment opens to their first name and birth date with what the dump holds."""
        return list(openings_found({person.commitment: person.known for person in people}, held))


@contextlib.contextmanager
def scene(folder: Path, people: int, seed: int) -> Iterator[Scene]:
    """That many patients, and all that is done with them, errors included; the service still runs."""
    home, temporary, log = folder / "home", folder / "tmp", folder / "service.log"
    temporary.mkdir()
    with contextlib.ExitStack() as stack:
        environment = {"TMPDIR": str(temporary), "PYTHONDONTWRITEBYTECODE": "1"}
        url, _ = stack.enter_context(serving(home, environment, said=log))
        practice = open_practice(System(home, url, open_authority(home)), stack, random.Random(seed))
        pristine = Pristine.of(home)
        marked = [practice.person(index) for index in range(people + 6)]
        made = Scene(
            home=home, temporary=temporary, log=log, practice=practice, pristine=pristine, people=marked[:people]
        )
        at_once(practice.live, made.people)
        made.everything_fails(marked[people : people + 3], killed=people > SMALL)
        made.talkative(marked[people + 3 :])
        yield made


# what is planted -------------------------------------------------------------------------------------------------------


def planted(scene: Scene) -> dict[str, tuple[str, str, str]]:
    """Leaks of many kinds, put where one could be: for each, where it must be found, read how, and what (parts of them)."""
    people, practice = scene.people, scene.practice
    one = [person.patient for person in people]
    core = [patient.first_name[:17].lower() for patient in one]

    def literal(text: str | bytes) -> str:
        return f"'\\x{(text if isinstance(text, bytes) else text.encode()).hex()}'"

    scene.as_superuser(
        "CREATE TABLE planted (a text, b bytea)",
        f"INSERT INTO planted (a) VALUES ('{b64encode(one[0].first_name.encode()).decode()}')",
        f"INSERT INTO planted (a) VALUES ('{people[2].request.jws}')",
        f"INSERT INTO planted (b) VALUES ({literal(zlib.compress(people[3].prepared.body))})",
        "CREATE TABLE gone (a text)",
        f"INSERT INTO gone VALUES ('{people[4].nir.encode().hex()}')",
        "DELETE FROM gone",
        "DROP TABLE gone",
    )
    with scene.log.open("a") as log:
        log.write(f'{{"event": "refused", "number": "{people[1].number.grouped}"}}\n')
        log.write(f'{{"event": "refused", "nom": "{"".join(f"%{byte:02X}" for byte in one[5].surname.encode())}"}}\n')
        log.write(f'{{"event": "bug", "at": "{one[9].birth_date}"}}\n')
    (scene.temporary / "body.gz").write_bytes(gzip.compress(people[6].prepared.body))
    (scene.temporary / "wide").write_bytes(one[7].surname.encode("utf-16"))
    practice.answers.append(("".join(f"\\u{ord(letter):04x}" for letter in one[8].surname)).encode())
    practice.answers.append(next(iter(practice.bearers.values())).encode())
    surnames = [patient.surname[2:19].lower() for patient in one]
    return {
        "first name in base64, in a column": ("dump.plain", "base64", f"mark {core[0]}"),
        "first name in base64, in the heap": ("home/db/pg/base", "base64", f"mark {core[0]}"),
        "number in a line of the log": ("service.log", "as it is", f"number {people[1].number}"),
        "signed order in clear, in a column": ("dump.plain", "base64", "mark"),
        "signed order in a compressed dump": ("dump.custom", "zlib > base64", "mark"),
        "body compressed in a column": ("dump.plain", "hex > zlib", f"number {people[3].number}"),
        "NIR in hexadecimal, in WAL alone": ("home/db/pg/pg_wal", "hex", f"nir {people[4].nir[:13]}"),
        "surname percent-encoded in the log": ("service.log", "percent", f"mark {surnames[5]}"),
        "birth date in the log": ("service.log", "as it is", f"birth {one[9].birth_date}"),
        "body in gzip, in a temporary file": ("tmp/body.gz", "gzip", f"number {people[6].number}"),
        "surname in UTF-16, in a temporary file": ("tmp/wide", "utf-16", f"mark {surnames[7]}"),
        "surname in JSON escapes, in an answer": ("answers", "json", f"mark {surnames[8]}"),
        "token in an answer": ("answers", "as it is", "literal eyJ"),
    }


def planted_digests(scene: Scene) -> dict[str, tuple[str, bytes]]:
    """Digests of what can be guessed, in columns: for each, the function and a part of the text that must be named."""
    people = [person.known for person in scene.people]

    def column(function: str, text: bytes) -> str:
        return f"INSERT INTO planted (b) VALUES ({function}('\\x{text.hex()}'::bytea))"

    pair = people[0].first_name + people[0].birth_date
    scene.as_superuser(
        column("sha256", pair.encode()),
        column("decode(md5", people[1].nir.encode()).replace("::bytea))", "::bytea), 'hex'))"),
        f"INSERT INTO planted (a) SELECT encode(sha256('\\x{people[2].birth_date.encode().hex()}'::bytea), 'base64')",
        column("sha512", f"{people[3].birth_date}|{people[3].first_name}".encode("utf-16-le")),
    )
    return {
        "SHA-256 of first name ‖ birth date": ("SHA-256", pair.encode()),
        "the same, by the dictionary": ("dictionary, SHA-256", pair.encode()),
        "MD5 of the NIR": ("MD5", people[1].nir.encode()),
        "SHA-256 of the birth date, in base64": ("SHA-256", people[2].birth_date.encode()),
        "SHA-512 of birth date and first name in UTF-16": ("SHA-512", people[3].first_name.encode("utf-16-le")),
    }


# what is proved --------------------------------------------------------------------------------------------------------


def nobody_is_named(played: Scene, folder: Path) -> str:
    """The search finds nothing, the guesses neither; what was searched, in words."""
    people, counts = played.people, played.practice.counts
    assert counts["/v1/register 2xx"] > len(people)
    assert counts["/v1/register 4xx"] > len(people)
    assert counts["/v1/register 5xx"] > 10
    assert all(counts[f"/v1/{each} 2xx"] for each in ("withdraw", "report", "recorded", "replace"))
    found, size = played.leaks(folder)
    assert not found, found[:20]
    guessed = played.guessed(people)
    assert not guessed, guessed[:20]
    sample, held = people[:: max(1, len(people) // 25)], played.held()
    assert played.reopened(held, sample) == []
    held.values.append(bytes.fromhex(sample[0].request.opening))  # the control: with r, the attack names them
    assert played.reopened(held, sample) == [sample[0].known]
    exact, requests = played.practice.secrets.count, sum(counts.values())
    return f"{len(people)} patients, {exact} exact secrets beside the marks, {requests} answers, {size / 1e6:.0f} MB searched"


def planted_leaks_are_found(played: Scene, folder: Path) -> int:
    """Each planted leak is found where it is, and each planted digest is guessed; how many."""
    expected = planted(played)
    found, _ = played.leaks(folder)
    for name, (where, how, what) in expected.items():
        assert any(each.where.startswith(where) and how in each.how and what in each.what for each in found), name
    nir = f"nir {played.people[4].nir[:13]}"
    assert {each.where.split("/")[0] for each in found if each.what == nir} == {"home"}  # in no dump
    digests = planted_digests(played)
    guessed = played.guessed(played.people[:4])
    for name, (function, text) in digests.items():
        assert any(each[0] == function and text in each[1] for each in guessed), name
    return len(expected) + len(digests)
