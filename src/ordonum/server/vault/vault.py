"""Everything that needs the service's keys: look-ups, sealing, encryption, acknowledgement (docs/adr/0001).

Every ciphertext is key version (1 byte) ‖ random nonce (12) ‖ AES-256-GCM under a key of its own purpose and
prescription, with aad = lookup ‖ act id: a row moved to another prescription or act does not open.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand
from joserfc.jwk import OctKey, OKPKey

from ordonum.model.number import EpuId
from ordonum.server.vault.keys import EPOCH, KeyFile, public_text
from ordonum.wire import jws

_VERSION = b"\x01"
_NONCE = 12
KEYS_KEPT = 128  # of the prescriptions of this moment; they open less than the yearly key that lies beside them


class Purpose(Enum):
    """What a ciphertext holds; each has its own key."""

    BODY = b"body"
    ANSWER = b"answer"
    AUDIT = b"audit"
    BENEFICIARY = b"beneficiary"


class Unreadable(Exception):
    """A stored ciphertext does not open: wrong key, or a row that was altered or moved."""


class Vault:
    """The keys in use, and since when the database knows each (by its name). Nothing here is logged; `repr` shows nothing."""

    def __init__(self, keys: KeyFile, since: Mapping[str, datetime] = MappingProxyType({})) -> None:
        self._keys = keys
        self._since = since
        self._ack = Ed25519PrivateKey.from_private_bytes(keys.ack[EPOCH])
        self._ack_jwk = OKPKey.import_key(self._ack)
        self.token_key = OctKey.import_key(keys.tok)

    def has_year(self, year: str) -> bool:
        """Whether the keys of this year are loaded."""
        return year in self._keys.data

    # names of rows ---------------------------------------------------------------------------------------------------

    def lookup(self, number: EpuId) -> bytes:
        """HMAC(look, number): the only way from a number to its rows."""
        return _hmac(self._keys.look[EPOCH], b"number/1", number.encode())

    def blind(self, kind: str, text: str) -> bytes:
        """A keyed name for what must be found but not read: an author, an own act, a patient."""
        return _hmac(self._keys.blind[EPOCH], kind.encode(), text.encode())

    def content(self, lookup: bytes, canonical: bytes) -> bytes:
        """What a repeat of an act is recognised by; keyed, since an act may hold few bits."""
        return _hmac(self._keys.look[EPOCH], b"content/1" + lookup, canonical)

    # sealing ---------------------------------------------------------------------------------------------------------

    def seal(self, number: EpuId, year: int, lookup: bytes, act_id: UUID, plain: bytes) -> bytes:
        """Close what names the patient under the number itself, salted by seal[year]."""
        return _encrypt(self._sealing_key(number, year), lookup, act_id, plain)

    def unseal(self, number: EpuId, year: int, lookup: bytes, act_id: UUID, cipher: bytes) -> bytes:
        """Open a seal with the number. Raises Unreadable."""
        return _decrypt(self._sealing_key(number, year), lookup, act_id, cipher)

    def encrypt(self, purpose: Purpose, year: int, lookup: bytes, act_id: UUID, plain: bytes) -> bytes:
        """Encrypt under this year's key, for this prescription and purpose."""
        return _encrypt(self._data_key(purpose, year, lookup), lookup, act_id, plain)

    def decrypt(self, purpose: Purpose, year: int, lookup: bytes, act_id: UUID, cipher: bytes) -> bytes:
        """Open what `encrypt` closed. Raises Unreadable."""
        return _decrypt(self._data_key(purpose, year, lookup), lookup, act_id, cipher)

    def seal_opposition(self, patient: bytes, act_id: UUID, plain: bytes) -> bytes:
        """Close an opposition under the key of standing oppositions, which no year ends."""
        return _encrypt(_opposition_key(self._keys.opposition, patient), patient, act_id, plain)

    def unseal_opposition(self, patient: bytes, act_id: UUID, cipher: bytes) -> bytes:
        """Open what `seal_opposition` closed. Raises Unreadable."""
        return _decrypt(_opposition_key(self._keys.opposition, patient), patient, act_id, cipher)

    # the service's signature -----------------------------------------------------------------------------------------

    def acknowledge(self, payload: bytes, *, typ: str = jws.ACK_TYP) -> str:
        """Sign an acknowledgement, or a list of keys, with the acknowledgement key in use."""
        return jws.acknowledge(payload, self._ack_jwk, self.ack_kid, typ=typ)

    @property
    def ack_kid(self) -> str:
        return f"ack-{EPOCH}"

    def public_keys(self) -> list[dict[str, str]]:
        """The public halves of all acknowledgement keys, oldest first, as JWKs; old ones stay."""
        found = []
        for epoch, seed in sorted(self._keys.ack.items(), key=lambda each: int(each[0])):
            public = Ed25519PrivateKey.from_private_bytes(seed).public_key()
            raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
            found.append({"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": f"ack-{epoch}", "x": public_text(raw)})
        return found

    def dated_keys(self) -> list[dict[str, str | datetime | None]]:
        """The same, each with `from`, when this database first knew it, and `until`, when the next one took its place."""
        public = self.public_keys()
        since = [self._since.get(f"ack[{each['kid'].removeprefix('ack-')}]") for each in public]
        return [
            {**each, "from": begins, "until": ends}
            for each, begins, ends in zip(public, since, (*since[1:], None), strict=True)
        ]

    def __repr__(self) -> str:
        return "Vault(…)"

    def _sealing_key(self, number: EpuId, year: int) -> bytes:
        kdf = HKDF(hashes.SHA256(), 32, salt=self._keys.seal[str(year)], info=b"ordonum/seal/1")
        return kdf.derive(number.encode())

    def _data_key(self, purpose: Purpose, year: int, lookup: bytes) -> bytes:
        source = self._keys.nir if purpose is Purpose.BENEFICIARY else self._keys.data
        return _key_of(source[str(year)], lookup, purpose.value)


@lru_cache(maxsize=KEYS_KEPT)
def _key_of(yearly: bytes, lookup: bytes, purpose: bytes) -> bytes:
    """The key of one purpose under one prescription; an act uses the same ones several times."""
    return HKDFExpand(hashes.SHA256(), 32, info=purpose).derive(_own_key(yearly, lookup))


@lru_cache(maxsize=KEYS_KEPT)
def _own_key(yearly: bytes, lookup: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=lookup, info=b"ordonum/data/1").derive(yearly)


def _opposition_key(key: bytes, patient: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=patient, info=b"ordonum/opposition/1").derive(key)


def _hmac(key: bytes, domain: bytes, data: bytes) -> bytes:
    return hmac.digest(key, len(domain).to_bytes(2, "big") + domain + data, hashlib.sha256)


def _encrypt(key: bytes, lookup: bytes, act_id: UUID, plain: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, plain, lookup + act_id.bytes)


def _decrypt(key: bytes, lookup: bytes, act_id: UUID, cipher: bytes) -> bytes:
    if cipher[:1] != _VERSION:
        raise Unreadable("version")
    try:
        return AESGCM(key).decrypt(cipher[1 : 1 + _NONCE], cipher[1 + _NONCE :], lookup + act_id.bytes)
    except InvalidTag:
        raise Unreadable("tag") from None
