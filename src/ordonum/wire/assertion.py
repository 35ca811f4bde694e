"""The authentication assertion (RFC 7523): a JWT signed by the card, naming the place and the software."""

from typing import Annotated

from msgspec import Meta, Struct

from ordonum.model.actors import Establishment, Place, Software
from ordonum.model.identifiers import Rpps
from ordonum.model.restoration import Restoration

LIFETIME_SECONDS = 60
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class AssertionClaims(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Claims of the assertion. `iss` and `sub` are the holder's national identifier: 8 and the RPPS of a professional,
    that of an employee (who names who answers for them, `under`), that of a structure.
    """

    iss: Annotated[str, Meta(max_length=64)]
    sub: Annotated[str, Meta(max_length=64)]
    aud: Annotated[str, Meta(max_length=500)]
    iat: int
    exp: int
    jti: Annotated[str, Meta(min_length=16, max_length=128)]
    place: Place
    software: Software
    inside: Establishment | None = None
    under: Rpps | None = None


class TokenAnswer(Struct, frozen=True):
    """The answer of the token endpoint (RFC 6749 §5.1). `restored`: the service was put back to an earlier state lately, and
    takes back what it acknowledged since (docs/client.md); null otherwise.
    """

    access_token: str
    expires_in: int
    token_type: str = "Bearer"  # noqa: S105  # the name of the scheme
    restored: Restoration | None = None
