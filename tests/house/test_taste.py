"""Rules of taste that no tool knows: names, lengths, where chance and clocks may be read, what the repository may say."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LINES_MAX, FUNCTION_LINES_MAX = 300, 40
BANNED = re.compile(r"(manager|helper|util|service)s?$", re.IGNORECASE)
# Where the clock and chance may be read: the places that plug things together, make identifiers, or live outside.
CLOCK_AND_CHANCE = (
    "server/main.py",
    "server/events.py",
    "server/vault/",
    "server/store/embedded.py",
    "client/",
    "cli/",
    "sandbox/",
)


def _tracked() -> list[Path]:
    """The files of the repository, as text is written in them."""
    try:
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("git is missing: the repository's files cannot be listed")
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


def _functions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


@pytest.mark.parametrize("file", SOURCES, ids=lambda f: str(f.relative_to(ROOT / "src/ordonum")))
def test_a_file_stays_short_enough_to_be_read(file: Path) -> None:
    lines = file.read_text().splitlines()
    assert len(lines) <= LINES_MAX or any("longer than 300 lines because" in line for line in lines)


@pytest.mark.parametrize("file", SOURCES, ids=lambda f: str(f.relative_to(ROOT / "src/ordonum")))
def test_a_function_stays_short_enough_to_be_read(file: Path) -> None:
    text = file.read_text().splitlines()
    for node in _functions(file):
        inside = text[node.lineno - 1 : node.end_lineno]
        start = node.body[0].end_lineno if ast.get_docstring(node) else node.lineno
        length = (node.end_lineno or 0) - (start or 0)
        assert length <= FUNCTION_LINES_MAX or any("longer than 40 lines because" in line for line in inside), node.name


@pytest.mark.parametrize("file", SOURCES, ids=lambda f: str(f.relative_to(ROOT / "src/ordonum")))
def test_every_module_class_and_public_function_says_what_it_is_for(file: Path) -> None:
    tree = ast.parse(file.read_text())
    assert ast.get_docstring(tree), "the module"
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), node.name
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not node.name.startswith("_"):
            assert ast.get_docstring(node), node.name


@pytest.mark.parametrize("file", SOURCES, ids=lambda f: str(f.relative_to(ROOT / "src/ordonum")))
def test_no_name_only_says_that_it_helps(file: Path) -> None:
    assert not BANNED.search(file.stem)
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ClassDef):
            assert not BANNED.search(node.name), node.name


def test_a_use_case_is_one_file_with_one_public_function_named_like_it() -> None:
    not_use_cases = {
        "__init__",
        "context",
        "history",
        "naming",
        "recording",
        "tracing",
        "patient_index",
        "scanned",
        "asking",
        "people",
        "standing",
        "unknown_numbers",
        "opposing",
    }
    for file in (ROOT / "src/ordonum/server/usecases").glob("*.py"):
        if file.stem in not_use_cases:
            continue
        tree = ast.parse(file.read_text())
        public = [n.name for n in tree.body if isinstance(n, ast.AsyncFunctionDef) and not n.name.startswith("_")]
        assert file.stem in public, file.stem
        assert len(public) == 1 or file.stem == "authenticate", public  # a token is issued, then recognised


@pytest.mark.parametrize("file", SOURCES, ids=lambda f: str(f.relative_to(ROOT / "src/ordonum")))
def test_clock_and_chance_come_in_as_arguments(file: Path) -> None:
    if any(str(file.relative_to(ROOT / "src/ordonum")).startswith(allowed) for allowed in CLOCK_AND_CHANCE):
        return
    read = re.findall(r"datetime\.now|date\.today|time\.time\(|uuid4\(|secrets\.|random\.", file.read_text())
    assert not read


@pytest.mark.parametrize("file", SOURCES, ids=lambda f: str(f.relative_to(ROOT / "src/ordonum")))
def test_only_the_list_of_events_is_logged(file: Path) -> None:
    if file.name == "events.py":
        return
    assert not re.search(r"getLogger|logger\.|\blogging\.(info|warning|error|exception|debug)\(", file.read_text())


@pytest.mark.parametrize("file", [*SOURCES, *TESTS], ids=lambda f: str(f.relative_to(ROOT)))
def test_our_own_code_is_never_mocked_and_no_work_is_left_without_an_issue(file: Path) -> None:
    if file == Path(__file__):
        return
    text = file.read_text()
    assert "unittest.mock" not in text
    assert "MagicMock" not in text
    assert not re.search(r"TODO(?!\(#\d+\): )", text)
    for line in text.splitlines():
        if re.search(r"(type: ignore\[[\w-]+\]|noqa: [A-Z0-9]+)$", line):
            raise AssertionError(f"{file.name}: an exception without its reason: {line.strip()}")


def test_the_outermost_doors_are_the_only_places_that_catch_everything() -> None:
    doors = {"server/api/door.py", "server/worker/loop.py"}
    for file in SOURCES:
        if str(file.relative_to(ROOT / "src/ordonum")) not in doors:
            assert not re.search(r"except( Exception)?:", file.read_text()), file


def test_the_lock_names_no_address_and_every_version_has_its_hash() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert not re.search(r"https?://|--(extra-)?index" r"-url|--find" r"-links", lock)
    for block in re.split(r"\n(?=[a-z0-9])", lock):
        if re.match(r"[a-z0-9][\w.-]*==", block):
            assert "--hash=sha256:" in block, block.splitlines()[0]


def test_the_repository_speaks_of_the_project_alone() -> None:
    own_path = str(ROOT) + "/"
    if len(ROOT.parts) < 3:
        pytest.skip("the repository lies at the root of the disk: its path is too short a word to search for")
    for file in _tracked():
        try:
            text = file.read_text()
        except UnicodeDecodeError:
            continue
        assert own_path not in text, file


def test_every_link_between_pages_leads_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
            if not target.startswith(("http://", "https://")):
                assert (page.parent / target).exists(), f"{page.name} → {target}"
