"""The published QR keys, kept thirteen months at the workstation: a QR code is verified without the service.

What it proves: this prescriber's software, with a key that their card delegated, made this number for this patient on that
day. What it does not: the lines, what was already delivered, whether the prescription was cancelled.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from pathlib import Path

from joserfc.jwk import OKPKey
from msgspec import Struct

from ordonum.model.days import months_after
from ordonum.model.delegation import KEPT_MONTHS, LASTS, KeyList, KeyUse, PublishedKey
from ordonum.model.refusals import Refused
from ordonum.wire import delegation, jws, native, qr
from ordonum.wire.qr import SignedQr


class Proof(Enum):
    """What the offline check of a QR code finds."""

    PROVEN = "proven"
    NOT_PROVEN = "not-proven"
    LISTS_MISSING = "lists-missing"


class QrVerdict(Struct, frozen=True, kw_only=True):
    """The verdict, and the days of lists that were missing to be sure."""

    proof: Proof
    missing: tuple[date, ...] = ()


class KeyLists:
    """The daily lists of a directory, each verified with the service's published keys when it is read."""

    def __init__(self, directory: Path, ack_keys: dict[str, OKPKey]) -> None:
        self.directory = directory
        self._ack_keys = ack_keys
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)

    def wanted(self, today: date) -> Iterator[date]:
        """The days to ask for: those of the last thirteen months that are not here whole."""
        day = max(months_after(today, -KEPT_MONTHS) + timedelta(days=1), date(2024, 1, 1))
        while day <= today:
            held = self.of(day)
            if held is None or not held.complete:
                yield day
            day += timedelta(days=1)

    def keep(self, day: date, signed: str) -> KeyList:
        """Keep a list that the service signed for that day. Raises BadSignature."""
        listed = self._read(signed)
        if listed.day != day:
            raise jws.BadSignature("la liste est d'un autre jour")
        side = self._file(day).with_suffix(".new")
        side.write_text(signed)
        side.replace(self._file(day))
        return listed

    def of(self, day: date) -> KeyList | None:
        """The list of a day, if it is here and authentic."""
        try:
            return self._read(self._file(day).read_text())
        except (FileNotFoundError, jws.BadSignature):
            return None

    def verdict(self, signed: SignedQr) -> QrVerdict:
        """Whether a key published for this prescriber, and standing on the day of writing, signed this code."""
        written = signed.content.written_on
        span = [written - timedelta(days=LASTS[KeyUse.QR].days + 1 - n) for n in range(LASTS[KeyUse.QR].days + 3)]
        lists = {day: self.of(day) for day in span}
        # a day that was not over when its list came may have had more keys since
        missing = tuple(day for day, held in lists.items() if day <= written and (held is None or not held.complete))
        keys = [key for held in lists.values() if held for key in held.keys if key.rpps == signed.content.rpps]
        standing = [key for key in keys if self._stood(key, written)]
        if any(qr.holds(signed, delegation.public_key(key.jwk)) for key in standing):
            return QrVerdict(proof=Proof.PROVEN, missing=missing)
        if missing:
            return QrVerdict(proof=Proof.LISTS_MISSING, missing=missing)
        return QrVerdict(proof=Proof.NOT_PROVEN)

    def _stood(self, key: PublishedKey, written: date) -> bool:
        """Whether a key could sign on that day (of any time zone), and was not revoked by then."""
        day = datetime.combine(written, time(), UTC)
        revoked = [each.at for held in self._after(written) for each in held.revoked if each.kid == key.kid]
        ends = min([key.until, *revoked])
        return key.since < day + timedelta(hours=48) and day - timedelta(hours=24) < ends

    def _after(self, day: date) -> Iterator[KeyList]:
        """The lists held from a month before a day: a revocation may be learned long after."""
        first = day - timedelta(days=LASTS[KeyUse.QR].days + 1)
        for file in sorted(self.directory.glob("*.jws")):
            if date.fromisoformat(file.stem) >= first and (held := self.of(date.fromisoformat(file.stem))):
                yield held

    def _read(self, signed: str) -> KeyList:
        payload = jws.read_acknowledgement(signed.strip(), self._ack_keys, typ=jws.KEYS_TYP)
        try:
            return native.read(payload, KeyList)
        except Refused:
            raise jws.BadSignature("ce n'est pas une liste de clés") from None

    def _file(self, day: date) -> Path:
        return self.directory / f"{day.isoformat()}.jws"
