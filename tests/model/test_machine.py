"""Whatever people do around a sheet, in any order, the model answers as the naive reference does."""

import ast
import os
from pathlib import Path

import reference
from machine import ANSWERS, play
from pure_driver import PureDriver

RUNS, STEPS = int(os.environ.get("ORDONUM_STORIES", "400")), 50
STATEMENTS_MAX = 130  # eleven kinds of acts, of which it knows a second time what refuses each and what each adds up to


def test_hundreds_of_stories_of_fifty_steps_go_as_the_reference_says() -> None:
    machine = play(PureDriver(), runs=RUNS, steps=STEPS)
    if RUNS < 400:
        return
    missing = ANSWERS - set(machine.played)  # a few are met by chance: the campaign meets them all
    assert len(missing) <= len(ANSWERS) // 20, missing
    assert machine.steps["steps"] >= 300 * STEPS


def test_the_reference_stays_short_enough_to_be_believed() -> None:
    tree = ast.parse(Path(reference.__file__).read_text())
    headers = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef)
    bodies = [each for each in ast.walk(tree) if isinstance(each, ast.stmt) and not isinstance(each, headers)]
    texts = [each for each in bodies if isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant)]
    assert len(bodies) - len(texts) <= STATEMENTS_MAX
    assert not any(isinstance(each, ast.ImportFrom) and "ordonum" in (each.module or "") for each in ast.walk(tree))
