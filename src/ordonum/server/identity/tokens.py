"""Access tokens: who, in which place, with which software, by which certificate, until when. Signed by `tok` (HS256)."""

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


class Grant(Struct, frozen=True, kw_only=True):
    """What a token stands for. `certificates` (issuer in hexadecimal, serial) are those of the chain,
    whose revocation is asked at each request."""

    actor: Actor
    certificates: tuple[tuple[str, str], ...]
    expires_at: datetime


def issue(vault: Vault, grant: Grant) -> str:
    """A token for this grant."""
    return jose.serialize_compact(_HEADER, native.write(grant), vault.token_key, algorithms=["HS256"])


def read(vault: Vault, token: str, *, now: datetime) -> Grant:
    """The grant of a token that we issued and that has not expired. Raises Refused."""
    try:
        if len(token) > TOKEN_BYTES_MAX:
            raise Refused(Refusal.NO_TOKEN)
        opened = jose.deserialize_compact(token, vault.token_key, algorithms=["HS256"])
        if opened.headers().get("typ") != _HEADER["typ"]:
            raise Refused(Refusal.NO_TOKEN)
        grant = native.read_own(opened.payload, Grant)
    except (JoseError, native.Corrupt, ValueError, TypeError, KeyError):
        raise Refused(Refusal.NO_TOKEN) from None
    if grant.expires_at <= now:
        raise Refused(Refusal.TOKEN_EXPIRED)
    return grant
