"""A key that was destroyed comes back from nowhere: not from an older key file, not from an older back-up of the keys."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ordonum.model.retention import NOTHING_BEFORE, YEAR_KINDS, BrokenChain, chained, digest, may_die, over, written
from ordonum.server.vault import ledger
from ordonum.server.vault.key_backup import decrypted, encrypted, put_back
from ordonum.server.vault.keys import (
    KeyFile,
    KeysRefused,
    destroy,
    fingerprint,
    load_or_create,
    new_keys,
    read_file,
    with_years,
    write_file,
)
from ordonum.server.vault.ledger import LedgerRefused

NOW = datetime(2032, 1, 2, tzinfo=UTC)
OF_2026 = {f"{kind}[2026]" for kind in YEAR_KINDS}
Known = dict[str, bytes]


def _keys(*years: int) -> KeyFile:
    keys = new_keys(date(years[0], 6, 1))
    for year in years[1:]:
        keys = with_years(keys, date(year, 6, 1))
    return keys


def _known(keys: KeyFile) -> Known:
    return {name: fingerprint(name, key) for name, key in keys.named()}


def _names(keys: KeyFile) -> set[str]:
    return {name for name, _ in keys.named()}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "keys" / "service-keys.json"
    write_file(made, _keys(2026, 2027, 2032))
    return made


def test_a_destroyed_key_leaves_the_file_and_the_service_starts_although_the_base_knows_it(file: Path) -> None:
    before = read_file(file)
    dead = destroy(file, {2026: 12}, NOW)
    assert [(each.name, each.prescriptions) for each in dead] == [(f"{kind}[2026]", 12) for kind in YEAR_KINDS]
    assert {each.name: bytes.fromhex(each.fingerprint) for each in dead}.items() <= _known(before).items()
    assert before.data["2026"] not in file.read_bytes()
    assert load_or_create(file, _known(before), database_empty=False, now=NOW) == read_file(file)
    assert _names(before) - _names(read_file(file)) == OF_2026


def test_a_key_that_left_without_the_ledger_saying_so_is_a_refusal(file: Path) -> None:
    known = _known(read_file(file))
    destroy(file, {2026: 12}, NOW)
    (file.parent / ledger.NAME).unlink()
    with pytest.raises(KeysRefused, match=r"registre des clés détruites"):
        load_or_create(file, known, database_empty=False, now=NOW)
    other = _keys(2026, 2032)
    write_file(file, other)
    destroy(file, {2026: 12}, NOW)
    load_or_create(file, _known(other), database_empty=False, now=NOW)
    with pytest.raises(KeysRefused, match=r"data\[2026\]"):  # the one that this base knows is another
        load_or_create(file, _known(other) | {"data[2026]": b"x" * 32}, database_empty=False, now=NOW)


def test_a_clock_in_a_year_whose_keys_are_destroyed_stops_the_start_and_makes_no_other(file: Path) -> None:
    known = _known(read_file(file))
    destroy(file, {2026: 12}, NOW)
    before = file.read_bytes()
    with pytest.raises(KeysRefused, match="horloge"):
        load_or_create(file, known, database_empty=False, now=datetime(2026, 11, 22, tzinfo=UTC))
    assert file.read_bytes() == before


def test_an_older_key_file_is_purged_again_when_it_is_read_and_on_the_disk_at_the_next_start(file: Path) -> None:
    older = file.read_bytes()
    known = _known(read_file(file))
    destroy(file, {2026: 12}, NOW)
    file.write_bytes(older)
    assert not OF_2026 & _names(read_file(file))
    assert file.read_bytes() == older  # reading writes nothing
    load_or_create(file, known, database_empty=False, now=NOW)
    assert msgspec.json.decode(file.read_bytes(), type=KeyFile) == read_file(file)
    assert not OF_2026 & _names(msgspec.json.decode(file.read_bytes(), type=KeyFile))


def test_a_destruction_cut_short_after_the_ledger_is_a_destruction(file: Path) -> None:
    """The ledger is on the disk first: what dies between the two leaves an older key file, so to say."""
    whole = file.read_bytes()
    destroy(file, {2026: 12}, NOW)
    file.write_bytes(whole)
    assert destroy(file, {2027: 3}, NOW)[0].name == "seal[2027]"
    assert _names(msgspec.json.decode(file.read_bytes(), type=KeyFile)) == _names(_keys(2032))


def _certificate(key: ec.EllipticCurvePrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Garde des clés")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    dated = made.not_valid_before(NOW).not_valid_after(NOW.replace(year=2040))
    return dated.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


ONE, OTHER = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())


def _saved(file: Path) -> bytes:
    return encrypted(file, [_certificate(ONE), _certificate(OTHER)])[0]


def _private() -> bytes:
    return ONE.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def test_an_older_backup_of_the_keys_is_purged_by_the_ledger_that_is_here(file: Path) -> None:
    older = _saved(file)
    destroy(file, {2026: 12}, NOW)
    file.unlink()
    keys = decrypted(older, _private(), None)
    assert _names(keys) >= OF_2026
    put_back(file, keys, keys.ledger)
    assert not OF_2026 & _names(msgspec.json.decode(file.read_bytes(), type=KeyFile))


def test_a_backup_of_the_keys_brings_its_ledger_and_never_a_shorter_or_foreign_one(file: Path, tmp_path: Path) -> None:
    destroy(file, {2026: 12}, NOW)
    first, saved = ledger.lines(file), decrypted(_saved(file), _private(), None)
    elsewhere = tmp_path / "elsewhere" / file.name
    put_back(elsewhere, saved, saved.ledger)
    assert ledger.lines(elsewhere) == first
    assert not OF_2026 & _names(read_file(elsewhere))
    destroy(file, {2027: 3}, NOW)
    file.unlink()
    put_back(file, saved, saved.ledger)
    assert len(ledger.lines(file)) == 6
    assert not {"data[2026]", "data[2027]"} & _names(read_file(file))
    elsewhere.unlink()
    foreign = tmp_path / "foreign" / file.name
    write_file(foreign, _keys(2026, 2032))
    destroy(foreign, {2026: 1}, NOW)
    with pytest.raises(LedgerRefused, match="n'est pas celui"):
        put_back(elsewhere, saved, ledger.lines(foreign))
    assert not elsewhere.exists()


def _changed(line: str) -> str:
    return line.replace('"prescriptions":12', '"prescriptions":13')


@pytest.mark.parametrize(
    "damage",
    [
        lambda lines: [_changed(lines[0]), *lines[1:]],
        lambda lines: lines[1:],
        lambda lines: [lines[0], lines[2]],
        lambda lines: [lines[0].replace(":", ": ", 1), *lines[1:]],
        lambda lines: [*lines, "{}"],
        lambda lines: [*lines, lines[-1]],
        lambda lines: [*lines[:-1], lines[-1][:-5]],
    ],
)
def test_a_ledger_in_which_anything_changed_stops_the_start(
    file: Path, damage: Callable[[list[str]], list[str]]
) -> None:
    known = _known(read_file(file))
    destroy(file, {2026: 12}, NOW)
    there = list(ledger.lines(file))
    (file.parent / ledger.NAME).write_text("".join(f"{line}\n" for line in damage(there)))
    with pytest.raises(LedgerRefused, match="abîmé"):
        load_or_create(file, known, database_empty=False, now=NOW)


def test_each_line_names_the_one_before(file: Path) -> None:
    destroy(file, {2026: 12, 2027: 0}, NOW)
    lines = ledger.lines(file)
    read = chained(lines)
    assert [each.before for each in read] == [NOTHING_BEFORE, *(digest(line) for line in lines[:-1])]
    assert tuple(written(each) for each in read) == lines
    with pytest.raises(BrokenChain):
        chained(lines[3:])


def test_the_keys_of_a_year_die_when_five_full_years_have_passed_and_nothing_of_it_is_left() -> None:
    years = (2025, 2026, 2027)
    assert may_die(years, frozenset(), date(2031, 12, 31)) == (2025,)
    assert may_die(years, frozenset(), date(2032, 1, 1)) == (2025, 2026)
    assert may_die(years, frozenset({2025}), date(2032, 1, 1)) == (2026,)
    assert over(date(2032, 12, 31)).unjoined_before == 2026  # those of 2025 and before
