"""The file of the drug base on the disk: the old version or the new one, whole, whatever happens; a reader is never disturbed."""

import os
import signal
import sys
from pathlib import Path

import pytest

from bdpm_files import changed, files
from ordonum.client import drug_base
from ordonum.knowledge.drugs import file
from ordonum.wire import bdpm


def _raw(texts: dict[str, bytes]) -> bytes:
    reading = bdpm.read(texts)
    return file.write(
        reading.specialities, file.edition_of(reading.specialities, source="BDPM", of=reading.of, whole=True)
    )


OLD = _raw(files())
NEW = _raw(changed("CIS_CPD_bdpm.txt", lambda raw: raw + b"60000011\tliste II\r\n"))
MOMENTS = {"open", "tempfile.mkstemp", "os.chmod", "os.rename", "os.remove"}


def _killed_at(moment: int, target: Path) -> bool:
    """Replace the file in a process that kills itself at that call of the system; whether it was killed."""
    child = os.fork()
    if child == 0:
        seen = 0

        def hook(event: str, _: tuple[object, ...]) -> None:
            nonlocal seen
            seen += event in MOMENTS
            if event in MOMENTS and seen == moment:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        drug_base.replace(target, NEW)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def test_an_import_killed_at_any_moment_leaves_the_old_version_or_the_new_one(tmp_path: Path) -> None:
    target = tmp_path / "drugs.base"
    found, moment = [], 0
    killed = True
    while killed:
        moment += 1
        target.write_bytes(OLD)
        killed = _killed_at(moment, target)
        found.append(target.read_bytes())
    assert moment >= 5
    assert found[0] == OLD
    assert found[-1] == NEW
    assert set(found) == {OLD, NEW}
    assert [each.name for each in tmp_path.iterdir()] == ["drugs.base"]  # what was left is taken away by the next


def test_bytes_that_are_no_base_never_take_its_place(tmp_path: Path) -> None:
    target = tmp_path / "drugs.base"
    target.write_bytes(OLD)
    with pytest.raises(file.BaseUnusable):
        drug_base.replace(target, NEW[:-1])
    assert target.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [target]


def test_who_has_the_base_open_keeps_what_was_read(tmp_path: Path) -> None:
    target = tmp_path / "home" / "drugs.base"
    drug_base.replace(target, OLD)
    reader = drug_base.opened(target)
    drug_base.replace(target, NEW)
    assert next(reader.specialities()).conditions == ()
    assert next(drug_base.opened(target).specialities()).conditions == ("liste II",)
    assert target.stat().st_mode & 0o777 == 0o644


def test_without_an_import_the_formulary_is_at_hand_and_says_so(tmp_path: Path) -> None:
    assert not drug_base.opened(drug_base.file_of(tmp_path, {})).edition.whole
    assert drug_base.file_of(tmp_path, {"ORDONUM_DRUGS": "/elsewhere"}) == Path("/elsewhere")
