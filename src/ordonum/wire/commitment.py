"""The commitment that ties a signed order to a number and an identity it does not show (docs/adr/0001)."""

import hashlib
import unicodedata

from ordonum.model.identifiers import CommitmentHex
from ordonum.model.number import EpuId
from ordonum.model.prescription import Identity

OPENING_BYTES = 32
_DOMAIN = b"ordonum/commit/1"


def commit(number: EpuId, identity: Identity, opening: str) -> CommitmentHex:
    """SHA-256("ordonum/commit/1" ‖ r ‖ number ‖ first name in NFC ‖ birth date), each text after its length (2 bytes).

    `opening` is r: 32 random bytes in hexadecimal. The domain has a fixed length and so has r, hence no two different
    inputs give the same bytes.
    """
    r = bytes.fromhex(opening)
    if len(r) != OPENING_BYTES:
        raise ValueError("r is 32 bytes")
    texts = (str(number), unicodedata.normalize("NFC", identity.first_name), str(identity.birth_date))
    encoded = (text.encode() for text in texts)
    return CommitmentHex(
        hashlib.sha256(_DOMAIN + r + b"".join(len(each).to_bytes(2, "big") + each for each in encoded)).hexdigest()
    )


def opens(commitment: str, number: EpuId, identity: Identity, opening: str) -> bool:
    """Whether number, identity and opening are those that the commitment was made of."""
    return commit(number, identity, opening) == commitment


def digest(salt: str, content: bytes) -> CommitmentHex:
    """SHA-256(salt ‖ content): what an acknowledgement says of an act. `salt` is 32 bytes in hexadecimal."""
    return CommitmentHex(hashlib.sha256(bytes.fromhex(salt) + content).hexdigest())
