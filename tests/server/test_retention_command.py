"""`ordonum retention`: seen first, then done, then proved; and what a back-up brings back goes again."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import msgspec
import pytest
from joserfc.jwk import OKPKey

from base import embedded_only, owner_fetches, owner_runs
from factories import a_prescription, an_execution
from ordonum.cli.exits import ProofRefused
from ordonum.cli.retention import verified, written
from ordonum.cli.system import System, running
from ordonum.client import Client, Declined
from ordonum.model.acts import ByNumber, Origin
from ordonum.model.days import months_after
from ordonum.model.number import EpuId
from ordonum.model.retention import YEAR_KINDS, Destroyed, SignedProof
from ordonum.server.store.backup import take
from ordonum.server.store.embedded import OWNER, EmbeddedPostgres
from ordonum.server.store.reload import reload_embedded
from ordonum.server.store.retention import TABLES
from ordonum.server.vault import ledger
from ordonum.server.vault.keys import destroy, new_keys, read_file, with_years, write_file
from ordonum.server.vault.vault import Vault
from ordonum.server.worker.retaining import ClockDoubted, forget, preview, retain
from server_process import served, until
from shell import Shell

pytestmark = embedded_only  # the command finds the database beside the keys; most put back whole servers
OF_2020 = [f"{kind}[2020]" for kind in YEAR_KINDS]
LATER = datetime(2032, 12, 1, tzinfo=UTC)  # all that a test registers now is over, and its year by five full ones


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose key file has a year that is long over, of which the base will hold nothing."""
    made = tmp_path / "home"
    today = datetime.now(UTC).date()
    write_file(made / "keys" / "service-keys.json", with_years(new_keys(today), date(2020, 6, 1)))
    return made


@pytest.fixture
def system(home: Path) -> Iterator[System]:
    with running(home) as started:
        yield started


def _prescribed(doctor: Client, pharmacy: Client) -> tuple[EpuId, UUID]:
    """A prescription of the same doctor, for the same patient, half executed: its number, its act."""
    done = doctor.prescribe(a_prescription())
    assert done.number is not None
    pharmacy.execute(done.number, an_execution())
    return done.number, done.act_id


def _is_over(system: System, act_id: UUID, ends_on: str = "2026-01-01") -> str:
    """From now on this prescription is one that was written long ago: its look-up, in hexadecimal."""
    owner_runs(system, f"UPDATE act SET ends_on = '{ends_on}' WHERE act_id = '{act_id}'")
    return str(owner_fetches(system, f"SELECT lookup FROM act WHERE act_id = '{act_id}'")[0]["lookup"].hex())


def _state(system: System) -> tuple[Any, ...]:
    """All that a dry run may not change."""
    rows = [owner_fetches(system, f"SELECT * FROM {table} ORDER BY 1, 2") for table in (*TABLES, "erased")]
    folder = system.home / "keys"
    return rows, {each.name: each.read_bytes() for each in folder.iterdir()}


def _public(system: System) -> dict[str, Any]:
    found = httpx2.get(f"{system.url}/v1/acknowledgement-keys").json()["keys"]
    return {each["kid"]: OKPKey.import_key(each) for each in found}


def _owner(system: System) -> str:
    return EmbeddedPostgres(system.home / "db").url(OWNER, "ordonum")


def _settings(system: System) -> Any:
    assert system.context is not None
    return system.context.settings


def test_it_is_seen_first_then_done_and_proved_and_only_what_is_over_goes(system: System, tmp_path: Path) -> None:
    shell = Shell(system, tmp_path, "dr-martin")
    with system.client("dr-martin") as doctor, system.client("pharmacie-centre") as pharmacy:
        old, other = _prescribed(doctor, pharmacy), _prescribed(doctor, pharmacy)
        (row,) = owner_fetches(system, "SELECT ends_on FROM act WHERE act_id = $1", old[1])
        assert row["ends_on"] == months_after(datetime.now(UTC).date(), 60)
        lookup = _is_over(system, old[1])
        before = _state(system)
        seen = shell.run("retention")
        assert seen.returncode == 0, seen.stderr
        assert "Rien n'a été supprimé" in seen.stdout
        year = str(datetime.now(UTC).year)
        (line,) = [each.split() for each in seen.stdout.splitlines() if each.split()[0] == year]
        assert line[1:3] == ["1", "2"]
        assert ", ".join(OF_2020) in seen.stdout
        told = shell.json("retention")
        assert (told["deleted"], told["keys"]) == (False, OF_2020)
        assert _state(system) == before

        proof = tmp_path / "proof.json"
        done = shell.run("retention", "--delete", "--to", str(proof))
        assert done.returncode == 0, done.stderr
        assert "Clé détruite : data[2020]" in done.stdout
        with pytest.raises(Declined) as refused:
            pharmacy.consult(old[0], Origin.PAPER)
        assert refused.value.problem.code == "unknown-number"
        assert pharmacy.consult(other[0], Origin.PAPER).order.act_id == other[1]
        assert len(doctor.executions(ByNumber(other[0])).executions) == 1

    raw = proof.read_bytes()
    signed = json.loads(raw)
    assert signed["proof"]["gone"] == told["gone"]
    assert [each["name"] for each in signed["proof"]["destroyed"]] == OF_2020
    for secret in (lookup, old[0], str(old[1]), "DURAND", "MARTIN"):
        assert str(secret) not in raw.decode() + done.stdout + seen.stdout
    verified(raw, _public(system), ledger.lines(_settings(system).key_file))
    page = tmp_path / "keys.json"
    page.write_text(httpx2.get(f"{system.url}/v1/acknowledgement-keys").text)
    for words in (("--verify", str(proof)), ("--verify", str(proof), "--keys", str(page))):
        assert "Preuve authentique" in shell.run("retention", *words).stdout
    assert "data[2020]" not in dict(read_file(_settings(system).key_file).named())
    again = shell.json("retention", "--delete")["proof"]
    assert (again["gone"], again["destroyed"], again["gone_in_all"]) == ([], [], told["gone"])
    over_it = shell.run("retention", "--delete", "--to", str(proof))
    assert (over_it.returncode, "fichier nouveau" in over_it.stderr) == (9, True)


def _retained(system: System, at: datetime = LATER) -> SignedProof:
    return asyncio.run(retain(_settings(system), _owner(system), at))


def test_a_proof_in_which_any_bit_changed_or_of_another_service_or_ledger_is_refused(
    system: System, tmp_path: Path
) -> None:
    signed = _retained(system)
    raw, keys, here = written(signed), _public(system), ledger.lines(_settings(system).key_file)
    assert verified(raw, keys, here) == signed.proof
    assert verified(raw, keys) == signed.proof
    for place in range(len(raw)):
        for bit in (1, 4, 32):
            with pytest.raises(ProofRefused):
                verified(raw[:place] + bytes([raw[place] ^ bit]) + raw[place + 1 :], keys, here)
    with pytest.raises(ProofRefused):
        verified(raw[:-1], keys, here)
    last = signed.signature[-1]
    for end in set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") - {last}:
        bent = msgspec.structs.replace(signed, signature=signed.signature[:-1] + end)  # some decode to the same bits
        with pytest.raises(ProofRefused):
            verified(written(bent), keys, here)
    stranger = Vault(new_keys(date(2026, 11, 22)))
    with pytest.raises(ProofRefused):
        verified(raw, dict.fromkeys(keys, stranger._ack_jwk), here)
    other = tmp_path / "other" / "service-keys.json"
    write_file(other, with_years(new_keys(date(2026, 11, 22)), date(2020, 6, 1)))
    destroy(other, {2020: 0}, LATER)
    with pytest.raises(ProofRefused, match="n'est pas celui qui est ici"):
        verified(raw, keys, ledger.lines(other))
    (tmp_path / "proof.json").write_bytes(raw[:-9])
    refused = Shell(system, tmp_path, "dr-martin").run("retention", "--verify", str(tmp_path / "proof.json"))
    assert refused.returncode == 6
    assert "preuve" in refused.stderr


def test_the_keys_of_a_year_stay_while_anything_of_it_does_and_the_service_starts_without_them(home: Path) -> None:
    with running(home) as system:
        with system.client("dr-martin") as doctor, system.client("pharmacie-centre") as pharmacy:
            _, act_id = _prescribed(doctor, pharmacy)
        year = datetime.now(UTC).year
        _is_over(system, act_id, f"{year + 6}-06-01")
        seen = asyncio.run(preview(_settings(system), _owner(system), datetime(year + 6, 6, 1, 12, tzinfo=UTC)))
        assert list(seen.keys) == OF_2020
        seen = asyncio.run(preview(_settings(system), _owner(system), datetime(year + 6, 6, 2, 12, tzinfo=UTC)))
        assert list(seen.keys) == [*OF_2020, *(f"{kind}[{year}]" for kind in YEAR_KINDS)]
        proof = _retained(system, datetime(year + 6, 6, 1, 12, tzinfo=UTC)).proof
        assert [each.name for each in proof.destroyed] == OF_2020
        proof = _retained(system, datetime(year + 6, 6, 2, 12, tzinfo=UTC)).proof
        assert [(each.name, each.prescriptions) for each in proof.destroyed] == [
            (f"{kind}[{year}]", 1) for kind in YEAR_KINDS
        ]
        assert all(isinstance(each, Destroyed) for each in proof.destroyed)


def test_what_an_older_backup_of_base_and_keys_brings_back_goes_before_the_service_answers(
    home: Path, tmp_path: Path
) -> None:
    with running(home) as system:
        with system.client("dr-martin") as doctor, system.client("pharmacie-centre") as pharmacy:
            old, living = _prescribed(doctor, pharmacy), _prescribed(doctor, pharmacy)
        lookup = bytes.fromhex(_is_over(system, old[1]))
        settings = _settings(system)
        older_keys = settings.key_file.read_bytes()
        take(_owner(system), tmp_path / "copy", system.now)
        _retained(system, system.now())
        assert not owner_fetches(system, "SELECT FROM act WHERE lookup = $1", lookup)
    settings.key_file.write_bytes(older_keys)
    shutil.rmtree(home / "db")
    reload_embedded(tmp_path / "copy", home / "db", "ordonum", datetime.now(UTC))
    with served(home) as service:  # as after a restoration by other means than ours
        (told,) = service.logged("ended")
        assert told["prescriptions"] == 1
        until(lambda: bool(service.logged("started")))
        events = [each["event"] for each in service.logged()]
        assert events.index("ended") < events.index("started")
        assert b'"2020"' not in settings.key_file.read_bytes()
    with running(home) as system:
        assert not owner_fetches(system, "SELECT FROM act WHERE lookup = $1", lookup)
        with system.client("pharmacie-centre") as pharmacy:
            assert pharmacy.consult(living[0], Origin.PAPER).order.act_id == living[1]


def test_the_command_that_restores_deletes_again(home: Path, tmp_path: Path) -> None:
    with running(home) as system:
        shell = Shell(system, tmp_path, "dr-martin")
        with system.client("dr-martin") as doctor, system.client("pharmacie-centre") as pharmacy:
            _is_over(system, _prescribed(doctor, pharmacy)[1])
            _prescribed(doctor, pharmacy)
        assert shell.run("backup", str(tmp_path / "copy")).returncode == 0
    shutil.rmtree(home / "db")
    assert shell.json("restore", str(tmp_path / "copy"))["ended"] == 1
    assert shell.json("retention")["gone"] == []


def test_destroyed_keys_take_all_that_a_backup_brings_back_of_their_year_but_only_in_their_own_base(
    system: System,
) -> None:
    """Registered since that back-up was made, an early act would wait for a registration that is gone."""
    with system.client("dr-martin") as doctor, system.client("pharmacie-centre") as pharmacy:
        _prescribed(doctor, pharmacy)
    year, settings, owner = datetime.now(UTC).year, _settings(system), _owner(system)
    elsewhere = settings.home / "elsewhere" / "keys" / "service-keys.json"
    write_file(elsewhere, new_keys(datetime.now(UTC).date()))
    destroy(elsewhere, {year: 1}, system.now())
    mine = ledger.NAME
    shutil.copy(elsewhere.with_name(mine), settings.key_file.with_name(mine))
    assert asyncio.run(forget(settings, owner, system.now())) == 0
    settings.key_file.with_name(mine).unlink()
    destroy(settings.key_file, {year: 1}, system.now())
    assert asyncio.run(forget(settings, owner, system.now())) == 1
    assert owner_fetches(system, "SELECT FROM act") == []


def test_a_clock_years_ahead_destroys_nothing_by_itself_and_the_command_still_does(home: Path) -> None:
    with running(home) as system:
        with system.client("dr-martin") as doctor, system.client("pharmacie-centre") as pharmacy:
            _prescribed(doctor, pharmacy)
            _is_over(system, _prescribed(doctor, pharmacy)[1])
        settings, owner = _settings(system), _owner(system)
        before = _state(system)
        for days in (36, 365 * 7):  # a real day of the service, or a clock that is wrong: nobody prescribed lately
            with pytest.raises(ClockDoubted):
                asyncio.run(forget(settings, owner, system.now() + timedelta(days=days)))
        assert _state(system) == before
        assert asyncio.run(forget(settings, owner, system.now() + timedelta(days=35))) == 1
        assert asyncio.run(forget(settings, owner, system.now() + timedelta(days=36))) == 0  # nothing is over: no doubt
        assert asyncio.run(forget(settings, owner, system.now() + timedelta(days=365 * 7), alone=False)) == 1


def test_the_keys_of_another_service_are_not_destroyed_for_this_base(system: System, tmp_path: Path) -> None:
    settings = _settings(system)
    write_file(settings.key_file, with_years(new_keys(datetime.now(UTC).date()), date(2020, 6, 1)))
    refused = Shell(system, tmp_path, "dr-martin").run("retention", "--delete")
    assert (refused.returncode, "n'est pas celle de cette base" in refused.stderr) == (8, True)
    assert "2020" in read_file(settings.key_file).data


def _run_without_base(home: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "ORDONUM_HOME": str(home)}
    return subprocess.run(
        [sys.executable, "-m", "ordonum.cli", "retention"], env=environment, capture_output=True, text=True, check=False
    )


def test_without_a_base_it_says_so(tmp_path: Path) -> None:
    refused = _run_without_base(tmp_path / "nothing")
    assert (refused.returncode, "Aucune base" in refused.stderr) == (9, True)
