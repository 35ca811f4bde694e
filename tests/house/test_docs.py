"""The pages tell the truth: generated ones are up to date, the README's code runs, its commands exist."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from ordonum.cli.app import app
from ordonum.cli.system import System
from ordonum.client import ClientError, Entry

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


def test_the_code_of_the_publishers_page_goes_all_the_way(
    system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = "\n".join(re.findall(r"```python\n(.*?)```", (ROOT / "docs/client.md").read_text(), re.DOTALL))
    code = code.replace("http://127.0.0.1:8420", system.url).replace('Path(".ordonum")', f'Path("{system.home}")')
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "docs/client.md", "exec"), {})
    assert capsys.readouterr().out.splitlines() == ["Pansement simple de la jambe droite", "7 séances"]
    assert (tmp_path / "feuille.pdf").read_bytes().startswith(b"%PDF")


def test_the_publishers_page_describes_every_error_and_every_field_of_the_journal() -> None:
    page = (ROOT / "docs/client.md").read_text()
    for name in (*(each.__name__ for each in ClientError.__subclasses__()), *Entry.__struct_fields__):
        assert f"`{name}`" in page, name


def test_every_verb_of_the_readme_exists() -> None:
    text = (ROOT / "README.md").read_text()
    makefile = (ROOT / "Makefile").read_text()
    for verb in re.findall(r"^make (\w+)|`make (\w+)`", text, re.MULTILINE):
        assert re.search(rf"^{verb[0] or verb[1]}:", makefile, re.MULTILINE), verb


def test_every_command_of_the_pages_exists_with_its_options() -> None:
    root = get_command(app)
    assert isinstance(root, TyperGroup)
    pages = [ROOT / "README.md", ROOT / "examples/README.md", *(ROOT / "docs").glob("*.md")]
    told = [each for page in pages for each in re.findall(r"(?:^|`)ordonum ([^`#\n]+)", page.read_text(), re.MULTILINE)]
    assert len(told) > 60
    for words in (each.split() for each in told):
        command: Any = root
        while isinstance(command, TyperGroup) and words and re.fullmatch("[a-z][a-z-]+", words[0]):
            command = command.commands.get(words.pop(0))
            assert command is not None, words
        known = {"--help", "--version"} | {name for each in getattr(command, "params", ()) for name in each.opts}
        assert {each for each in words if each.startswith("--")} <= known, (command.name, words)


def test_words_of_the_law_and_of_the_model_are_in_the_glossary() -> None:
    glossary = (ROOT / "docs/glossaire.md").read_text()
    for word in ("EpuId", "SignedOrder", "Beneficiary", "Remainder", "Withheld", "in_conflict", "finess", "nir", "ins"):
        assert word in glossary, word
