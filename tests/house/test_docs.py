"""The pages tell the truth: generated ones are up to date, the README's code runs, its commands exist."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ordonum.cli.system import System

ROOT = Path(__file__).parents[2]


def test_the_generated_pages_are_up_to_date() -> None:
    done = subprocess.run([sys.executable, "scripts/write_docs.py", "--check"], cwd=ROOT, check=False)
    assert done.returncode == 0, "run: .venv/bin/python scripts/write_docs.py"


def test_the_code_of_the_readme_goes_all_the_way(
    system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    code = code.replace("http://127.0.0.1:8420", system.url).replace('Path(".ordonum")', f'Path("{system.home}")')
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(compile(code, "README.md", "exec"), names)
    assert capsys.readouterr().out.strip() == "exécutée en partie"


def test_every_verb_of_the_readme_exists() -> None:
    text = (ROOT / "README.md").read_text()
    makefile = (ROOT / "Makefile").read_text()
    for verb in re.findall(r"^make (\w+)|`make (\w+)`", text, re.MULTILINE):
        assert re.search(rf"^{verb[0] or verb[1]}:", makefile, re.MULTILINE), verb


def test_words_of_the_law_and_of_the_model_are_in_the_glossary() -> None:
    glossary = (ROOT / "docs/glossaire.md").read_text()
    for word in ("EpuId", "SignedOrder", "Beneficiary", "Remainder", "Withheld", "in_conflict", "finess", "nir", "ins"):
        assert word in glossary, word
