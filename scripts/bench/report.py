"""What is printed, and the Markdown that docs/bench/ holds: both made from the figures, never typed.

Standard library only, so that scripts/write_docs.py can make the pages again from the JSON files.
"""

from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "docs/bench"
# issue 4, at 32 connections, one worker, on the machine of the reference: µs of CPU, service and PostgreSQL
TARGETS_US = {"register": 1500, "consult": 800, "execute": 1600}
DEAREST = 20
RESIDENT_MB_MAX, LOADED_RATIO_MAX = 150, 1.2

COLUMNS = (
    ("rate /s", "rate_per_s", 0),
    ("p50 ms", "p50_ms", 2),
    ("p99 ms", "p99_ms", 2),
    ("service µs", "service_cpu_us", 0),
    ("postgres µs", "postgres_cpu_us", 0),
    ("both µs", "cpu_us", 0),
    ("client µs", "client_cpu_us", 0),
    ("WAL B", "wal_bytes", 0),
    ("others, cores", "other_cores", 2),
    ("stolen, cores", "steal_cores", 2),
)
BLOCK_COLUMNS = (
    ("blocks read", "blocks_read", 2),
    ("of all", "blocks_read_share", 3),
    ("disk B", "disk_read_bytes", 0),
)


def number(value: float, digits: int) -> str:
    """A figure with so many decimals."""
    return f"{value:.{digits}f}"


def columns(rows: list[dict[str, Any]]) -> tuple[tuple[str, str, int], ...]:
    """The columns of these rows: those of blocks where they were counted."""
    return COLUMNS + BLOCK_COLUMNS if rows and "blocks_read" in rows[0] else COLUMNS


def ratios(rows: list[dict[str, Any]], inserts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each row against the insert of pgbench over as many connections: of CPU, and of rates."""
    by_connections = {each["connections"]: each for each in inserts}
    return [
        {
            "call": row["call"],
            "connections": row["connections"],
            "cpu": row["cpu_us"] / by_connections[row["connections"]]["postgres_cpu_us"],
            "rate": row["rate_per_s"] / by_connections[row["connections"]]["rate_per_s"],
        }
        for row in rows
        if row["connections"] in by_connections
    ]


def print_head(found: dict[str, Any], *, blocks: bool = False) -> None:
    """The names of the columns."""
    print(f"\n{found['worker_processes']} worker(s)")
    names = [name for name, _, _ in (COLUMNS + BLOCK_COLUMNS if blocks else COLUMNS)]
    print(f"{'call × connections':<26}" + "".join(f"{name:>14}" for name in names), flush=True)


def print_row(row: dict[str, Any]) -> None:
    """One row, as soon as it is measured."""
    name = f"{row['call']} × {row['connections']}"
    said = "".join(f"{number(row[key], digits):>14}" for _, key, digits in columns([row]))
    print(f"{name:<26}{said}", flush=True)


def print_rest(found: dict[str, Any]) -> None:
    """Memory, disk and yardstick of a configuration."""
    for line in _rest(found):
        print("  " + line.replace("**", "").replace("`", ""), flush=True)


def markdown(kept: dict[str, Any]) -> str:
    """The page of a kept file of figures."""
    machine = kept["machine"]
    lines = [
        f"# Figures: {kept['kind']}, {kept['made']}, commit {kept['commit']}",
        "",
        "*Made by `scripts/bench` from its JSON file, not to be edited. What each figure is: [README.md](README.md).*",
        "",
        f"{machine['cpu']}, {machine['mhz']} MHz, {machine['cores']} cores, {machine['memory_gb']} GB; Linux {machine['kernel']};"
        f" PostgreSQL {kept['postgres']}; Python {machine['python']}. Load average {kept['before']['load']:.2f} before,"
        f" {kept['after']['load']:.2f} after; stolen {kept['steal_share']:.1%} of the cores. Seed {kept['seed']},"
        f" {kept['calls']} calls a row, {kept['seconds']:.0f} s in all.",
        "",
    ]
    for found in kept["runs"]:
        lines += _run_page(found)
    if "stages" in kept:
        lines += stages_page(kept["stages"])
    lines += _verdicts(kept)
    return "\n".join(lines).rstrip() + "\n"


def _run_page(found: dict[str, Any]) -> list[str]:
    lines = [f"## {found.get('title') or str(found['worker_processes']) + ' worker(s)'}", ""]
    if "note" in found:
        lines += [f"*{found['note']}.*", ""]
    if found["rows"]:
        shown = columns(found["rows"])
        lines += [
            "| call × connections | " + " | ".join(name for name, _, _ in shown) + " |",
            "|---|" + "---:|" * len(shown),
        ]
        for row in found["rows"]:
            cells = [number(row[key], digits) for _, key, digits in shown]
            lines.append(f"| {row['call']} × {row['connections']} | " + " | ".join(cells) + " |")
        lines.append("")
    return lines + [f"- {line}" for line in _rest(found)] + [""]


def _rest(found: dict[str, Any]) -> list[str]:
    lines = []
    for each in found.get("memory", ()):
        lines.append(f"Memory of a worker: {each['rss_mb']:.0f} MB resident, {each['pss_mb']:.0f} MB as its own share.")
    if "bytes_per_prescription" in found.get("disk", {}):
        disk = found["disk"]
        acts = ", ".join(f"{share:.2f} {kind}" for kind, share in disk["acts_per_prescription"].items())
        per_row = ", ".join(f"`{name}` {size:.0f}" for name, size in disk["bytes_per_row"].items())
        lines.append(
            f"Disk: **{disk['bytes_per_prescription']:.0f} bytes a prescription** ({acts}); bytes a row: {per_row}."
        )
    if "fsync" in found:
        lines.append(
            f"fdatasync of 8 kB: {found['fsync']['per_s']:.0f}/s, {found['fsync']['us']:.0f} µs ({found['fsync']['by']})."
        )
    for each in found.get("pgbench", ()):
        lines.append(
            f"pgbench, one-statement insert × {each['connections']}: {each['rate_per_s']:.0f}/s, {each['latency_ms']:.2f} ms,"
            f" {each['postgres_cpu_us']:.0f} µs of PostgreSQL, {each['wal_bytes']:.0f} B of WAL."
        )
    if "ratios" in found:
        of = {(each["call"], each["connections"]): each for each in found["ratios"]}
        for connections in sorted({each["connections"] for each in found["ratios"]}):
            said = ", ".join(
                f"{call} {each['cpu']:.2f} ({each['rate']:.2f})"
                for (call, many), each in of.items()
                if many == connections
            )
            lines.append(f"CPU of a call ÷ CPU of that insert (rates ÷) × {connections}: {said}.")
    lines += found.get("said", [])
    return lines


def stages_page(found: dict[str, Any]) -> list[str]:
    """Stage → µs for each call."""
    calls = found["calls"]
    lines = [
        "## Where each 100 µs of the worker goes",
        "",
        "| stage | " + " | ".join(f"{each} µs" for each in calls) + " |",
    ]
    lines.append("|---|" + "---:|" * len(calls))
    names = sorted(
        {name for each in calls for name in found["us"][each]}, key=lambda name: -found["us"][calls[0]].get(name, 0)
    )
    for name in names:
        lines.append(f"| {name} | " + " | ".join(number(found["us"][each].get(name, 0), 0) for each in calls) + " |")
    lines.append("| **whole process** | " + " | ".join(f"**{found['whole_us'][each]:.0f}**" for each in calls) + " |")
    lines.append(
        "| the same, not profiled | " + " | ".join(number(found["plain_us"][each], 0) for each in calls) + " |"
    )
    lines += ["", *(f"- {line}" for line in found["said"]), ""]
    for call in calls:
        dearest = list(found.get("functions", {}).get(call, {}).items())[:DEAREST]
        said = "; ".join(f"{name.rpartition(' · ')[2]} {us:.0f}" for name, us in dearest if us >= 5)
        lines += [f"The dearest functions of {call}, each without those it calls that are timed, µs: {said}.", ""]
    for call, statements in found.get("statements", {}).items():
        whole = sum(each["a_call"] for each in statements)
        lines += [f"Statements of {call}, {whole:.1f} a call:", "", "| a call | µs each | |", "|---:|---:|---|"]
        lines += [f"| {each['a_call']:.2f} | {each['us']:.0f} | `{each['statement']}` |" for each in statements]
        lines.append("")
    return lines


def _verdicts(kept: dict[str, Any]) -> list[str]:
    """The targets of the issue beside what was found."""
    if kept["kind"] != "empty":
        return []
    one = next((each for each in kept["runs"] if each["workers"] == 1), None)
    if one is None:
        return []
    rows = {row["call"]: row for row in one["rows"] if row["connections"] == 32}
    lines = ["## Targets, one worker, 32 connections", "", "| | target | found |", "|---|---:|---:|"]
    for call, most in TARGETS_US.items():
        if call in rows:
            lines.append(f"| {call}, µs of CPU, service and PostgreSQL | {most} | {rows[call]['cpu_us']:.0f} |")
    resident = max(each["rss_mb"] for each in one["memory"])
    return [*lines, f"| resident memory of the worker, MB | {RESIDENT_MB_MAX} | {resident:.0f} |", ""]
