"""Everything destroyed, database and keys; both put back; what came since sent again: nothing lost, nothing doubled."""

import asyncio
import random
import shutil
import threading
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import httpx2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from msgspec import Struct
from scale import scaled, seeded, told

from factories import a_medicine, a_prescription, an_execution, boxes, delivered
from ordonum.cli.system import System, running
from ordonum.client import Client, Sent
from ordonum.model.acts import ByNumber
from ordonum.model.invoice import Invoice, InvoicedLine
from ordonum.model.number import EpuId
from ordonum.model.stopping import Cancellation, CancelReason
from ordonum.server.store.backup import Manifest, take
from ordonum.server.store.embedded import OWNER, EmbeddedPostgres
from ordonum.server.store.reload import reload_embedded
from ordonum.server.usecases.context import Context
from ordonum.server.usecases.history import read_history, stored_answer, unseal
from ordonum.server.vault import key_backup
from ordonum.server.vault.vault import Purpose
from ordonum.wire import native
from restoring import recorded

PRESCRIPTIONS, SAMPLE, ABSENT_DAYS = 1000, 1000, 2
T = TypeVar("T")


class Opened(Struct, frozen=True):
    """What a prescription's rows hold once decrypted, by act: body, answer, beneficiary; and the identity sealed with it."""

    acts: dict[str, tuple[bytes, bytes, bytes | None]]
    identity: bytes


def test_everything_destroyed_is_put_back_and_what_came_since_is_sent_again(tmp_path: Path) -> None:
    seed, chance = seeded()
    home, copy, keys = tmp_path / "home", tmp_path / "copy", tmp_path / "keys.jwe"
    first, second = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())
    with told("restore", seed) as counts:
        with running(home) as system:
            numbers, manifest = _written(system, copy, chance)
            sample = chance.sample(numbers, min(scaled(SAMPLE), len(numbers)))
            was, opened = recorded(system), {each: _opened(system, each) for each in sample}
            assert system.context is not None
            whole, _ = key_backup.encrypted(
                system.context.settings.key_file, [_certificate(first), _certificate(second)]
            )
            key_backup.write_new(keys, whole)
        shutil.rmtree(home / "db")
        shutil.rmtree(home / "keys")

        key_backup.put_back(
            home / "keys" / "service-keys.json", key_backup.decrypted(keys.read_bytes(), _pem(second), None)
        )
        assert reload_embedded(copy, home / "db", "ordonum", datetime.now(UTC)) == manifest
        with running(home) as system:
            came_back = recorded(system)
            assert len(came_back) == manifest.tables["act"]
            missing = len(was) - len(came_back)
            assert missing > 0  # the proof proves something only if acts were lost
            assert {each: was[each] for each in came_back} == came_back
            same = _compared(system, opened, came_back)
            told_to = httpx2.get(f"{system.url}/health").json()["restored_to"]
            assert told_to == native.moment(manifest.up_to)

            system.shift = timedelta(days=ABSENT_DAYS)  # tokens are over, and so is «now»
            again = [_sent_again(system, name) for name in ("pharmacie-centre", "dr-martin", "pharmacie-centre")]
            assert recorded(system) == was
            same_again = _compared(system, opened, was, resent=True)
            assert [_sent_again(system, name) for name in ("pharmacie-centre", "dr-martin")] == [(0, 0, 0)] * 2
        counts.update(
            prescriptions=len(numbers),
            acts=len(was),
            backed_up=len(came_back),
            lost=missing,
            decrypted=same + same_again,
        )
        counts.update(recorded_again=sum(each[0] for each in again), there=sum(each[1] for each in again))
        counts.update(waited=sum(each[2] for each in again), dump_bytes=manifest.bytes)


def _written(system: System, copy: Path, chance: random.Random) -> tuple[list[EpuId], Manifest]:
    """A third of the acts before the back-up begins, some while it is made, the rest after; the numbers, the manifest."""
    each_part, numbers, taken = scaled(PRESCRIPTIONS) // 3 + 1, [], []
    owner = EmbeddedPostgres(system.home / "db").url(OWNER, "ordonum")
    backing_up = threading.Thread(target=lambda: taken.append(take(owner, copy, system.now)))
    with system.client("dr-martin") as doctor, system.client("pharmacie-centre") as pharmacy:
        for _ in range(each_part):
            numbers.append(_a_life(system, doctor, pharmacy, chance))
        backing_up.start()
        while backing_up.is_alive():
            numbers.append(_a_life(system, doctor, pharmacy, chance))
        backing_up.join()
        for _ in range(2 * each_part):
            numbers.append(_a_life(system, doctor, pharmacy, chance))
        for number in chance.sample(numbers[:each_part], each_part // 4):  # old prescriptions go on after the back-up
            pharmacy.execute(number, an_execution(delivered(1, boxes(1)), performed_at=system.now()))
    return numbers, taken[0]


def _a_life(system: System, doctor: Client, pharmacy: Client, chance: random.Random) -> EpuId:
    """A prescription, and what chance makes of it: delivered, billed, cancelled."""
    if chance.random() < 0.02:
        doctor.open_session()
    number = doctor.prescribe(a_prescription(lines=(a_medicine(quantity=boxes(3)),))).number
    assert number is not None
    if chance.random() < 0.6:
        pharmacy.execute(number, an_execution(delivered(1, boxes(1)), performed_at=system.now()))
        if chance.random() < 0.5:
            lines = (InvoicedLine(line=1, quantity=boxes(1)),)
            day = system.now().date()
            pharmacy.attach_invoice(number, Invoice(act_id=uuid4(), number="1", lot="1", date=day, lines=lines))
    elif chance.random() < 0.2:
        doctor.cancel(ByNumber(number), Cancellation(act_id=uuid4(), reason=CancelReason.PATIENT_REQUEST))
        number = doctor.prescribe(a_prescription(lines=(a_medicine(quantity=boxes(3)),))).number
        assert number is not None
    return number


def _opened(system: System, number: EpuId) -> Opened:
    async def read(context: Context) -> Opened:
        lookup, vault = context.vault.lookup(number), context.vault
        history = await read_history(context, lookup)
        return Opened(
            acts={
                str(row.act_id): (
                    vault.decrypt(Purpose.BODY, row.year, lookup, row.act_id, row.body),
                    stored_answer(context, lookup, row),
                    vault.decrypt(Purpose.BENEFICIARY, row.year, lookup, row.act_id, row.sealed)
                    if row.kind == "execute" and row.sealed is not None
                    else None,
                )
                for row in history.rows
            },
            identity=native.write(unseal(context, history, number)) if history.registration is not None else b"",
        )

    assert system.context is not None
    return _in_service(system, read(system.context))


def _compared(system: System, before: dict[EpuId, Opened], there: dict[str, Any], *, resent: bool = False) -> int:
    """How many acts of the sample decrypt to what they were; of a resent act, the receipt alone is new."""
    same = 0
    for number, was in before.items():
        now = _opened(system, number)
        assert set(now.acts) == {each for each in was.acts if each in there}
        for act_id, (body, answer, beneficiary) in now.acts.items():
            assert (body, beneficiary) == (was.acts[act_id][0], was.acts[act_id][2])
            assert resent or answer == was.acts[act_id][1]
            same += 1
        assert not now.identity or now.identity == was.identity
    return same


def _sent_again(system: System, name: str) -> tuple[int, int, int]:
    """Acts recorded again, acts that were there, acts that wait."""
    with system.client(name) as client:
        sent: tuple[Sent, ...] = client.send_pending()
    done = [each.acknowledged for each in sent if each.acknowledged is not None]
    there = sum(each.replayed for each in done)
    return len(done) - there, there, len(sent) - len(done)


def _in_service(system: System, asked: Coroutine[Any, Any, T]) -> T:
    assert system.loop is not None
    return asyncio.run_coroutine_threadsafe(asked, system.loop).result(60)


def _certificate(key: CertificateIssuerPrivateKeyTypes) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Garde des clés")])
    since = datetime(2026, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    dated = made.not_valid_before(since).not_valid_after(since + timedelta(days=3650))
    return dated.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _pem(key: CertificateIssuerPrivateKeyTypes) -> bytes:
    none = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, none)
