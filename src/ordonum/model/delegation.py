"""A key that a card delegates, for one use and a limited time; and the daily lists in which the service publishes them.

`order` signs prescriptions for a session without the card (at most 12 hours); `qr` signs the QR codes of sheets (at most
31 days), also for the cards whose own key cannot (RSA). One key, one use.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal

from msgspec import Meta, Struct

from ordonum.model.acts import Jws
from ordonum.model.identifiers import Moment, Rpps
from ordonum.model.labels import Labelled
from ordonum.model.refusals import Refusal, Refused

SKEW = timedelta(minutes=5)
KEPT_MONTHS = 13  # a sheet is presented for a year; clients keep the lists a month more
_Coordinate = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{43}$(?!\n)")]
Thumbprint = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{43}$(?!\n)", title="Empreinte RFC 7638 de la clé")]


class KeyUse(Labelled):
    """What a delegated key signs."""

    ORDER = "order", "signer des ordonnances"
    QR = "qr", "signer des QR codes"


LASTS = {KeyUse.ORDER: timedelta(hours=12), KeyUse.QR: timedelta(days=31)}


class PublicKey(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A P-256 public key as a JWK."""

    kty: Literal["EC"] = "EC"
    crv: Literal["P-256"] = "P-256"
    x: _Coordinate
    y: _Coordinate


class Delegation(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The payload that the card signs. `nbf` and `exp` are seconds since 1970 (RFC 7519)."""

    v: Literal[1]
    jwk: PublicKey
    use: KeyUse
    nbf: Annotated[int, Meta(ge=0, le=10_000_000_000)]
    exp: Annotated[int, Meta(ge=0, le=10_000_000_000)]

    @property
    def starts(self) -> datetime:
        """From when it may serve."""
        return datetime.fromtimestamp(self.nbf, UTC)

    @property
    def ends(self) -> datetime:
        """Until when."""
        return datetime.fromtimestamp(self.exp, UTC)


class DelegateRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A delegation to register before its key is used."""

    jws: Jws


class Delegated(Struct, frozen=True, kw_only=True):
    """A registered key: it holds from its reception (never before) until its end."""

    kid: Thumbprint
    use: KeyUse
    since: Moment
    until: Moment


class PublishedKey(Struct, frozen=True, kw_only=True):
    """A `qr` key as the daily list publishes it."""

    rpps: Rpps
    kid: Thumbprint
    jwk: PublicKey
    since: Moment
    until: Moment


class RevokedKey(Struct, frozen=True, kw_only=True):
    """A key that holds no more from that moment: its card was revoked."""

    kid: Thumbprint
    at: Moment


class KeyList(Struct, frozen=True, kw_only=True):
    """The keys received and revoked on one day (UTC). `complete` once the day is over: then it changes no more."""

    v: Literal[1]
    day: date
    complete: bool
    keys: tuple[PublishedKey, ...]
    revoked: tuple[RevokedKey, ...]


def check_delegation(delegation: Delegation, *, now: datetime) -> None:
    """Refuse a delegation that lasts too long, is over, or begins elsewhere than about now."""
    cause = None
    if not timedelta(0) < delegation.ends - delegation.starts <= LASTS[delegation.use]:
        cause = "elle dure plus que ne le permet son usage (12 heures pour les ordonnances, 31 jours pour les QR codes)"
    elif delegation.starts > now + SKEW:
        cause = "elle commence dans le futur ; réglez l'heure du poste"
    elif delegation.ends <= now:
        cause = "elle est finie"
    if cause is not None:
        raise Refused(Refusal.BAD_DELEGATION, cause=cause)
