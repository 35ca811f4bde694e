"""What the kernel tells: CPU clocks of processes and of their trees, memory, noise of the machine, its description.

No host name, no path: what is printed here is kept in docs/bench/.
"""

import os
import platform
import time
from pathlib import Path
from typing import Any

TICK = os.sysconf("SC_CLK_TCK")


def cpu_clock(pid: int) -> float:
    """CPU seconds that a living process has used, all its threads, those that ended too: to the nanosecond."""
    return time.clock_gettime((~pid) << 3 | 2)  # the clock of a process: MAKE_PROCESS_CPUCLOCK(pid, CPUCLOCK_SCHED)


def buried(pid: int) -> float:
    """CPU seconds of the children that a process has buried (cutime and cstime: in hundredths)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / TICK


def children(pid: int) -> list[int]:
    """The children of all the threads of a process."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            found += map(int, (task / "children").read_text().split())
        except FileNotFoundError:
            continue
    return found


def tree(pid: int, without: int | None = None) -> list[int]:
    """A process and those below it, but for the process `without` and those below that one."""
    found, waiting = [], [pid]
    while waiting:
        each = waiting.pop()
        if each == without:
            continue
        try:
            waiting += children(each)
        except FileNotFoundError:
            continue
        found.append(each)
    return sorted(found)


def tree_seconds(pid: int, without: int | None = None) -> float:
    """CPU seconds of a whole tree, also of those that ended and were buried in it."""
    total = 0.0
    for each in tree(pid, without):
        try:
            total += cpu_clock(each) + buried(each)
        except (FileNotFoundError, OSError):
            continue  # it ended meanwhile: its parent buries it, and the next reading has it
    return total


def memory(pid: int) -> dict[str, float]:
    """RSS and PSS of a process, in MB of 10⁶ bytes; PSS shares each shared page among those that map it."""
    rows = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:] if ":" in line
    )
    return {f"{name.lower()}_mb": int(rows[name].split()[0]) * 1024 / 1e6 for name in ("Rss", "Pss")}


def disk_read_bytes(pids: list[int]) -> int:
    """What these processes had the disk read (not the kernel's cache), in bytes."""
    total = 0
    for pid in pids:
        try:
            rows = dict(line.split(": ") for line in Path(f"/proc/{pid}/io").read_text().splitlines())
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            continue
        total += int(rows["read_bytes"])
    return total


def noise() -> dict[str, float]:
    """Seconds of all the cores since the start of the machine: busy with anything, and stolen by its host."""
    user, nice, system, _, _, irq, softirq, steal = map(
        int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    )
    return {"busy": (user + nice + system + irq + softirq) / TICK, "steal": steal / TICK}


def load_average() -> float:
    """How many processes were ready or running, averaged over the last minute."""
    return os.getloadavg()[0]


def description() -> dict[str, Any]:
    """Processor, cores, memory, kernel, Python: what a figure depends on, and nothing that names the machine."""
    cpu = Path("/proc/cpuinfo").read_text()
    fields = [line.split(":", 1) for line in cpu.splitlines() if ":" in line]
    of = {name.strip(): value.strip() for name, value in fields}
    total = int(Path("/proc/meminfo").read_text().split("\n", 1)[0].split()[1])
    return {
        "cpu": of.get("model name", platform.machine()),
        "mhz": of.get("cpu MHz", ""),
        "cores": os.cpu_count(),
        "memory_gb": round(total * 1024 / 1e9, 1),
        "kernel": ".".join(platform.release().split(".")[:2]),
        "python": platform.python_version(),
    }
