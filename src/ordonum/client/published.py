"""The published keys on this machine: brought when the service answers, used when it does not. No card is needed."""

from datetime import datetime
from pathlib import Path

import httpx2
import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from msgspec import Struct

from ordonum.client.errors import NotAuthentic, Unconfirmed
from ordonum.client.key_lists import KeyLists, QrVerdict
from ordonum.client.workstation import connections
from ordonum.wire import jws
from ordonum.wire.qr import SignedQr

_SILENT = "Le service ne répond pas."
_FALSE = "Les clés publiées par le service ne sont pas authentiques : ne vous y fiez pas."


class AckKey(Struct, frozen=True):
    """A public half of the service's acknowledgement keys, as it publishes it (JWK)."""

    kid: str
    x: str
    kty: str = "OKP"
    crv: str = "Ed25519"
    use: str = "sig"


class PublishedKeys:
    """The lists of keys kept in a directory, with the service's own keys as they were first received there."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)

    def sync(self, service: str, now: datetime) -> int:
        """Bring the daily lists that are missing or not whole; how many came. Raises Unconfirmed, NotAuthentic."""
        base = service.rstrip("/")
        with connections(httpx2.Client, base) as http:
            try:
                self._remember(http.get(f"{base}/v1/acknowledgement-keys").raise_for_status().content)
                lists, came = self._lists(), 0
                for day in lists.wanted(now.date()):
                    answer = http.get(f"{base}/v1/keys/{day.isoformat()}").raise_for_status()
                    lists.keep(day, answer.text)
                    came += 1
            except httpx2.HTTPError:
                raise Unconfirmed(None, _SILENT) from None
            except jws.BadSignature:
                raise NotAuthentic(_FALSE) from None
        return came

    def verdict(self, signed: SignedQr) -> QrVerdict:
        """What the lists say of a QR code; nothing is asked of anybody."""
        return self._lists().verdict(signed)

    @property
    def known(self) -> bool:
        """Whether the service's keys were ever brought here."""
        return self._file.exists()

    @property
    def _file(self) -> Path:
        return self.directory / "acknowledgement-keys.json"

    def _held(self) -> dict[str, AckKey]:
        if not self._file.exists():
            return {}
        try:
            return {each.kid: each for each in msgspec.json.decode(self._file.read_bytes(), type=list[AckKey])}
        except msgspec.MsgspecError:
            raise NotAuthentic("Les clés du service gardées sur ce poste sont abîmées : ordonum keys sync.") from None

    def _remember(self, raw: bytes) -> None:
        """Keep the service's keys; one that changed under its name is refused: it was trusted as it first came."""
        try:
            given = msgspec.json.decode(raw, type=dict[str, list[AckKey]])["keys"]
        except (msgspec.MsgspecError, KeyError):
            raise NotAuthentic(_FALSE) from None
        held = self._held()
        if any(held.get(each.kid, each) != each for each in given):
            raise NotAuthentic(_FALSE)
        merged = {**held, **{each.kid: each for each in given}}
        side = self._file.with_suffix(".new")
        side.write_bytes(msgspec.json.encode(list(merged.values())))
        side.replace(self._file)

    def _lists(self) -> KeyLists:
        try:
            keys = {kid: OKPKey.import_key(msgspec.to_builtins(each)) for kid, each in self._held().items()}
        except (JoseError, ValueError):
            raise NotAuthentic(_FALSE) from None
        return KeyLists(self.directory, keys)
