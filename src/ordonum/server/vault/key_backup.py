"""The key file, encrypted to two certificates: either private key opens it, so that losing one loses nothing.

A JWE in the General JSON Serialization (RFC 7516, 7.2.1), A256GCM, one recipient a certificate: RSA-OAEP-256, or
ECDH-ES+A256KW for P-256, P-384 and P-521. Any JOSE library opens it without ordonum. The ledger of destroyed keys goes
with them.
"""

import base64
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import msgspec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from ordonum.server.vault import ledger
from ordonum.server.vault.keys import KEY_BYTES, KeyFile, read_file, without, write_file
from ordonum.server.vault.whole import alone

TYP = "ordonum-service-keys+jwe"
RSA_BITS_MIN = 2048
RECIPIENTS = 2
_ALGORITHMS = ["RSA-OAEP-256", "ECDH-ES+A256KW", "A256GCM"]
_CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)


class KeyBackupRefused(Exception):
    """The keys cannot be backed up, or not put back; the message says why and what to do, in French, and shows no key."""


class SavedKeys(KeyFile, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The keys of a back-up, with the lines of the ledger of destroyed keys as it was."""

    ledger: tuple[str, ...] = ()


class PassphraseWanted(Exception):
    """The private key is locked by a passphrase."""


def encrypted(key_file: Path, certificates: Sequence[bytes]) -> tuple[bytes, tuple[str, ...]]:
    """The JWE of a key file for two certificates (PEM or DER), and the names of the keys that it holds.

    Raises KeyBackupRefused, KeysRefused, LedgerRefused.
    """
    if not key_file.exists():
        raise KeyBackupRefused(f"Aucun fichier de clés : {key_file} (ORDONUM_HOME).")
    keys = read_file(key_file)
    recipients = [_recipient(each) for each in certificates]
    if len({_thumbprint(key) for key, _ in recipients}) != RECIPIENTS or len(recipients) != RECIPIENTS:
        raise KeyBackupRefused(
            "Il faut exactement deux certificats, de deux clés différentes, gardées par deux personnes : "
            "--to A.pem --to B.pem."
        )
    saved = SavedKeys(**msgspec.structs.asdict(keys), ledger=ledger.lines(key_file))
    sealed = jwe.GeneralJSONEncryption({"enc": "A256GCM", "typ": TYP}, msgspec.json.encode(saved))
    for key, algorithm in recipients:
        sealed.add_recipient({"alg": algorithm, "kid": _thumbprint(key)}, key)
    whole = jwe.encrypt_json(sealed, None, algorithms=_ALGORITHMS)
    return msgspec.json.format(msgspec.json.encode(whole), indent=1) + b"\n", tuple(name for name, _ in keys.named())


def decrypted(whole: bytes, private: bytes, passphrase: str | None) -> SavedKeys:
    """The keys of a back-up, by one of the two private keys (PEM). Raises KeyBackupRefused, PassphraseWanted."""
    sealed = _read(whole)
    key = _private(private, passphrase)
    mine = _thumbprint(key)
    for_us = [each for each in sealed["recipients"] if each["header"]["kid"] == mine]
    if not for_us:
        raise KeyBackupRefused("Cette clé privée n'est pas l'une des deux pour lesquelles les clés ont été chiffrées.")
    try:
        opened = jwe.decrypt_json(cast(Any, sealed | {"recipients": for_us}), key, algorithms=_ALGORITHMS)
        keys = msgspec.json.decode(opened.plaintext or b"", type=SavedKeys)
    except (JoseError, ValueError, TypeError, KeyError, msgspec.MsgspecError):
        raise KeyBackupRefused("Cette sauvegarde de clés est abîmée : prenez-en une autre copie.") from None
    if any(len(each) != KEY_BYTES for _, each in keys.named()):
        raise KeyBackupRefused("Cette sauvegarde de clés est abîmée : prenez-en une autre copie.")
    return keys


def put_back(key_file: Path, keys: KeyFile, saved: tuple[str, ...] = ()) -> None:
    """Write the key file where there is none, without what the ledger says destroyed: the one that is here, or the one
    `saved` with the keys if it is longer. 0600 and on the disk when this returns. Raises KeyBackupRefused, LedgerRefused.
    """
    try:
        with alone(key_file.parent):
            if key_file.exists():
                raise KeyBackupRefused(
                    f"Un fichier de clés est déjà là, jamais écrasé. S'il n'est pas le bon, mettez-le de côté : {key_file}"
                )
            ledger.put_back(key_file, saved)
            plain = KeyFile(**{name: getattr(keys, name) for name in KeyFile.__struct_fields__})
            write_file(key_file, without(plain, ledger.destroyed(key_file)))
    except OSError as error:
        raise KeyBackupRefused(f"Le fichier de clés ne s'écrit pas ({error.strerror}) : {key_file}") from None


def write_new(file: Path, content: bytes) -> None:
    """A file 0600 that was not there, whole and on the disk when this returns. Raises KeyBackupRefused."""
    side = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        with os.fdopen(os.open(side, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(side, file)
        finally:
            side.unlink()
        directory = os.open(file.absolute().parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except FileExistsError:
        raise KeyBackupRefused(f"{file} existe déjà : une sauvegarde s'écrit dans un fichier nouveau.") from None
    except OSError as error:
        raise KeyBackupRefused(f"La sauvegarde des clés ne s'écrit pas ({error.strerror}) : {file}") from None


def _recipient(raw: bytes) -> tuple[RSAKey | ECKey, str]:
    """The public key of a certificate, and how the content's key is wrapped for it."""
    try:
        pem = b"-----BEGIN CERTIFICATE-----" in raw
        key = (x509.load_pem_x509_certificate(raw) if pem else x509.load_der_x509_certificate(raw)).public_key()
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion):
        raise KeyBackupRefused("Un des deux fichiers n'est pas un certificat X.509 (PEM ou DER).") from None
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= RSA_BITS_MIN:
        return RSAKey.import_key(key), "RSA-OAEP-256"
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, _CURVES):
        return ECKey.import_key(key), "ECDH-ES+A256KW"
    raise KeyBackupRefused(
        "La clé d'un certificat ne convient pas : RSA de 2048 bits au moins, ou courbe P-256, P-384, P-521."
    )


def _private(raw: bytes, passphrase: str | None) -> RSAKey | ECKey:
    try:
        key = serialization.load_pem_private_key(raw, passphrase.encode() if passphrase else None)
    except TypeError:  # locked and no passphrase, or the reverse
        if passphrase is None:
            raise PassphraseWanted from None
        return _private(raw, None)
    except (ValueError, UnsupportedAlgorithm):
        raise KeyBackupRefused(
            "La clé privée n'est pas lisible (PEM), ou sa phrase secrète n'est pas la bonne."
        ) from None
    if isinstance(key, rsa.RSAPrivateKey):
        return RSAKey.import_key(key)
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, _CURVES):
        return ECKey.import_key(key)
    raise KeyBackupRefused("Cette clé privée n'est ni RSA ni P-256, P-384, P-521.")


def _read(whole: bytes) -> dict[str, Any]:
    """The parts of the JWE, whose shape is the one that `encrypted` makes."""
    foreign = KeyBackupRefused("Ce fichier n'est pas une sauvegarde des clés du service, ou il est abîmé.")
    try:
        sealed = msgspec.json.decode(whole)
        protected = msgspec.json.decode(_decoded(sealed["protected"]))
        kids = [each["header"]["kid"] for each in sealed["recipients"]]
    except (msgspec.MsgspecError, UnicodeDecodeError, KeyError, TypeError, ValueError):
        raise foreign from None
    if not isinstance(sealed, dict) or protected.get("typ") != TYP or len(kids) != RECIPIENTS:
        raise foreign
    return sealed


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _thumbprint(key: RSAKey | ECKey) -> str:
    """The RFC 7638 thumbprint: what names a key, whatever certificate bears it."""
    return str(key.thumbprint())
