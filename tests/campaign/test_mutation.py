"""Mutation testing of the model: a seeded sample of small faults, each of which the fast tests must notice.

A mutant is a copy of `src` put first on the path; it is killed when a test fails, or takes too long. `docs/mutants.md`
argues the survivors. What decides and the rules of law are played apart, so that no other makes up for them.
ORDONUM_MUTATION_SEED plays a sample again; ORDONUM_MUTATION_FILES keeps some files only.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

import mutation_player
import pytest
from mutation import Mutant, count, enumerations, mutant
from scale import scaled

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "src/ordonum/model"
SEED = int(os.environ.get("ORDONUM_MUTATION_SEED", random.SystemRandom().randrange(10_000)))
SAMPLE, AT_ONCE, KILLED_MIN = 300, 2, 0.85
GROUPS = {  # each is played apart; all the others are «the rest»
    "decisions": {
        "completeness",
        "decisions",
        "early",
        "executant_acts",
        "justification",
        "measure",
        "prescriber_acts",
        "rates",
        "standing",
        "state",
        "wish_decisions",
    },
    "rules": {
        "judging",
        "legal",
        "legal_delivery",
        "legal_exceptional",
        "legal_prescribing",
        "supply",
    },
}
STORIES = "30"  # of the machine: what it finds, it finds soon
SENTENCES = [str(file) for file in sorted((ROOT / "tests/model").glob("test_[!m]*.py"))]  # all but the machine
STAGES = (  # the next one is played when a mutant survives
    [each for each in SENTENCES if "number" not in each],
    [each for each in SENTENCES if "number" in each] + ["tests/model/test_machine.py"],
    [
        "tests/knowledge",
        "tests/texts",
        *(f"tests/wire/test_{name}.py" for name in ("refusals", "commitment", "native")),
    ],
)


class _Copy:
    """A copy of the sources in which one file at a time is changed, and a player before it."""

    def __init__(self, home: Path) -> None:
        self.src = home / "src"
        shutil.copytree(ROOT / "src", self.src, ignore=shutil.ignore_patterns("__pycache__"))
        hashed = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "checked-hash", str(self.src)]
        subprocess.run(hashed, check=True)
        environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "ORDONUM_STORIES": STORIES}
        self.player = subprocess.Popen(
            [sys.executable, mutation_player.__file__],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def passes(self, one: Mutant | None) -> bool:
        """Whether all tests pass on this mutant, or on the sources as they are."""
        assert self.player.stdin is not None
        assert self.player.stdout is not None
        paths = " ".join(str(each) for each in (self.src, *(ROOT / "tests" / sub for sub in ("", "model", "campaign"))))
        options = [
            "-x",
            "-q",
            "-p",
            "no:cacheprovider",
            "-c",
            str(ROOT / "pyproject.toml"),
            "-o",
            f"pythonpath={paths}",
        ]
        changed = None if one is None else self.src / one.file.relative_to(ROOT / "src")
        if changed is not None and one is not None:
            changed.write_text(one.text)
        ended = "0"
        for tests in STAGES:
            if ended.strip() == "0":
                self.player.stdin.write(json.dumps([*options, "--import-mode=importlib", *tests]) + "\n")
                self.player.stdin.flush()
                ended = self.player.stdout.readline()
        if changed is not None and one is not None:
            changed.write_text(one.file.read_text())
        assert ended, "the player is gone"
        return int(ended) == 0

    def close(self) -> None:
        """Send the player home."""
        self.player.communicate()


@pytest.mark.parametrize("group", [*GROUPS, "the rest"])
def test_small_faults_of_the_model_are_noticed(group: str, tmp_path: Path) -> None:
    begun, files = time.monotonic(), sorted(MODEL.glob("*.py"))
    kept = os.environ.get("ORDONUM_MUTATION_FILES", "").split()
    members = enumerations(files)
    grouped = {stem: name for name, stems in GROUPS.items() for stem in stems}
    ours = [file for file in files if grouped.get(file.stem, "the rest") == group]
    wanted = [file for file in ours if not kept or file.stem in kept]
    if not wanted:
        pytest.skip("no file of these was asked for")
    every = [(file, rank) for file in wanted for rank in range(count(file, members))]
    drawn = random.Random(SEED).sample(every, min(len(every), scaled(SAMPLE)))
    sample = [mutant(file, rank, members) for file, rank in drawn]
    copies: SimpleQueue[_Copy] = SimpleQueue()
    for rank in range(AT_ONCE):
        copies.put(_Copy(tmp_path / str(rank)))

    def survives(one: Mutant | None) -> bool:
        copied = copies.get()
        try:
            lives = copied.passes(one)
            if one is not None:
                print("s" if lives else ".", end="", flush=True)
            if lives and one is not None:
                print(f"\n{one.file.relative_to(ROOT)}:{one.line} ({one.kind})\n{one.diff}", flush=True)
            return lives
        finally:
            copies.put(copied)

    assert survives(None), "the tests fail on the copy as it is: this would measure nothing"
    with ThreadPoolExecutor(AT_ONCE) as pool:
        alive = sum(pool.map(survives, sample))
    assert survives(None), "the tests fail on the copy as it was: something else than mutants killed some"
    for _ in range(AT_ONCE):
        copies.get().close()
    killed = 1 - alive / len(sample)
    print(
        f"\nseed {SEED}: {len(sample)} of {len(every)} mutants, {len(sample) - alive} killed ({killed:.1%}),"
        f" {alive} survive, {time.monotonic() - begun:.0f} s"
    )
    assert killed >= KILLED_MIN
