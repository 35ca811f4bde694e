"""The back-up of the keys: either of two private keys opens it, nothing else does, and no key file is written over."""

import json
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.x509.oid import NameOID

from ordonum.server.vault.key_backup import (
    KeyBackupRefused,
    PassphraseWanted,
    decrypted,
    encrypted,
    put_back,
    write_new,
)
from ordonum.server.vault.keys import new_keys, read_file, write_file

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SECRET = b"correct cheval pile agrafe"


def _certificate(key: CertificateIssuerPrivateKeyTypes) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Garde des clés")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    dated = made.serial_number(1).not_valid_before(NOW).not_valid_after(NOW + timedelta(days=3650))
    return dated.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _private(key: CertificateIssuerPrivateKeyTypes, secret: bytes | None = None) -> bytes:
    locked = serialization.BestAvailableEncryption(secret) if secret else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)


RSA = rsa.generate_private_key(65537, 2048)
P256, P384 = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP384R1())
KEYS = new_keys(NOW.date())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "keys" / "service-keys.json"
    write_file(made, KEYS)
    return made


@pytest.mark.parametrize(("one", "other"), [(RSA, P256), (P256, P384), (RSA, rsa.generate_private_key(65537, 2048))])
def test_either_private_key_opens_it(
    file: Path, one: CertificateIssuerPrivateKeyTypes, other: CertificateIssuerPrivateKeyTypes
) -> None:
    whole, names = encrypted(file, [_certificate(one), _certificate(other)])
    assert set(names) == {name for name, _ in KEYS.named()}
    for key in (one, other):
        assert list(decrypted(whole, _private(key), None).named()) == list(KEYS.named())
    told = json.loads(whole)
    assert [each["header"]["alg"] in ("RSA-OAEP-256", "ECDH-ES+A256KW") for each in told["recipients"]] == [True, True]


def test_two_certificates_of_two_keys_are_wanted(file: Path) -> None:
    wrong: list[list[CertificateIssuerPrivateKeyTypes]] = [[P256], [P256, P256], [P256, P384, RSA]]
    for some in wrong:
        with pytest.raises(KeyBackupRefused, match="exactement deux"):
            encrypted(file, [_certificate(each) for each in some])
    with pytest.raises(KeyBackupRefused, match="pas un certificat"):
        encrypted(file, [_certificate(P256), b"bonjour"])
    with pytest.raises(KeyBackupRefused, match="ne convient pas"):
        encrypted(file, [_certificate(P256), _certificate(rsa.generate_private_key(65537, 1024))])
    with pytest.raises(KeyBackupRefused, match="Aucun fichier"):
        encrypted(file.with_name("absent"), [_certificate(P256), _certificate(RSA)])


def test_another_key_a_damaged_file_and_a_foreign_one_are_told_apart(file: Path) -> None:
    whole, _ = encrypted(file, [_certificate(RSA), _certificate(P256)])
    with pytest.raises(KeyBackupRefused, match="n'est pas l'une des deux"):
        decrypted(whole, _private(P384), None)
    told = json.loads(whole)
    for part in ("ciphertext", "tag", "iv"):
        bent = told | {part: ("B" if told[part][0] == "A" else "A") + told[part][1:]}
        with pytest.raises(KeyBackupRefused, match="abîmée"):
            decrypted(json.dumps(bent).encode(), _private(RSA), None)
    for foreign in (b"", b"{}", b"[1]", whole[:-40], json.dumps(told | {"recipients": []}).encode(), b"\xff\x00"):
        with pytest.raises(KeyBackupRefused, match="n'est pas une sauvegarde"):
            decrypted(foreign, _private(RSA), None)
    with pytest.raises(KeyBackupRefused, match="pas lisible"):
        decrypted(whole, b"bonjour", None)


def test_a_locked_private_key_asks_for_its_passphrase(file: Path) -> None:
    whole, _ = encrypted(file, [_certificate(RSA), _certificate(P256)])
    locked = _private(P256, SECRET)
    with pytest.raises(PassphraseWanted):
        decrypted(whole, locked, None)
    with pytest.raises(KeyBackupRefused, match="phrase secrète"):
        decrypted(whole, locked, "une autre")
    assert list(decrypted(whole, locked, SECRET.decode()).named()) == list(KEYS.named())


def test_what_is_put_back_is_private_and_never_over_another(tmp_path: Path) -> None:
    target = tmp_path / "home" / "keys" / "service-keys.json"
    put_back(target, KEYS)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert list(read_file(target).named()) == list(KEYS.named())
    before = target.read_bytes()
    with pytest.raises(KeyBackupRefused, match="jamais écrasé"):
        put_back(target, new_keys(NOW.date()))
    assert target.read_bytes() == before
    write_new(tmp_path / "copy.jwe", b"x")
    with pytest.raises(KeyBackupRefused, match="existe déjà"):
        write_new(tmp_path / "copy.jwe", b"y")
    assert (tmp_path / "copy.jwe").read_bytes() == b"x"
    assert [each.name for each in tmp_path.iterdir() if each.name.endswith(".new")] == []


def test_the_commands_ask_for_the_passphrase_and_show_no_key(file: Path, tmp_path: Path) -> None:
    (tmp_path / "a.pem").write_bytes(_certificate(RSA))
    (tmp_path / "b.pem").write_bytes(_certificate(P256))
    (tmp_path / "b.key").write_bytes(_private(P256, SECRET))

    def run(home: Path, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ordonum.cli", "keys", *words],
            cwd=tmp_path,
            env={"PATH": "/usr/bin:/bin", "ORDONUM_HOME": str(home), "COLUMNS": "120"},
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )

    there, elsewhere = file.parents[1], tmp_path / "elsewhere"
    made = run(there, "backup", "--to", "a.pem", "--to", "b.pem", "k.jwe")
    assert (made.returncode, "années 2026" in made.stdout) == (0, True), made.stderr
    assert run(there, "backup", "--to", "a.pem", "l.jwe").returncode == 9
    put = run(elsewhere, "restore", "k.jwe", "--key", "b.key", typed=SECRET.decode() + "\n")
    assert put.returncode == 0, put.stderr
    assert (elsewhere / "keys" / "service-keys.json").read_bytes() == file.read_bytes()
    again = run(elsewhere, "restore", "k.jwe", "--key", "b.key", typed=SECRET.decode() + "\n")
    assert (again.returncode, "jamais écrasé" in again.stderr) == (9, True)
    shown = "".join(each.stdout + each.stderr for each in (made, put, again)) + (tmp_path / "k.jwe").read_text()
    words = [each for each in json.loads(file.read_bytes()).values() if isinstance(each, str)]
    assert SECRET.decode() not in shown
    assert not any(word in shown for word in words)
