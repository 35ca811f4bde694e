"""Access tokens: who, in which place, with which software, by which certificate, until when. Signed by `tok` (HS256)."""

import hashlib
from copy import copy
from datetime import datetime

from joserfc import jws as jose
from joserfc.errors import JoseError
from msgspec import Struct

from ordonum.model.actors import Actor
from ordonum.model.refusals import Refusal, Refused
from ordonum.server.vault.vault import Vault
from ordonum.wire import native

_HEADER = {"alg": "HS256", "typ": "ordonum-token+jws"}
TOKEN_BYTES_MAX = 8_192
TOKENS_HELD_MAX = 2_000


class Grant(Struct, frozen=True, kw_only=True):
    """What a token stands for. `certificates` (issuer in hexadecimal, serial) are those of the chain,
    whose revocation is asked at each request."""

    actor: Actor
    certificates: tuple[tuple[str, str], ...]
    expires_at: datetime


class Caller(Struct, kw_only=True):
    """Who makes one call: the actor; the certificates, issuers in DER and serials in the same order, whose revocation is
    asked at each request; the keyed names under which the actor's and the place's misses are counted.

    `turn_taken`: they are slowed (model/guessing.py), and this call is answered in their turn.
    """

    actor: Actor
    issuers: tuple[bytes, ...]
    serials: tuple[str, ...]
    professional: bytes
    place: bytes
    turn_taken: bool = False

    @property
    def certificates(self) -> tuple[tuple[bytes, str], ...]:
        """Issuer and serial of each certificate."""
        return tuple(zip(self.issuers, self.serials, strict=True))


class Held(Struct, frozen=True):
    """A token that was verified, as it is kept to be recognised again."""

    caller: Caller
    expires_at: datetime


def issue(vault: Vault, grant: Grant) -> str:
    """A token for this grant."""
    return jose.serialize_compact(_HEADER, native.write(grant), vault.token_key, algorithms=["HS256"])


def read(vault: Vault, token: str, held: dict[bytes, Held], *, now: datetime) -> Caller:
    """The caller of a token that we issued and that has not expired. Raises Refused.

    `held` keeps those seen lately, by their digest: a token is presented thousands of times in its hour.
    """
    digest = hashlib.sha256(token.encode()).digest()
    found = held.get(digest)
    if found is None:
        found = _verified(vault, token)
        if len(held) >= TOKENS_HELD_MAX:
            held.clear()
        held[digest] = found
    if found.expires_at <= now:
        held.pop(digest, None)
        raise Refused(Refusal.TOKEN_EXPIRED)
    return copy(found.caller)


def _verified(vault: Vault, token: str) -> Held:
    try:
        if len(token) > TOKEN_BYTES_MAX:
            raise Refused(Refusal.NO_TOKEN)
        opened = jose.deserialize_compact(token, vault.token_key, algorithms=["HS256"])
        if opened.headers().get("typ") != _HEADER["typ"]:
            raise Refused(Refusal.NO_TOKEN)
        grant = native.reread(opened.payload, Grant)
        issuers = tuple(bytes.fromhex(issuer) for issuer, _ in grant.certificates)
    except (JoseError, native.Corrupt, ValueError, TypeError, KeyError):
        raise Refused(Refusal.NO_TOKEN) from None
    caller = Caller(
        actor=grant.actor,
        issuers=issuers,
        serials=tuple(serial for _, serial in grant.certificates),
        professional=vault.blind("guess/professional/1", grant.actor.author),
        place=vault.blind("guess/place/1", grant.actor.place.key),
    )
    return Held(caller, grant.expires_at)
