"""The keys that a card delegates to this workstation: for QR codes (31 days), for a session of orders (12 hours).

A key is a file 0600 in the workstation's home; its delegation, signed by the card, is registered at the service before
it is used, or as soon as the service can be reached: a sheet printed meanwhile is verified by its number only.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey
from msgspec import Struct

from ordonum.client.card import Card
from ordonum.client.errors import UnusableOutbox
from ordonum.client.sealing import fsync_directory, write_whole
from ordonum.model.delegation import LASTS, Delegated, KeyUse
from ordonum.model.identifiers import Rpps
from ordonum.wire import delegation, jws, native
from ordonum.wire.qr import QrContent, SignedQr
from ordonum.wire.qr import sign as sign_qr

_MARGIN = {
    KeyUse.ORDER: timedelta(minutes=5),
    KeyUse.QR: timedelta(days=7),
}  # renewed while the service can still be reached


class HeldKey(Struct, frozen=True, kw_only=True):
    """A delegated key of this workstation. `registered`: the service has acknowledged it."""

    rpps: Rpps
    use: KeyUse
    key: str
    delegation: str
    since: datetime
    until: datetime
    registered: bool = False

    def __repr__(self) -> str:
        return f"HeldKey({self.use.value})"

    @property
    def private(self) -> ec.EllipticCurvePrivateKey:
        """The private key."""
        key = serialization.load_pem_private_key(self.key.encode(), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key

    def sign_qr(self, content: QrContent) -> SignedQr:
        """The signed content of a QR code."""
        return sign_qr(content, self.private)

    def sign_order(self, payload: bytes) -> str:
        """The compact JWS of an order, with the delegation in its header."""
        return jws.sign_delegated(payload, ECKey.import_key(self.private), self.delegation)


class HeldKeys:
    """The delegated keys kept in a directory, one a card and use."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def current(self, rpps: Rpps, use: KeyUse, now: datetime) -> HeldKey | None:
        """The key in use, if it will last a little; None when another is to be made."""
        try:
            held = native.read_own(self._file(rpps, use).read_bytes(), HeldKey)
        except (OSError, native.Corrupt):
            return None
        return held if held.since <= now + timedelta(minutes=5) and now < held.until - _MARGIN[use] else None

    def make(self, card: Card, use: KeyUse, now: datetime) -> HeldKey:
        """A new key, delegated by this card, kept, not registered yet."""
        key = ec.generate_private_key(ec.SECP256R1())
        lasts = min(LASTS[use], card.expires_at - now)
        asked = delegation.make(key, use, since=now, lasts=lasts)
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        held = HeldKey(
            rpps=card.professional.rpps,
            use=use,
            key=pem.decode(),
            delegation=card.sign_delegation(native.write(asked)),
            since=asked.starts,
            until=asked.ends,
        )
        self._keep(held)
        return held

    def registered(self, held: HeldKey, answer: Delegated) -> HeldKey:
        """The same key, acknowledged by the service, kept."""
        done = msgspec.structs.replace(held, registered=True, since=answer.since, until=answer.until)
        self._keep(done)
        return done

    def lost(self, held: HeldKey) -> HeldKey:
        """The same key, which a restored service has lost, kept: it is to be registered again."""
        again = msgspec.structs.replace(held, registered=False)
        self._keep(again)
        return again

    def forget(self, rpps: Rpps, use: KeyUse) -> None:
        """Erase a key: the session is over."""
        self._file(rpps, use).unlink(missing_ok=True)

    def _keep(self, held: HeldKey) -> None:
        try:
            self._write(held)
        except OSError as error:
            raise UnusableOutbox(
                f"La clé de ce poste ne peut pas être gardée ({error.strerror}) ; rien n'a été envoyé."
            ) from None

    def _write(self, held: HeldKey) -> None:
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = self._file(held.rpps, held.use)
        side = file.with_suffix(f".{os.getpid()}.new")
        write_whole(side, native.write(held))
        side.replace(file)
        fsync_directory(self.directory)

    def _file(self, rpps: Rpps, use: KeyUse) -> Path:
        return self.directory / f"{rpps}-{use.value}.json"
