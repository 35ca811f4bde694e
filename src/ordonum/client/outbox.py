"""What this workstation sent or is about to send: kept whole before it is sent, so that the very bytes are resent.

One file an act, `<act id>.sealed` (0600, sealed under the workstation's key: docs/adr/0004), in a directory 0700. Clear
files of an older version (`.json`) are sealed at the first use; one that does not open is set aside (`.damaged`) and told.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from ordonum.client import receipts
from ordonum.client.errors import NotKept, UnusableOutbox
from ordonum.client.locks import Lock, holding
from ordonum.client.sealing import (
    Damaged,
    InItsFile,
    KeyWrap,
    Seal,
    fsync_directory,
    open_seal,
    read_whole,
    write_whole,
)
from ordonum.model.acts import Acknowledgement
from ordonum.model.number import EpuId
from ordonum.model.prescription import Prescription
from ordonum.wire import jws, native

SEALED, CLEAR, ASIDE = ".sealed", ".json", ".damaged"


class Kept(Struct, frozen=True, kw_only=True):
    """An act of this workstation. `body` is the exact request; `answer` the exact reply; `refused` a refusal's code.

    `doubtful`: an earlier attempt may have been recorded, its reply was lost. `prints`: how many sheets left the printer,
    `prints_pending` of them before it was registered; `code`: the text of their QR code, signed once and printed again as it
    is; `replaces_on`: the day of the prescription that this one replaces. By later acts of this workstation: `cancelled`, or
    `replaced_by` the prescription that this act registered, and the sheet is printed no more; `stopped`: lines cancelled;
    `copied`: the copy that replaces the paper arrived. `resent_for`: the last restoration of the service, by its moment, for
    which this act was sent again.
    """

    act_id: UUID
    operation: str
    author: str
    created_at: datetime
    body: str
    number: EpuId | None
    source: str | None = None
    prescription: Prescription | None = None
    answer: str | None = None
    doubtful: bool = False
    refused: str | None = None
    prints: int = 0
    prints_pending: int = 0
    code: str | None = None
    cancelled: bool = False
    resent_for: datetime | None = None
    replaces_on: date | None = None
    replaced_by: UUID | None = None
    stopped: tuple[int, ...] = ()
    copied: bool = False

    def __repr__(self) -> str:
        return f"Kept({self.operation}, {self.act_id})"

    @property
    def pending(self) -> bool:
        return self.answer is None and self.refused is None

    @property
    def owes_paper(self) -> bool:
        """Whether the patient asked for no paper and the copy that replaces it is not acknowledged: it is still owed."""
        asked = self.prescription is not None and self.prescription.paperless is not None
        return asked and not (self.copied or self.cancelled or self.replaced_by or self.refused)

    @property
    def settled_at(self) -> datetime | None:
        """When the service recorded it, by its acknowledgement; when it was made, if it was refused; else None."""
        if self.answer is not None:
            receipt = receipts.own(native.read_own(self.answer.encode(), receipts.kind_of(self.operation)))
            return native.read_own(jws.payload_of(receipt.acknowledgement), Acknowledgement).recorded_at
        return self.created_at if self.refused is not None else None


class Outbox:
    """The acts kept in a directory; its key stands beside it, `<directory>.key`. Nothing is read or made before its use.

    Safe for several threads and processes at once. `wrap` locks the key up; `tell` is given a French sentence when a
    file is set aside.
    """

    def __init__(
        self, directory: Path, *, wrap: KeyWrap | None = None, tell: Callable[[str], None] = lambda _: None
    ) -> None:
        self.directory = directory
        self._lock_file = directory.with_name(f"{directory.name}.lock")
        self._wrap: KeyWrap = wrap or InItsFile()
        self._tell = tell
        self._opened: Seal | None = None

    # locks -----------------------------------------------------------------------------------------------------------

    def lock(self, name: str) -> Lock:
        """The lock of a name on this workstation, not taken yet."""
        self._ready()
        return Lock(self._lock_file, name)

    def alone(self, name: str) -> AbstractContextManager[None]:
        """Wait until nobody else on this workstation does what has this name: «look whether it was made, else make it»."""
        self._ready()
        return holding(self._lock_file, name)

    # one act ---------------------------------------------------------------------------------------------------------

    def keep(self, kept: Kept) -> None:
        """Write an act, whole, and on the disk when this returns."""
        with self._writing(str(kept.act_id)):
            self._put(kept)

    def change(self, kept: Kept, **fields: Any) -> Kept:
        """The act as it is on the disk now (or `kept`, if it is not there), with these fields, written."""
        with self._writing(str(kept.act_id)):
            there = self._read(str(kept.act_id))
            changed: Kept = msgspec.structs.replace(there or kept, **fields)
            if changed != there:
                self._put(changed)
        return changed

    def answered(self, kept: Kept, answer: bytes) -> Kept:
        """The act with the service's answer, written."""
        return self.change(kept, answer=answer.decode(), refused=None)

    def refused(self, kept: Kept, code: str) -> None:
        """The act with the code of its refusal, written: nothing of it was recorded."""
        self.change(kept, refused=code)

    def doubt(self, kept: Kept) -> None:
        """The act, of which nobody knows whether it was recorded."""
        self.change(kept, doubtful=True)

    def printed(self, act_id: UUID) -> Kept:
        """The act, one more sheet of which leaves the printer, written. Raises NotKept."""
        kept = self.get(act_id)
        with self._writing(str(act_id)):
            kept = self._read(str(act_id)) or kept
            pending = kept.prints_pending + (kept.answer is None)
            more: Kept = msgspec.structs.replace(kept, prints=kept.prints + 1, prints_pending=pending)
            self._put(more)
        return more

    def find(self, act_id: UUID) -> Kept | None:
        """The act of this identifier, if it is kept here."""
        return self._found(str(act_id))

    def get(self, act_id: UUID) -> Kept:
        """The act of this identifier. Raises NotKept."""
        kept = self.find(act_id)
        if kept is None:
            raise NotKept(f"Aucun acte de ce poste ne porte l'identifiant {act_id}.")
        return kept

    def discard(self, act_id: UUID) -> None:
        """Give a pending act up: it is not sent again. Raises NotKept."""
        kept = self.get(act_id)
        if kept.pending:
            self.refused(kept, "discarded")

    # all acts --------------------------------------------------------------------------------------------------------

    def all(self) -> Iterator[Kept]:
        """Every act kept, oldest first."""
        self._ready()
        names = [each.stem for each in self.directory.glob(f"*{SEALED}")]
        found = [kept for kept in map(self._found, names) if kept is not None]
        yield from sorted(found, key=lambda each: each.created_at)

    def pending(self) -> Iterator[Kept]:
        """The acts whose answer never came."""
        return (each for each in self.all() if each.pending)

    def made_from(self, source: str, author: str, *, pending_only: bool, number: EpuId | None = None) -> Kept | None:
        """The act that this very file made before, for this number if one is given: to be sent again, not made anew."""
        for each in self.all():
            same = each.source == source and each.author == author and number in (None, each.number)
            if same and each.refused is None and (each.pending or not pending_only):
                return each
        return None

    def forget(self, before: datetime) -> int:
        """Erase what the service recorded, or refused, before this moment; how many. What is pending is never erased."""
        count = 0
        for each in self.all():
            with self._writing(str(each.act_id)):
                kept = self._read(str(each.act_id))
                if kept is not None and kept.settled_at is not None and kept.settled_at < before:
                    self._file(str(each.act_id)).unlink()
                    count += 1
        if count:
            fsync_directory(self.directory)
        return count

    # the disk --------------------------------------------------------------------------------------------------------

    def _ready(self) -> Seal:
        """The key, and a directory to keep in. Raises UnusableOutbox: never a new key beside acts sealed under another."""
        if self._opened is None:
            try:
                self._opened = self._first_use()
            except OSError as error:
                raise UnusableOutbox(
                    f"Ce poste ne peut rien garder ({error.strerror}) ; rien n'a été envoyé."
                ) from None
            for each in self.directory.glob(f"*{CLEAR}"):
                self._seal_clear(each)
        return self._opened

    def _first_use(self) -> Seal:
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.directory.chmod(0o700)
        key = self.directory.with_name(f"{self.directory.name}.key")
        with holding(self._lock_file, "key"):
            empty = next(self.directory.glob(f"*{SEALED}"), None) is None
            return open_seal(key, self._wrap, may_make=empty)

    def _seal_clear(self, clear: Path) -> None:
        """A file of an older version becomes a sealed one, unless a newer one is there already."""
        with self._writing(clear.stem):
            if not clear.exists():
                return  # another process was faster
            try:
                kept = native.read_own(read_whole(clear), Kept)
            except native.Corrupt:
                self._set_aside(clear)
                return
            if not self._file(clear.stem).exists():
                self._put(kept)
            clear.unlink()

    def _file(self, name: str) -> Path:
        return self.directory / (name + SEALED)

    def _writing(self, name: str) -> AbstractContextManager[None]:
        self._ready()
        return holding(self._lock_file, name + SEALED)

    def _put(self, kept: Kept) -> None:
        name = str(kept.act_id)
        side = self.directory / f"{name}.new"  # one writer: whoever writes this act holds its lock
        write_whole(side, self._ready().close(name, native.write(kept)))
        side.replace(self._file(name))
        fsync_directory(self.directory)

    def _found(self, name: str) -> Kept | None:
        """The act of this name, read without waiting: files change whole."""
        try:
            return self._open(name)
        except (Damaged, native.Corrupt):
            with self._writing(name):
                return self._read(name)

    def _read(self, name: str) -> Kept | None:
        """The act of this name, under its lock: one that does not open is set aside."""
        try:
            return self._open(name)
        except (Damaged, native.Corrupt):
            self._set_aside(self._file(name))
            return None

    def _open(self, name: str) -> Kept | None:
        seal = self._ready()
        try:
            sealed = read_whole(self._file(name))
        except FileNotFoundError:
            return None
        return native.read_own(seal.open(name, sealed), Kept)

    def _set_aside(self, file: Path) -> None:
        rank = 1
        while (aside := self.directory / f"{file.name}.{rank}{ASIDE}").exists():
            rank += 1
        file.rename(aside)
        self._tell(f"Un acte gardé sur ce poste n'est plus lisible ; il est mis de côté : {aside.name}.")
