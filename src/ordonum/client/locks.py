"""Turns between the tasks and the processes of one workstation: byte-range locks on one file (Linux, `F_OFD_SETLK`).

A lock belongs to an open file: threads, tasks and processes exclude one another alike, a process that dies releases its
own, and nothing is left on the disk but one empty file.
"""

import errno
import fcntl
import hashlib
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_BUSY = (errno.EAGAIN, errno.EACCES)


class Lock:
    """The lock of one name; not taken yet."""

    def __init__(self, file: Path, name: str) -> None:
        self._file = file
        self._place = int.from_bytes(hashlib.sha256(name.encode()).digest()[:7], "big")
        self._descriptor: int | None = None

    def take(self) -> bool:
        """Whether it is ours now; returns at once."""
        try:
            self._ask(fcntl.F_OFD_SETLK)
        except OSError as error:
            self.release()
            if error.errno in _BUSY:
                return False
            raise
        return True

    def wait(self) -> None:
        """Take it, however long another holds it."""
        self._ask(fcntl.F_OFD_SETLKW)

    def release(self) -> None:
        """Give it back, if it was taken."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _ask(self, how: int) -> None:
        self._descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        # struct flock: type, whence, start, length, pid (0, as these locks want it)
        fcntl.fcntl(self._descriptor, how, struct.pack("hhqqi", fcntl.F_WRLCK, os.SEEK_SET, self._place, 1, 0))


@contextmanager
def holding(file: Path, name: str) -> Iterator[None]:
    """Wait for the lock of this name, and hold it."""
    lock = Lock(file, name)
    try:
        lock.wait()
        yield
    finally:
        lock.release()
