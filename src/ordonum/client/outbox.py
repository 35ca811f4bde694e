"""What this workstation sent or is about to send: kept whole, 0600, before it is sent, so that the very bytes are resent.

One file an act, in a directory 0700. A file holds secrets (number, identity): it never leaves the workstation.
"""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec
from msgspec import Struct

from ordonum.client.errors import NotKept
from ordonum.model.number import EpuId
from ordonum.model.prescription import Prescription
from ordonum.wire import native


class Kept(Struct, frozen=True, kw_only=True):
    """An act of this workstation. `body` is the exact request; `answer` the exact reply; `refused` a refusal's code.

    `doubtful`: an earlier attempt may have been recorded, its reply was lost.
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

    def __repr__(self) -> str:
        return f"Kept({self.operation}, {self.act_id})"

    @property
    def pending(self) -> bool:
        return self.answer is None and self.refused is None


class Outbox:
    """The acts kept in a directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        directory.chmod(0o700)

    def keep(self, kept: Kept) -> None:
        """Write an act, whole, and on the disk when this returns."""
        file = self._file(kept.act_id)
        side = file.with_suffix(f".{os.getpid()}.new")
        side.unlink(missing_ok=True)
        descriptor = os.open(side, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(native.write(kept))
            out.flush()
            os.fsync(out.fileno())
        side.replace(file)
        directory = os.open(self.directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)

    def answered(self, kept: Kept, answer: bytes) -> Kept:
        """The act with the service's answer, written."""
        done = msgspec.structs.replace(kept, answer=answer.decode(), refused=None)
        self.keep(done)
        return done

    def refused(self, kept: Kept, code: str) -> None:
        """The act with the code of its refusal, written: nothing of it was recorded."""
        self.keep(msgspec.structs.replace(kept, refused=code))

    def get(self, act_id: UUID) -> Kept:
        """The act of this identifier. Raises NotKept."""
        try:
            return native.read_own(self._file(act_id).read_bytes(), Kept)
        except FileNotFoundError:
            raise NotKept(f"Aucun acte de ce poste ne porte l'identifiant {act_id}.") from None

    def all(self) -> Iterator[Kept]:
        """Every act kept, oldest first."""
        found = []
        for file in self.directory.glob("*.json"):
            try:
                found.append(native.read_own(file.read_bytes(), Kept))
            except native.Corrupt:
                file.rename(file.with_suffix(".damaged"))  # set aside: it blocks nothing, and is not lost
        yield from sorted(found, key=lambda each: each.created_at)

    def pending(self) -> Iterator[Kept]:
        """The acts whose answer never came."""
        return (each for each in self.all() if each.pending)

    def doubt(self, kept: Kept) -> None:
        """The act, of which nobody knows whether it was recorded."""
        self.keep(msgspec.structs.replace(kept, doubtful=True))

    def discard(self, act_id: UUID) -> None:
        """Give a pending act up: it is not sent again. Raises NotKept."""
        kept = self.get(act_id)
        if kept.pending:
            self.refused(kept, "discarded")

    def made_from(self, source: str, author: str, *, pending_only: bool, number: EpuId | None = None) -> Kept | None:
        """The act that this very file made before, for this number if one is given: to be sent again, not made anew."""
        for each in self.all():
            same = each.source == source and each.author == author and number in (None, each.number)
            if same and each.refused is None and (each.pending or not pending_only):
                return each
        return None

    def _file(self, act_id: UUID) -> Path:
        return self.directory / f"{act_id}.json"
