"""`make bench`: measure, print, keep. Nothing is asserted; a call that fails ends the run with its code, without figures."""

import argparse
import json
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import empty, loaded, machine, profiling, report
from bench.sender import CallFailed


def main() -> None:
    """Measure what the arguments ask; print it, keep it as JSON and as Markdown."""
    given = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("bench: stopped"))  # so that what was started is stopped
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}, {given.calls} calls a row")
    kept: dict[str, Any] = {
        "kind": "empty",
        "made": datetime.now(UTC).date().isoformat(),
        "commit": commit(),
        "machine": machine.description(),
        "seed": seed,
        "calls": given.calls,
        "before": {"load": machine.load_average()},
    }
    start, noise = time.monotonic(), machine.noise()
    try:
        _measure(kept, given, seed)
    except CallFailed as failed:
        sys.exit(f"bench: a call failed, no figures: {failed}")
    kept["seconds"] = time.monotonic() - start
    stolen = machine.noise()["steal"] - noise["steal"]
    kept["steal_share"] = stolen / kept["seconds"] / kept["machine"]["cores"]
    kept["after"] = {"load": machine.load_average()}
    keep(kept, given.folder, given.name or kept["commit"].rstrip("+"))


def _arguments() -> argparse.Namespace:
    asked = argparse.ArgumentParser(prog="bench", description=__doc__)
    asked.add_argument("--calls", type=int, default=2000, help="calls of each row")
    asked.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="numbers of workers, one after another")
    asked.add_argument("--pgbench-seconds", type=int, default=4, help="of each of its three rows")
    asked.add_argument("--seed", type=int, help="of patients, places and order; drawn and printed without it")
    asked.add_argument("--name", help="of the files in the folder; the commit without it")
    asked.add_argument("--folder", type=Path, default=report.FOLDER, help="where the files go")
    asked.add_argument("--loaded", type=int, metavar="N", help="measure with N prescriptions in the base, beside none")
    asked.add_argument("--profile", action="store_true", help="where each 100 µs of the worker goes")
    return asked.parse_args()


def _measure(kept: dict[str, Any], given: argparse.Namespace, seed: int) -> None:
    if given.loaded:
        kept["kind"] = f"loaded with {given.loaded} prescriptions"
        kept["runs"] = loaded.run(prescriptions=given.loaded, calls=given.calls, seed=seed)
    elif given.profile:
        kept["kind"] = "profile"
        kept["runs"], kept["stages"] = profiling.run(calls=given.calls, seed=seed)
    else:
        kept["runs"] = [
            empty.run(workers=each, calls=given.calls, seed=seed, pgbench_seconds=given.pgbench_seconds)
            for each in given.workers
        ]
    kept["postgres"] = kept["runs"][0]["postgres"]


def commit() -> str:
    """The commit that is measured, with a + when files differ from it; `local` without git."""
    try:
        said = [
            subprocess.run(
                ["git", *words], capture_output=True, text=True, check=True, cwd=Path(__file__).parent
            ).stdout
            for words in (("rev-parse", "--short", "HEAD"), ("status", "--porcelain", "-uno"))
        ]
    except (OSError, subprocess.CalledProcessError):
        return "local"
    return said[0].strip() + ("+" if said[1].strip() else "")


def keep(kept: dict[str, Any], folder: Path, name: str) -> None:
    """Write the figures and their page; the kind ends the name, but for the plain one."""
    folder.mkdir(parents=True, exist_ok=True)
    kind = kept["kind"].split()[0]
    file = folder / (f"{name}.json" if kind == "empty" else f"{name}-{kind}.json")
    file.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    file.with_suffix(".md").write_text(report.markdown(kept))
    print(f"\nkept: {file.name} and its page, in {folder.name}/ ({kept['seconds']:.0f} s)")


if __name__ == "__main__":
    main()
