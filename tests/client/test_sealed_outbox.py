"""What is kept is sealed, readable by nobody without the workstation's key, and never lost to a key or a file gone wrong."""

import json
import multiprocessing
import os
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from factories import NOON, a_prescription, an_execution
from ordonum.cli.system import System
from ordonum.client import Client, EpuId, NotKept, UnusableOutbox, prepare
from ordonum.client.outbox import Kept, Outbox
from ordonum.model.restoration import KEPT
from ordonum.wire import native

NUMBER = EpuId("01S2TBPZ2JCNZZYGHZ")


def _kept(act_id: UUID | None = None) -> Kept:
    prepared = prepare.execution(NUMBER, an_execution(act_id=act_id))
    return Kept(
        act_id=prepared.act_id,
        operation="execute",
        author="99700366240",
        created_at=NOON,
        body=prepared.body.decode(),
        number=NUMBER,
    )


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def outbox(tmp_path: Path, told: list[str]) -> Outbox:
    return Outbox(tmp_path / "outbox", tell=told.append)


def test_nothing_kept_is_readable_without_the_key(outbox: Outbox, tmp_path: Path) -> None:
    kept = _kept()
    outbox.keep(kept)
    (file,) = outbox.directory.iterdir()
    assert file.name == f"{kept.act_id}.sealed"
    for word in (NUMBER, "DURAND", "279035121518989", "1979-03-14", "AMOXICILLINE", kept.author):
        assert word.encode() not in file.read_bytes()
    assert Outbox(tmp_path / "outbox").get(kept.act_id) == kept
    assert all(each.stat().st_mode & 0o077 == 0 for each in (file, tmp_path / "outbox.key", outbox.directory))


def test_the_same_act_written_twice_is_never_the_same_bytes(outbox: Outbox) -> None:
    kept = _kept()
    seen = set()
    for _ in range(3):
        outbox.keep(kept)
        (file,) = outbox.directory.iterdir()
        seen.add(file.read_bytes())
    assert len(seen) == 3


@pytest.mark.parametrize("place", ["version", "nonce", "middle", "tag", "cut", "name"])
def test_a_file_that_does_not_open_is_set_aside_and_told_and_the_others_go_on(
    outbox: Outbox, told: list[str], place: str
) -> None:
    good, bad = _kept(), _kept()
    outbox.keep(good)
    outbox.keep(bad)
    file = outbox.directory / f"{bad.act_id}.sealed"
    raw = bytearray(file.read_bytes())
    if place == "name":
        other = UUID(int=7)
        file = file.rename(outbox.directory / f"{other}.sealed")
    elif place == "cut":
        file.write_bytes(raw[:-9])
    else:
        raw[{"version": 0, "nonce": 12, "middle": len(raw) // 2, "tag": -1}[place]] ^= 1
        file.write_bytes(raw)
    assert list(outbox.all()) == [good]
    assert [each.suffix for each in sorted(outbox.directory.iterdir())].count(".damaged") == 1
    assert len(told) == 1
    assert "mis de côté" in told[0]
    with pytest.raises(NotKept):
        outbox.get(bad.act_id)


def test_two_damaged_files_of_one_name_are_both_there(outbox: Outbox) -> None:
    kept = _kept()
    for content in (b"one", b"two"):
        outbox.keep(kept)
        (outbox.directory / f"{kept.act_id}.sealed").write_bytes(content)
        assert outbox.find(kept.act_id) is None
    aside = sorted(each.read_bytes() for each in outbox.directory.glob("*.damaged"))
    assert aside == [b"one", b"two"]


def test_a_key_that_is_gone_is_never_replaced_beside_what_it_sealed(outbox: Outbox, tmp_path: Path) -> None:
    outbox.keep(_kept())
    key = tmp_path / "outbox.key"
    held = key.read_bytes()
    key.unlink()
    again = Outbox(tmp_path / "outbox")
    with pytest.raises(UnusableOutbox, match="manque"):
        again.keep(_kept())
    assert not key.exists()
    key.write_bytes(held[:-1])
    with pytest.raises(UnusableOutbox, match="lisible"):
        Outbox(tmp_path / "outbox").keep(_kept())
    key.write_bytes(held)
    assert len(list(again.all())) == 1


def test_another_key_damages_nothing(outbox: Outbox, tmp_path: Path) -> None:
    outbox.keep(_kept())
    Outbox(tmp_path / "other").keep(_kept())
    (tmp_path / "other.key").replace(tmp_path / "outbox.key")
    with pytest.raises(UnusableOutbox, match="autre clé"):
        list(Outbox(tmp_path / "outbox").all())
    assert [each.suffix for each in outbox.directory.iterdir()] == [".sealed"]


def test_a_card_or_a_key_ring_can_lock_the_key_up(tmp_path: Path) -> None:
    class Ring:
        def wrap(self, key: bytes) -> bytes:
            return bytes(each ^ 0x5A for each in key)

        def unwrap(self, wrapped: bytes) -> bytes:
            return self.wrap(wrapped)

    kept = _kept()
    Outbox(tmp_path / "outbox", wrap=Ring()).keep(kept)
    assert Outbox(tmp_path / "outbox", wrap=Ring()).get(kept.act_id) == kept
    with pytest.raises(UnusableOutbox):
        Outbox(tmp_path / "outbox").get(kept.act_id)


def test_clear_files_of_an_older_version_are_sealed_and_a_damaged_one_is_set_aside(
    outbox: Outbox, told: list[str]
) -> None:
    kept = _kept()
    outbox.directory.mkdir()
    old = msgspec.to_builtins(kept, enc_hook=native.plain)
    del old["prints"]
    (outbox.directory / f"{kept.act_id}.json").write_text(json.dumps(old))
    (outbox.directory / "broken.json").write_bytes(b'{"act_id": ')
    assert outbox.get(kept.act_id) == kept
    assert sorted(each.suffix for each in outbox.directory.iterdir()) == [".damaged", ".sealed"]
    assert len(told) == 1


def test_what_was_acknowledged_is_forgotten_after_its_time_and_what_is_pending_never(own_system: System) -> None:
    with own_system.client("dr-martin") as doctor:
        done = doctor.prescribe(a_prescription())
        waiting, refused = _kept(), _kept()
        doctor.outbox.keep(msgspec.structs.replace(waiting, created_at=NOON - timedelta(days=400)))
        doctor.outbox.keep(msgspec.structs.replace(refused, refused="cancelled", created_at=NOON - timedelta(days=400)))
        now = doctor.now()
        assert doctor.outbox.forget(now - KEPT) == 1  # the refused one
        assert doctor.outbox.forget(now + timedelta(days=1) - KEPT) == 0
        assert doctor.outbox.get(done.act_id).answer is not None
        assert doctor.outbox.forget(now + timedelta(seconds=5)) == 1
        assert [each.act_id for each in doctor.outbox.all()] == [waiting.act_id]


def test_sheets_are_counted_on_the_disk_before_they_leave(own_system: System) -> None:
    with own_system.client("dr-martin") as doctor:
        done = doctor.prescribe(a_prescription())
        assert doctor.outbox.get(done.act_id).prints == 0  # what was drawn to be checked was not given to anybody
        doctor.sheet(done.act_id)
        doctor.sheet(done.act_id)
        assert doctor.outbox.get(done.act_id).prints == 2
        doctor.resend(doctor.outbox.get(done.act_id))
        assert doctor.outbox.get(done.act_id).prints == 2


def test_an_act_that_cannot_be_kept_is_not_sent(own_system: System) -> None:
    if os.geteuid() == 0:
        where = Path("/dev/null/home")
    else:
        where = own_system.home / "closed"
        where.mkdir(mode=0o500)
    card, trust = own_system.card("dr-martin"), own_system.authority.trust
    with (
        Client(own_system.url, card, home=where, trust=trust) as doctor,
        pytest.raises(UnusableOutbox, match="rien n'a été envoyé"),
    ):
        doctor.prescribe(a_prescription())


def _many_writes(directory: Path, act_id: str, count: int, started: "multiprocessing.synchronize.Barrier") -> None:
    started.wait(20)
    outbox = Outbox(directory)
    for _ in range(count):
        outbox.printed(UUID(act_id))


def _first_use(directory: Path, started: "multiprocessing.synchronize.Barrier") -> None:
    started.wait(20)
    Outbox(directory).keep(_kept())


def test_processes_that_write_one_act_at_once_lose_no_change(outbox: Outbox) -> None:
    kept = _kept()
    outbox.keep(kept)
    _together(4, lambda barrier: (_many_writes, (outbox.directory, str(kept.act_id), 25, barrier)))
    assert outbox.get(kept.act_id).prints == 100
    assert [each.suffix for each in outbox.directory.iterdir()] == [".sealed"]


def test_processes_that_make_the_first_key_at_once_make_one(outbox: Outbox) -> None:
    _together(6, lambda barrier: (_first_use, (outbox.directory, barrier)))
    assert len(list(outbox.all())) == 6


def _together(count: int, what: object) -> None:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(count)
    running = []
    for _ in range(count):
        target, arguments = what(barrier)  # type: ignore[operator]  # a function of the barrier
        running.append(context.Process(target=target, args=arguments))
    for each in running:
        each.start()
    for each in running:
        each.join(60)
    assert [each.exitcode for each in running] == [0] * count
