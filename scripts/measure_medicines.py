"""Measure the prescribing assistance on the whole public data, and write the figures that docs/medicaments.md shows.

    PYTHONPATH=scripts:tests:tests/model:tests/knowledge python scripts/measure_medicines.py FOLDER [--one-in N]

FOLDER holds `bdpm/`, `thesaurus/` and `has-posologies/`. The figures, the day, the seeds and how much was tried go to
docs/medicaments.json, which is committed: the page is rendered from it alone and no figure of it is typed by hand.
"""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from time import perf_counter
from typing import Any

import test_classification as by_hand

from dosage_sentences import REFUSED, UNDERSTOOD
from dosage_town import KEPT, SHOWN, TOWN
from ordonum.knowledge.drugs import file
from ordonum.knowledge.drugs.classified import classified, classify
from ordonum.knowledge.drugs.loaded import LoadedBase
from ordonum.knowledge.interactions import Interactions
from ordonum.model.dosage import Dosage
from ordonum.texts.dosage import read, say
from ordonum.wire import bdpm, thesaurus
from search_accuracy import accuracy
from thesaurus_coverage import covered

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs" / "medicaments.json"
_SEARCHING = """
import sys, pathlib
from ordonum.knowledge.drugs import file
finder = file.read(pathlib.Path(sys.argv[1]).read_bytes()).finder
for words in ("doli", "amox 500", "para 1g", "metformine 1000", "levothyrox 75"):
    assert finder.find(words).names
told = pathlib.Path("/proc/self/status").read_text()
print(int(told.split("VmHWM:")[1].split()[0]) // 1024)  # ru_maxrss would count the process that started this one
"""
# The medicine that stands before the dosage, in the sentences of the HAS that no colon nor dash cuts.
_LABEL = re.compile(r"^(?:.*? ?: |.*?: |.*? - |.*?®, comprimé |.*? comprimé (?=1 comprimé «))")


def main(folder: Path, one_in: int) -> None:
    """Measure everything, and write."""
    raw, base, reading = _base(folder / "bdpm")
    told = {
        "on": datetime.now(UTC).date().isoformat(),
        "base": _of_base(raw, base),
        "conditions": _of_conditions(base),
        "search": _of_search(base, one_in),
        "interactions": _of_interactions(folder / "thesaurus", reading),
        "dosage": _of_dosage(folder / "has-posologies"),
        "memory_mb": _memory(raw),
    }
    OUT.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")


def _base(folder: Path) -> tuple[bytes, LoadedBase, bdpm.Reading]:
    """The file that an import writes, the base loaded from it, and what was read."""
    reading = bdpm.read({name: (folder / name).read_bytes() for name in bdpm.FILES})
    edition = file.edition_of(reading.specialities, source=bdpm.SOURCE, of=reading.of, whole=True)
    raw = file.write(reading.specialities, edition)
    return raw, file.read(raw), reading


def _memory(raw: bytes) -> int:
    """What a process that loaded the base and searched it holds at most, in megabytes."""
    with NamedTemporaryFile() as written:
        Path(written.name).write_bytes(raw)
        done = subprocess.run([sys.executable, "-c", _SEARCHING, written.name], check=True, capture_output=True)
    return int(done.stdout)


def _of_base(raw: bytes, base: LoadedBase) -> dict[str, Any]:
    begun = perf_counter()
    file.read(raw)
    seconds = perf_counter() - begun
    edition = base.edition
    return {
        "source": edition.source,
        "of": edition.of.isoformat(),
        "digest": edition.digest,
        "counts": edition.counts,
        "bytes": len(raw),
        "load_ms": round(seconds * 1000),
    }


def _of_conditions(base: LoadedBase) -> dict[str, Any]:
    found = classified(text for each in base.specialities() for text in each.conditions)
    return {
        "rows": found.rows,
        "conditions": found.conditions,
        "asides": sum(found.asides.values()),
        "unclassified": sum(found.unclassified.values()),
        "labelled": _labelled(),
    }


def _labelled() -> dict[str, Any]:
    """How many of the rows drawn by seed and labelled by hand are read as they were labelled."""
    rows = list(by_hand._labelled())
    right = sum(times for times, text, label in rows if by_hand._is(label, classify(text)))
    return {"seed": by_hand.SEED, "rows": sum(times for times, _, _ in rows), "right": right}


def _of_search(base: LoadedBase, one_in: int) -> dict[str, Any]:
    found = accuracy(base, base.finder, one_in)
    return {
        "seed": found.seed,
        "one_in": one_in,
        "names": found.names,
        "substances": found.substances,
        "tried": found.tried,
        "found": found.found,
        "found_strictly": found.found_strictly,
        "by_fault": found.by_fault,
        "p50_ms": round(found.p50_ms, 1),
        "p95_ms": round(found.p95_ms, 1),
    }


def _of_interactions(folder: Path, reading: bdpm.Reading) -> dict[str, Any]:
    table = thesaurus.read({each.name: each.read_bytes() for each in sorted(folder.iterdir())})
    names = {component.name for each in reading.specialities for component in each.components}
    sold = (each.name for each in reading.specialities if "homéo" not in each.procedure)
    states = Counter(str(each["state"]) for each in covered(Interactions(table), names, sold).values())
    return {
        "title": table.title,
        "entries": len(table.entries),
        "unread": len(table.unread),
        "substances": dict(states),
    }


def _of_dosage(folder: Path) -> dict[str, Any]:
    """Of the sentences of the HAS, of our examples and of the list by hand: how many are read whole, and read the same again.

    The list has the structure by hand beside each sentence: how many are read to it, and of those to keep as text how many are.
    """
    lists = {
        "has": sorted(set(_has(folder))),
        "examples": sorted(set(_examples())),
        "by_hand": [text for text, _ in (*UNDERSTOOD, *TOWN)],
        "shown": [text for text, _ in SHOWN],
    }
    found = {name: _read_of(texts) for name, texts in lists.items()}
    found["by_hand"]["right"] = sum(read(text).dosage == Dosage(steps=steps) for text, steps in (*UNDERSTOOD, *TOWN))
    found["by_hand"]["to_keep"] = len(REFUSED) + len(KEPT)
    found["by_hand"]["kept"] = sum(read(text).dosage is None for text in (*REFUSED, *KEPT))
    return found


def _read_of(texts: list[str]) -> dict[str, Any]:
    found = {text: read(text).dosage for text in texts}
    stable = sum(each is not None and read(say(each)).dosage == each for each in found.values())
    left = [text for text, each in found.items() if each is None]
    return {"texts": len(found), "read": len(found) - len(left), "stable": stable, "left": left}


def _has(folder: Path) -> Iterator[str]:
    for each in folder.glob("*.fsh"):
        for said in re.findall(r'\* note\.text = "(?:Prescription textuelle: ?)*([^"]+)"', each.read_text()):
            yield _LABEL.sub("", said, count=1).strip()


def _examples() -> Iterator[str]:
    for each in (ROOT / "examples").glob("*.json"):
        yield from _dosages(json.loads(each.read_text()))


def _dosages(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("kind") in ("medicine", "preparation") and "dosage" in value:
            yield value["dosage"]
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _dosages(each)


if __name__ == "__main__":
    wanted = [each for each in sys.argv[1:] if each != "--one-in"]
    main(Path(wanted[0]), int(wanted[1]) if len(wanted) > 1 else 1)
