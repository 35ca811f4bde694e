"""The whole BDPM of July 2025, read once a session; a test that asks for it where its files are missing is skipped."""

import os
from functools import cache
from pathlib import Path

import pytest

from ordonum.knowledge.drugs import file
from ordonum.knowledge.drugs.loaded import LoadedBase
from ordonum.wire import bdpm

FOLDER = Path(
    os.environ.get("ORDONUM_SHARED_DATA")
    or os.environ.get("ORDONUM_DATA")
    or Path(__file__).parents[2] / "shared" / "data"
).joinpath("bdpm")


def official_files() -> dict[str, bytes]:
    """The seven files, by name."""
    if not FOLDER.is_dir():
        pytest.skip(
            "the files of the BDPM are not beside the repository (../shared/data/bdpm): nothing to compare with"
        )
    return {name: (FOLDER / name).read_bytes() for name in bdpm.FILES}


@cache
def whole_file() -> bytes:
    """The file of the base that an import writes from them."""
    reading = bdpm.read(official_files())
    edition = file.edition_of(reading.specialities, source="BDPM", of=reading.of, whole=True)
    return file.write(reading.specialities, edition)


@cache
def whole_base() -> LoadedBase:
    """The base loaded from that file."""
    return file.read(whole_file())
