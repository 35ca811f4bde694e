"""Plays the tests on a mutant, again and again: all that is not ours is imported once, each mutant has a process of its own.

Reads, a line each, the arguments of pytest as JSON; answers, a line each, how the process ended (0: every test passed).
"""

import json
import os
import signal
import sys
import warnings

SECONDS_MAX = 120


def play(arguments: list[str]) -> int:
    """The exit code of the tests, played in a child; a mutant that does not end is stopped, and killed so."""
    child = os.fork()
    if child == 0:
        signal.alarm(SECONDS_MAX)
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        import pytest

        os._exit(int(pytest.main(arguments)))
    _, status = os.waitpid(child, 0)
    return status


def main() -> None:
    """Import what is not ours, forget what is, and play."""
    import hypothesis.stateful  # kept in memory for the children
    import pytest  # noqa: F401  # the same

    import ordonum.sandbox.people
    import ordonum.wire.native  # noqa: F401  # the same

    for name in [each for each in sys.modules if each.split(".")[0] == "ordonum"]:
        del sys.modules[name]
    warnings.resetwarnings()
    # always the same examples, and no time limit of their own: a busy machine kills no mutant
    hypothesis.settings.register_profile("mutants", deadline=None, derandomize=True, database=None)
    hypothesis.settings.load_profile("mutants")
    for line in sys.stdin:
        print(play(json.loads(line)), flush=True)


if __name__ == "__main__":
    main()
