"""Files that are there whole or not at all, beside the service's keys, and the lock under which they are written."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


def write_whole(file: Path, content: bytes) -> None:
    """Write the file whole, 0600: side file, fsync, rename, fsync of the directory."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    side = file.with_suffix(".new")
    side.unlink(missing_ok=True)
    descriptor = os.open(side, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    side.replace(file)
    directory = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


@contextlib.contextmanager
def alone(directory: Path) -> Iterator[None]:
    """One at a time in this directory, which is made: two workers draw one set of keys, and the second reads it."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
