"""The import contract is kept, and would notice if it were not."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = Path(sys.executable).parent / "lint-imports"

PLANTED = (
    ("model/state.py", "import asyncpg", "The model is pure"),
    ("texts/french.py", "from ordonum.wire import native", "Layers"),
    ("server/api/app.py", "from ordonum.client import Client", "The service never stands on the client"),
    (
        "workstations/accueil/desk.py",
        "from ordonum.server import settings",
        "A workstation does what any publisher can do",
    ),
    ("server/usecases/consult.py", "import asyncpg", "One home for SQL"),
    ("cli/serve.py", "import httpx2", "One home for the outside world"),
    ("server/api/door.py", "from prometheus_client import Counter", "One home for what is counted"),
    ("server/store/acts.py", "from ordonum.server.usecases import context", "Inside the service"),
    ("wire/native.py", "import subprocess", "do no input or output"),
    ("wire/keyboard.py", "import zxingcpp", "The text of a code is read without"),
    ("server/identity/signer.py", "from ordonum.wire import picture", "The service never stands on the client"),
)


def _lint(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(LINT), "--no-cache", "--config", str(tree / "pyproject.toml")],
        cwd=tree,
        env={"PYTHONPATH": str(tree / "src"), "PATH": str(LINT.parent)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    return tmp_path


@pytest.mark.parametrize(("file", "line", "contract"), PLANTED, ids=[each[2] for each in PLANTED])
def test_a_planted_violation_of_the_import_contract_is_caught(
    copied: Path, file: str, line: str, contract: str
) -> None:
    target = copied / "src/ordonum" / file
    text = target.read_text()
    target.write_text(text + f"\n{line}\n")
    said = _lint(copied)
    assert said.returncode == 1, said.stdout
    told = " ".join(said.stdout.split("Broken contracts")[0].split())
    verdict = re.search(re.escape(contract) + ".*?(KEPT|BROKEN)", told)
    assert verdict is not None, said.stdout
    assert verdict[1] == "BROKEN", said.stdout


def test_the_import_contract_is_kept(copied: Path) -> None:
    said = _lint(copied)
    assert said.returncode == 0, said.stdout
