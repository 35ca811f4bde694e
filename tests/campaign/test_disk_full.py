"""A database whose disk is full: clean refusals, no false acknowledgement, a service that lives, and recovery by itself."""

import contextlib
import os
import random
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from checking import judge
from load import Load, stories
from scale import scaled, seeded, told
from service_alone import Served, served, wait_for

DISK_MB, LEFT_MB = 160, 12
ACTS = 12_000
ACTS_A_STORY = 3.4
FULL_SECONDS = 15  # how long the disk stays full: the watch tries to relaunch a dead database meanwhile
WAIT_SECONDS_MAX = 90


@contextmanager
def _small_disk(directory: Path) -> Iterator[Path]:
    """A tmpfs of its own."""
    if os.geteuid() != 0:
        pytest.skip("a small disk is mounted by root only: run the campaign as root to prove this")
    directory.mkdir(parents=True, mode=0o700)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=0700", "tmpfs", str(directory)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    try:
        yield directory
    finally:
        subprocess.run(["umount", str(directory)], check=True)


@contextmanager
def _nearly_full(tmp_path: Path, acts: int, chance: random.Random, fault: str | None) -> Iterator[tuple[Served, Load]]:
    """A service whose database lies on a small disk, and stories that wait to be sent."""
    with _small_disk(tmp_path / "db"), served(tmp_path) as service:
        service.start(fault=fault)
        service.ready()
        cards = ("dr-martin", "dr-leroy", "pharmacie-centre", "pharmacie-gare")
        bearers = {name: service.token(service.card(name)) for name in cards}
        waiting = stories(tmp_path / "authority/cards", round(acts / ACTS_A_STORY), chance)
        yield service, Load(service.port, waiting, bearers)


def _fill(disk: Path, left_mb: int) -> Path:
    """A file that leaves so little of the disk; nothing at all for 0."""
    filler = disk / "filler"
    with filler.open("ab", buffering=0) as out, contextlib.suppress(OSError):
        while left_mb == 0 or os.statvfs(disk).f_bavail * 4096 > left_mb * 2**20:
            out.write(b"\0" * 65_536 if left_mb else b"\0" * 4096)
    return filler


def test_a_full_disk_is_told_truly_and_the_service_recovers_by_itself(tmp_path: Path) -> None:
    seed, chance = seeded()
    with told("disk full", seed) as counts, _nearly_full(tmp_path, scaled(ACTS), chance, None) as (service, load):
        filler = _fill(tmp_path / "db", LEFT_MB)
        load.start()
        wait_for(lambda: load.told_to_wait > 0 or not load.is_alive(), WAIT_SECONDS_MAX, "the disk never was full")
        assert load.is_alive(), "too few acts to fill the disk"
        _fill(tmp_path / "db", 0)
        before, begun = len(load.acknowledged), time.monotonic()
        asked = 0
        while time.monotonic() - begun < FULL_SECONDS:
            _fill(tmp_path / "db", 0)  # what a dying database gives back is taken at once
            assert service.get("/health")[0] in (200, 503)
            assert service.get("/v1/acknowledgement-keys")[0] == 200
            asked += 1
            time.sleep(0.02)
        counts.update(acknowledged_before=before, while_full=len(load.acknowledged) - before, asked_while_full=asked)
        relaunched = service.logged("database-relaunched")
        counts.update(codes_while_full=dict(load.codes), unanswered_while_full=load.unanswered)
        filler.unlink()
        freed = time.monotonic()
        service.ready()
        counts.update(back_after_seconds=round(time.monotonic() - freed, 1))
        load.waiting.clear()  # the disk is too small for much more
        load.join()
        log = (tmp_path / "db/pg.log").read_text()
        counts.update(
            relaunched_while_full=relaunched,
            relaunched=service.logged("database-relaunched"),
            panics=log.count("PANIC:"),
            no_space=log.count("No space left on device"),
            acknowledged=len(load.acknowledged),
        )
        assert load.unexpected == []
        found = judge(tmp_path, sent=load.sent, acknowledged=load.acknowledged)
        counts.update(found=found, found_recorded=load.found_recorded, denied=load.denied)
        assert load.codes["unavailable"] > 0
        assert log.count("No space left on device") > 0
        assert found.right
        assert found.acts == len(load.acknowledged) > before
        assert load.denied == 0
        assert service.logged("bug") == 0


def test_a_service_that_acknowledges_whatever_the_disk_says_is_found_out(tmp_path: Path) -> None:
    seed, chance = seeded()
    fault = "acknowledges-anything"
    with told("planted: catch-all", seed) as counts, _nearly_full(tmp_path, 3_000, chance, fault) as (service, load):
        filler = _fill(tmp_path / "db", LEFT_MB)
        load.start()
        wait_for(lambda: len(load.acknowledged) > 50, WAIT_SECONDS_MAX, "no progress")
        _fill(tmp_path / "db", 0)
        time.sleep(3)
        load.waiting.clear()
        filler.unlink()
        service.ready()
        load.halt()
        found = judge(tmp_path, sent=load.sent, acknowledged=load.acknowledged)
        counts.update(acknowledged=len(load.acknowledged), found=found)
        assert found.lost > 0
