"""The key file: safe on the disk, never made twice, completed for the coming year."""

import stat
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from ordonum.model.number import EpuId
from ordonum.server.vault.keys import (
    KeysRefused,
    fingerprint,
    load_or_create,
    new_keys,
    read_file,
    with_years,
    write_file,
    years_wanted,
)
from ordonum.server.vault.vault import Purpose, Unreadable, Vault

NOW = datetime(2026, 11, 22, tzinfo=UTC)
NUMBER = EpuId("01S2TBPZ2JCNZZYGHZ")


def _known(file: Path) -> dict[str, bytes]:
    return {name: fingerprint(name, key) for name, key in read_file(file).named()}


def test_a_first_file_is_made_for_an_empty_database_only(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "k.json"
    with pytest.raises(KeysRefused, match="manque"):
        load_or_create(file, {}, database_empty=False, now=NOW)
    assert not file.exists()
    load_or_create(file, {}, database_empty=True, now=NOW)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_missing_or_wrong_file_beside_a_database_is_a_refusal(tmp_path: Path) -> None:
    file, other = tmp_path / "k.json", tmp_path / "other.json"
    load_or_create(file, {}, database_empty=True, now=NOW)
    known = _known(file)
    load_or_create(file, known, database_empty=False, now=NOW)
    write_file(other, new_keys(NOW.date()))
    with pytest.raises(KeysRefused, match="n'est pas celle de cette base"):
        load_or_create(other, known, database_empty=False, now=NOW)
    file.unlink()
    with pytest.raises(KeysRefused, match="manque"):
        load_or_create(file, known, database_empty=True, now=NOW)
    assert not file.exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_file_that_others_read_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "k.json"
    write_file(file, new_keys(NOW.date()))
    file.chmod(mode)
    with pytest.raises(KeysRefused, match="chmod 600"):
        read_file(file)


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"v": 1}'])
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "k.json"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(KeysRefused, match="abîmé"):
        read_file(file)


def test_next_years_keys_exist_from_december() -> None:
    assert years_wanted(date(2026, 11, 30)) == ("2026",)
    assert years_wanted(date(2026, 12, 1)) == ("2026", "2027")
    keys = new_keys(date(2026, 11, 22))
    assert with_years(keys, date(2026, 11, 30)) is keys
    completed = with_years(keys, date(2026, 12, 1))
    assert set(completed.data) == {"2026", "2027"}
    assert completed.data["2026"] == keys.data["2026"]


def test_what_was_sealed_opens_with_the_number_only_and_in_its_own_place() -> None:
    vault, act, other_act = Vault(new_keys(NOW.date())), uuid4(), uuid4()
    lookup = vault.lookup(NUMBER)
    sealed = vault.seal(NUMBER, 2026, lookup, act, b"identity")
    assert vault.unseal(NUMBER, 2026, lookup, act, sealed) == b"identity"
    other = EpuId("01S2TBPZ2JCNZZYGHX")
    for number, where, act_id in (
        (other, lookup, act),
        (NUMBER, vault.lookup(other), act),
        (NUMBER, lookup, other_act),
    ):
        with pytest.raises(Unreadable):
            vault.unseal(number, 2026, where, act_id, sealed)
    with pytest.raises(Unreadable):
        vault.unseal(NUMBER, 2026, lookup, act, sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with pytest.raises(Unreadable):
        Vault(new_keys(NOW.date())).unseal(NUMBER, 2026, lookup, act, sealed)


def test_each_purpose_has_its_own_key() -> None:
    vault, act = Vault(new_keys(NOW.date())), uuid4()
    lookup = vault.lookup(NUMBER)
    closed = vault.encrypt(Purpose.BODY, 2026, lookup, act, b"lines")
    for purpose in Purpose:
        if purpose is Purpose.BODY:
            assert vault.decrypt(purpose, 2026, lookup, act, closed) == b"lines"
        else:
            with pytest.raises(Unreadable):
                vault.decrypt(purpose, 2026, lookup, act, closed)


def test_the_coming_years_keys_are_written_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "k.json"
    load_or_create(file, {}, database_empty=True, now=NOW)
    known = _known(file)
    load_or_create(file, known, database_empty=False, now=datetime(2026, 12, 1, tzinfo=UTC))
    assert set(read_file(file).nir) == {"2026", "2027"}
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_names_of_rows_depend_on_the_keys_and_on_their_kind() -> None:
    one, other = Vault(new_keys(NOW.date())), Vault(new_keys(NOW.date()))
    assert one.lookup(NUMBER) != other.lookup(NUMBER)
    assert one.blind("author/1", "x") != one.blind("own-act/1", "x")
    assert one.content(b"a" * 32, b"x") != one.content(b"b" * 32, b"x")
    assert "…" in repr(one)
    assert repr(new_keys(NOW.date())) == "KeyFile(…)"


def test_the_acknowledgement_keys_bear_their_dates_and_old_ones_stay() -> None:
    keys = new_keys(NOW.date())
    keys = msgspec.structs.replace(keys, ack={"10": b"c" * 32, "9": b"b" * 32, "1": keys.ack["1"]})
    days = {"ack[1]": NOW, "ack[9]": NOW.replace(year=2027), "ack[10]": NOW.replace(year=2028)}
    told = [(each["kid"], each["from"], each["until"]) for each in Vault(keys, days).dated_keys()]
    assert told == [
        ("ack-1", days["ack[1]"], days["ack[9]"]),
        ("ack-9", days["ack[9]"], days["ack[10]"]),
        ("ack-10", days["ack[10]"], None),
    ]


def test_a_short_key_and_a_key_that_the_file_lost_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "k.json"
    keys = new_keys(NOW.date())
    write_file(file, msgspec.structs.replace(keys, tok=keys.tok[:31]))
    with pytest.raises(KeysRefused, match="abîmé"):
        read_file(file)
    write_file(file, keys)
    known = _known(file) | {"data[2025]": b"x" * 32}
    with pytest.raises(KeysRefused, match=r"data\[2025\]"):
        load_or_create(file, known, database_empty=False, now=NOW)
