"""The key of a workstation, and what it seals: AES-256-GCM, a key of its own for each name. See docs/adr/0004.

A sealed file: version (1 byte) ‖ which key (8) ‖ nonce (12) ‖ ciphertext and tag; its own name is authenticated with it.
"""

import os
import secrets
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from ordonum.client.errors import UnusableOutbox

VERSION = b"\x01"
KEY_BYTES, WHICH_BYTES, NONCE_BYTES = 32, 8, 12
_HEADER = 1 + WHICH_BYTES + NONCE_BYTES


class Damaged(Exception):
    """Sealed bytes that do not open: cut, altered, or under another name."""


class KeyWrap(Protocol):
    """Where the workstation's key is locked up besides its file: a card, the system's key ring, a security module."""

    def wrap(self, key: bytes) -> bytes:
        """What the file holds of this key."""

    def unwrap(self, wrapped: bytes) -> bytes:
        """The key of what the file holds. Raises ValueError."""


class InItsFile:
    """The key as it is, in its file: whoever reads the file as this user has the key."""

    def wrap(self, key: bytes) -> bytes:
        """The key itself."""
        return key

    def unwrap(self, wrapped: bytes) -> bytes:
        """The key itself."""
        return wrapped


class Seal:
    """The workstation's key at work."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._which = _derived(key, b"ordonum/outbox/which/1", WHICH_BYTES)

    def close(self, name: str, clear: bytes) -> bytes:
        """These bytes, sealed under this name."""
        header = VERSION + self._which + secrets.token_bytes(NONCE_BYTES)
        return header + self._of(name).encrypt(header[-NONCE_BYTES:], clear, header + name.encode())

    def open(self, name: str, sealed: bytes) -> bytes:
        """What was sealed under this name. Raises Damaged; UnusableOutbox when another key sealed it."""
        header = sealed[:_HEADER]
        if len(header) < _HEADER or header[:1] != VERSION:
            raise Damaged(name)
        if header[1 : 1 + WHICH_BYTES] != self._which:
            raise UnusableOutbox("Les actes gardés sur ce poste le sont sous une autre clé que la sienne (outbox.key).")
        try:
            return self._of(name).decrypt(header[-NONCE_BYTES:], sealed[_HEADER:], header + name.encode())
        except InvalidTag:
            raise Damaged(name) from None

    def _of(self, name: str) -> AESGCM:
        return AESGCM(_derived(self._key, b"ordonum/outbox/act/1" + name.encode(), KEY_BYTES))

    def __repr__(self) -> str:
        return "Seal(…)"


def open_seal(file: Path, wrap: KeyWrap, *, may_make: bool) -> Seal:
    """The seal whose key this file holds; made, and on the disk, at the first use. Raises UnusableOutbox."""
    if not file.exists():
        if not may_make:
            raise UnusableOutbox(
                f"La clé de ce poste manque ({file.name}) alors qu'il garde des actes : remettez-la d'une sauvegarde. "
                "Aucune autre n'a été faite ; rien n'a été envoyé."
            )
        _make(file, wrap)
    try:
        held = file.read_bytes()
        key = wrap.unwrap(held[1:]) if held[:1] == VERSION else b""
    except (OSError, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise UnusableOutbox(f"La clé de ce poste n'est pas lisible ({file.name}) ; rien n'a été envoyé.")
    return Seal(key)


def _make(file: Path, wrap: KeyWrap) -> None:
    """A new key, whole or not at all; of two processes that make one at once, the first wins."""
    side = file.with_name(f"{file.name}.{secrets.token_hex(8)}.new")
    write_whole(side, VERSION + wrap.wrap(secrets.token_bytes(KEY_BYTES)))
    try:
        os.link(side, file)
    except FileExistsError:
        pass
    finally:
        side.unlink()
    fsync_directory(file.parent)


def write_whole(file: Path, content: bytes) -> None:
    """A file that holds this, 0600, on the disk when this returns (its name is once its directory is)."""
    descriptor = os.open(file, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        left = memoryview(content)
        while left:
            left = left[os.write(descriptor, left) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_whole(file: Path) -> bytes:
    """All the bytes of a file that nobody writes in place. Raises FileNotFoundError."""
    descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, os.fstat(descriptor).st_size)
    finally:
        os.close(descriptor)


def fsync_directory(directory: Path) -> None:
    """The names of a directory, on the disk when this returns."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _derived(key: bytes, info: bytes, length: int) -> bytes:
    """HKDF-Expand: the workstation's key is uniformly random already (RFC 5869, 3.3)."""
    return HKDFExpand(algorithm=SHA256(), length=length, info=info).derive(key)
