"""The journal of a workstation: one line of JSON for each creation, attempt, result and print; what traces are made of.

It names no patient, no number, no professional. Files `AAAA-MM.jsonl`, 0600, only ever added to, each time by one `write`
of whole lines. It is a witness, not a memory: not fsynced, and a full disk never stops an act (it is told, once).
"""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from threading import Lock
from time import monotonic
from uuid import UUID

from msgspec import Struct

from ordonum.client.card import Card
from ordonum.model.actors import Software
from ordonum.wire import native


class Event(Enum):
    """What a line tells."""

    CREATED = "created"  # an act was kept, and is about to be sent for the first time
    ATTEMPT = "attempt"  # an attempt has ended
    RESULT = "result"  # the operation has ended, for its caller
    PRINTED = "printed"  # a sheet left


# Results that are no refusal's code.
RECORDED, REPLAYED, READ, ANSWERED = "recorded", "replayed", "read", "answered"
UNANSWERED, INTERRUPTED, NOT_AUTHENTIC = "unanswered", "interrupted", "not-authentic"


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line. `at` is when it ended, UTC; `ms` how long it took; `attempt` its rank, or their count for a result.

    `code`: one of the above or a refusal's. `card`: kind of card, never whose. `copy`: 1 for an original, n for a duplicate.
    """

    at: datetime
    event: Event
    operation: str
    software: str
    version: str
    card: str
    act_id: UUID | None = None
    code: str | None = None
    attempt: int | None = None
    ms: float | None = None
    copy: int | None = None


class Journal:
    """The lines of a directory. Safe for several threads and processes at once."""

    def __init__(self, directory: Path, *, tell: Callable[[str], None] = lambda _: None) -> None:
        self.directory = directory
        self._tell = tell
        self._told = False
        self._one_at_a_time = Lock()

    def write(self, entries: list[Entry]) -> None:
        """Add these lines, those of one month by one write. Never raises for the disk's sake: it tells, once."""
        months: dict[str, bytes] = {}
        for entry in entries:
            month = f"{entry.at:%Y-%m}"
            months[month] = months.get(month, b"") + native.write(entry) + b"\n"
        try:
            with self._one_at_a_time:
                for month, lines in months.items():
                    self._append(f"{self.directory}/{month}.jsonl", lines)
        except OSError as error:
            if not self._told:
                self._told = True
                self._tell(f"Le journal du poste ne s'écrit pas ({error.strerror}) ; les actes se font sans lui.")
        else:
            self._told = False

    def entries(self) -> Iterator[Entry]:
        """Every line, oldest month first. One that does not read (a write cut short) is skipped."""
        for file in sorted(self.directory.glob("*.jsonl")):
            for line in file.read_bytes().splitlines():
                try:
                    yield native.read_own(line, Entry)
                except native.Corrupt:
                    continue

    def _append(self, file: str, lines: bytes) -> None:
        try:
            descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except FileNotFoundError:
            self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            end = os.fstat(descriptor).st_size
            cut = end > 0 and os.pread(descriptor, 1, end - 1) != b"\n"  # the line before was cut short: it stays alone
            os.write(descriptor, b"\n" + lines if cut else lines)
        finally:
            os.close(descriptor)


class Trace:
    """The lines of one operation under way, gathered and then written."""

    def __init__(
        self, journal: Journal, operation: str, *, card: Card, software: Software, now: Callable[[], datetime]
    ) -> None:
        self._journal, self._operation, self._now = journal, operation, now
        self._card, self._software = card.kind, software
        self._lines: list[Entry] = []
        self._begun = monotonic()
        self._attempts = 0
        self.act_id: UUID | None = None

    def created(self) -> None:
        """The act was kept for the first time."""
        self._line(Event.CREATED)

    def attempted(self, rank: int, code: str, begun: float) -> None:
        """An attempt that began at `begun` (monotonic seconds) has ended."""
        self._attempts = rank
        self._line(Event.ATTEMPT, code=code, attempt=rank, since=begun)

    def ended(self, code: str) -> None:
        """The operation has ended."""
        self._line(Event.RESULT, code=code, attempt=self._attempts, since=self._begun)

    def printed(self, copy: int) -> None:
        """A sheet leaves: the original, or which duplicate."""
        self._line(Event.PRINTED, copy=copy, since=self._begun)

    def flush(self) -> None:
        """Write what was gathered."""
        lines, self._lines = self._lines, []
        if lines:
            self._journal.write(lines)

    def _line(
        self,
        event: Event,
        *,
        code: str | None = None,
        attempt: int | None = None,
        copy: int | None = None,
        since: float | None = None,
    ) -> None:
        self._lines.append(
            Entry(
                at=self._now().astimezone(UTC),
                event=event,
                operation=self._operation,
                software=self._software.name,
                version=self._software.version,
                card=self._card,
                act_id=self.act_id,
                code=code,
                attempt=attempt,
                ms=None if since is None else round((monotonic() - since) * 1000, 1),
                copy=copy,
            )
        )
