"""Rows of prescriptions as the service writes them, made by its own functions with its own keys, and their COPY.

One signed order serves for all; every row has its own number, patient, ids, keys, nonces, acknowledgement and audit
entry. Of ten prescriptions six are executed once.
"""

import asyncio
import random
import secrets
import uuid
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import Struct

from bench.calls import Known, execution, person
from bench.service import PHARMACIES, SOFTWARE, Measured
from ordonum.model.actors import Actor
from ordonum.model.acts import Acknowledgement, Receipt, RegisterRequest
from ordonum.model.days import months_after
from ordonum.model.identifiers import CommitmentHex
from ordonum.model.kept import Executed
from ordonum.model.number import EpuId
from ordonum.model.prescription import Identity
from ordonum.model.registration import KEPT_MONTHS
from ordonum.server.usecases.history import Sealed
from ordonum.server.usecases.patient_index import index_of
from ordonum.server.usecases.register import OWN_ACT, PRESCRIBER
from ordonum.server.usecases.tracing import entry
from ordonum.server.vault.keys import read_file
from ordonum.server.vault.vault import Purpose, Vault
from ordonum.wire import native
from ordonum.wire.commitment import digest

EXECUTED = 0.6
ROWS = 1000
DOCTORS = 2_000  # under whose lists the prescriptions lie
COLUMNS = {
    "act": "lookup seq act_id kind year author content performed_at recorded_at body sealed answer ends_on",
    "own_act": "blind lookup",
    "prescription_of": "blind recorded_at lookup",
    "patient_index": "blind lookup act_id direction",
    "audit": "lookup entry_id recorded_at year leaf personal",
}


class Template(Struct, frozen=True):
    """What all the rows share: the key file, whom they are by, one registration as it is sent."""

    keys: str
    doctor: Actor
    pharmacies: tuple[Actor, ...]
    request: RegisterRequest


def template(served: Measured, doctor: str, body: bytes) -> Template:
    """The template of a running service, from one registration of this doctor."""
    actors = [Actor(card.holder, card.place, SOFTWARE) for card in map(served.card, (doctor, *PHARMACIES))]
    keys = str(served.home / "keys/service-keys.json")
    return Template(keys, actors[0], tuple(actors[1:]), native.read(body, RegisterRequest))


class Filler:
    """Makes rows; `chance` decides patients and what is executed, never a key or a number."""

    def __init__(self, given: Template, chance: random.Random) -> None:
        self.given, self.chance = given, chance
        self.vault = Vault(read_file(Path(given.keys)))
        self.context: Any = SimpleNamespace(
            vault=self.vault, draw_id=uuid.uuid4, draw_salt=lambda: secrets.token_hex(32)
        )
        self.rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in COLUMNS}

    def prescription(self) -> Known:
        """The rows of one more prescription, executed or not."""
        who, number, act_id = person(self.chance), EpuId.draw(secrets.choice), uuid.uuid4()
        lookup, jws, now = self.vault.lookup(number), self.given.request.jws.encode(), datetime.now(UTC)
        sealed = native.write(Sealed(Identity(who.first_name, who.birth_date), self.given.request.opening))
        content = native.canonical((number, who.first_name, act_id))
        doctor = self.given.doctor
        self._act("register", 1, lookup, act_id, act_id, doctor, now, content, jws, jws, self.vault.seal(
            number, now.year, lookup, act_id, sealed
        ))  # fmt: skip
        self.rows["own_act"].append((self.vault.blind(OWN_ACT, f"{doctor.rpps}/{act_id}"), lookup))
        listed = self.vault.blind(PRESCRIBER, str(self.chance.randrange(DOCTORS)))
        self.rows["prescription_of"].append((listed, now, lookup))
        known = Known(number, who, self.chance.randrange(len(PHARMACIES)))
        if self.chance.random() < EXECUTED:
            self._execution(known, lookup, act_id, now)
        return known

    def _execution(self, known: Known, lookup: bytes, prescription: UUID, now: datetime) -> None:
        known.execution, known.executions = uuid.uuid4(), 1
        done, by = execution(known.person, known.execution), self.given.pharmacies[known.pharmacy]
        kept = Executed(
            act_id=done.act_id, recorded_at=now, by=by, given=done.given, performed_at=now, lines=done.lines
        )
        assert done.beneficiary is not None
        beneficiary = self.vault.encrypt(
            Purpose.BENEFICIARY, now.year, lookup, done.act_id, native.write(done.beneficiary)
        )
        content = native.canonical(done)
        self._act(
            "execute", 2, lookup, done.act_id, prescription, by, now, content, native.write(kept), content, beneficiary
        )
        if (blind := index_of(self.vault, done.beneficiary)) is not None:
            self.rows["patient_index"].append((blind, lookup, done.act_id, 1))

    def _act(
        self,
        kind: Any,
        seq: int,
        lookup: bytes,
        act_id: UUID,
        prescription: UUID,
        by: Actor,
        now: datetime,
        content: bytes,
        body: bytes,
        acknowledged: bytes,
        sealed: bytes,
    ) -> None:
        """An act's row and its audit entry."""
        salt = secrets.token_hex(32)
        acknowledgement = Acknowledgement(
            v=1,
            act=kind,
            act_id=act_id,
            prescription=prescription,
            recorded_at=now,
            content=digest(salt, acknowledged),
        )
        receipt = Receipt(
            acknowledgement=self.vault.acknowledge(native.write(acknowledgement)), salt=CommitmentHex(salt)
        )
        self.rows["act"].append((
            lookup,
            seq,
            act_id,
            kind,
            now.year,
            self.vault.blind("author/1", by.author),
            self.vault.content(lookup, kind.encode() + b"\0" + content),
            now,
            now,
            self.vault.encrypt(Purpose.BODY, now.year, lookup, act_id, body),
            sealed,
            self.vault.encrypt(Purpose.ANSWER, now.year, lookup, act_id, native.write(receipt)),
            months_after(now.date(), KEPT_MONTHS) if kind == "register" else None,
        ))  # fmt: skip
        seen = entry(self.context, lookup, action=kind, actor=by, at=now, year=now.year, outcome="done", act_id=act_id)
        self.rows["audit"].append((lookup, seen.entry_id, seen.recorded_at, seen.year, seen.leaf, seen.personal))


def fill(url: str, given: Template, count: int, seed: int, sample: int) -> list[Known]:
    """COPY the rows of so many prescriptions; about `sample` of them, taken all along, for calls to be made on."""
    return asyncio.run(_fill(url, given, count, seed, sample))


async def _fill(url: str, given: Template, count: int, seed: int, sample: int) -> list[Known]:
    filler = Filler(given, random.Random(seed))
    connection = await asyncpg.connect(url)
    await connection.execute("SET synchronous_commit = off")
    kept: list[Known] = []
    try:
        for start in range(0, count, ROWS):
            made = [filler.prescription() for _ in range(min(ROWS, count - start))]
            kept += filler.chance.sample(made, min(len(made), 1 + sample * len(made) // count))
            for name, rows in filler.rows.items():
                await connection.copy_records_to_table(name, records=rows, columns=COLUMNS[name].split(), timeout=600)
                rows.clear()
    finally:
        await connection.close()
    return kept
