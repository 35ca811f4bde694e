"""The drug base of a machine: one file, that service and workstations read; written by an import, whole or not at all."""

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from ordonum.knowledge.drugs import file as base_file
from ordonum.knowledge.drugs.formulary import at_hand
from ordonum.knowledge.drugs.loaded import LoadedBase

NAME = "drugs.base"


def file_of(home: Path, environment: Mapping[str, str]) -> Path:
    """Where it is: ORDONUM_DRUGS, else in the home of the machine."""
    chosen = environment.get("ORDONUM_DRUGS")
    return Path(chosen) if chosen else home / NAME


def opened(file: Path) -> LoadedBase:
    """The base that was imported there, else the formulary. Raises BaseUnusable, OSError."""
    return at_hand(file.read_bytes() if file.exists() else None)


def replace(file: Path, raw: bytes, check: Callable[[bytes], object] = base_file.read) -> None:
    """Put a new version in the place of the old one: written beside, read again by `check`, fsynced, renamed.

    Raises BaseUnusable (what `check` raises), OSError.
    Whatever happens before the rename, the old version is there, byte for byte; who has it open keeps what was read.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f"{file.name}.", suffix=".new")
    side = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(raw)
            out.flush()
            os.fsync(out.fileno())
        check(side.read_bytes())
        side.chmod(0o644)  # public data, read by the service and by workstations of other users
        side.replace(file)
    except BaseException:
        side.unlink(missing_ok=True)
        raise
    for left in file.parent.glob(f"{file.name}.*.new"):  # what an import that was killed left
        left.unlink(missing_ok=True)
    directory = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
