"""The examples of the repository as the page lists them, read anew each time: a person may be editing one.

A name comes from the folder, never a path from a request: what is not listed does not exist.
"""

import re
from pathlib import Path

import msgspec
from msgspec import Struct

from ordonum.model.actors import Professional
from ordonum.model.acts import Execution
from ordonum.model.lines import Family, Unit
from ordonum.model.outcomes import Delivered
from ordonum.model.prescription import Prescription
from ordonum.model.refusals import Refused
from ordonum.texts import lines as line_texts
from ordonum.workstations.accueil.desk import Desk, ShownCard
from ordonum.workstations.accueil.titles import title

FILES_MAX = 200
FILE_BYTES_MAX = 65_536
FAULTS_SHOWN = 3
REFUSED_FOLDER = "refusees"
FIRST, SEVERAL, REFUSED, UNREADABLE = (
    "Pour commencer",
    "plusieurs familles en une consultation",
    "refusées, et pourquoi",
    "illisibles",
)


class NoSuchExample(Exception):
    """No example has this name, or it has no such sheet."""


class Example(Struct, frozen=True, kw_only=True):
    """A file of the folder: what it prescribes, or the execution that it is, or why it does not read (`faults`)."""

    name: str
    raw: bytes
    card: str | None = None
    prescriptions: tuple[Prescription, ...] = ()
    execution: Execution | None = None
    faults: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """In French, from the file's name."""
        return title(self.name)

    @property
    def said(self) -> str:
        """What it holds, in a few words: «2 lignes : AMOXICILLINE 500 mg»."""
        found = [line for each in self.prescriptions for line in each.lines]
        many = f"{len(found)} ligne{'s' if len(found) > 1 else ''}"
        return f"{many} : {_short(line_texts.title(found[0]))}" if found else ""

    @property
    def group(self) -> str:
        """Under which heading it is listed."""
        if self.faults:
            return UNREADABLE
        if self.name.startswith(f"{REFUSED_FOLDER}/"):
            return REFUSED
        if not self.name[:1].isdigit():
            return FIRST
        families = {each.family.label for each in self.prescriptions}
        return families.pop() if len(families) == 1 else SEVERAL

    @property
    def can_be_seen(self) -> bool:
        """Whether its sheet is drawn: one that is refused on purpose is only tried."""
        return self.group != REFUSED

    def sheet(self, rank: int) -> Prescription:
        """The prescription of this rank, from 1. Raises NoSuchExample."""
        if not 1 <= rank <= len(self.prescriptions):
            raise NoSuchExample
        return self.prescriptions[rank - 1]


def files(folder: Path | None) -> dict[str, Path]:
    """The examples' files by their names: JSON files of the folder and of the one of refused examples, no link out."""
    if folder is None:
        return {}
    found: dict[str, Path] = {}
    for inside, prefix in ((folder, ""), (folder / REFUSED_FOLDER, f"{REFUSED_FOLDER}/")):
        for file in sorted(inside.glob("*.json")):
            if file.is_file() and not file.is_symlink() and len(found) < FILES_MAX:
                found[prefix + file.stem] = file
    return found


def one(desk: Desk, name: str) -> Example:
    """The example of this name. Raises NoSuchExample."""
    file = files(desk.examples).get(name)
    if file is None:
        raise NoSuchExample
    return _read(desk, name, file)


def every(desk: Desk) -> tuple[Example, ...]:
    """All of them, in the order of their names."""
    return tuple(_read(desk, name, file) for name, file in files(desk.examples).items())


def _read(desk: Desk, name: str, file: Path) -> Example:
    try:
        with file.open("rb") as opened:
            raw = opened.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        return Example(name=name, raw=b"", faults=(f"Ce fichier ne se lit pas ({error.strerror}).",))
    if len(raw) > FILE_BYTES_MAX:
        return Example(name=name, raw=b"", faults=(f"Ce fichier dépasse {FILE_BYTES_MAX // 1024} Kio.",))
    try:
        if _is_execution(raw):
            return Example(name=name, raw=raw, execution=desk.read_execution(raw))
        card, prescriptions = _prescribed(desk, raw)
    except Refused as refused:
        return Example(name=name, raw=raw, faults=_told(refused))
    return Example(name=name, raw=raw, card=card, prescriptions=prescriptions)


def _short(line: str) -> str:
    """What stands before the details of a line: «SKENAN L.P. 30 mg»."""
    return re.split(r"[,(]", line)[0].strip() or line


def _is_execution(raw: bytes) -> bool:
    try:
        body = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False  # read as a prescription, it says where the fault is
    return isinstance(body, dict) and "given" in body


def _prescribed(desk: Desk, raw: bytes) -> tuple[str | None, tuple[Prescription, ...]]:
    """What the file prescribes, and the card to do it with. Raises Refused."""
    able = desk.prescribers()
    if not able:
        return None, ()
    read = desk.read_prescriptions(raw, desk.open_card(able[0].name))
    for shown in able:
        if not any(_is_replaced(shown, each) for each in read):
            again = read if shown is able[0] else desk.read_prescriptions(raw, desk.open_card(shown.name))
            return shown.name, again
    return able[0].name, read


def _is_replaced(shown: ShownCard, prescription: Prescription) -> bool:
    """Nobody replaces themselves: another doctor's card is wanted."""
    replaced = prescription.replaced
    return replaced is not None and isinstance(shown.who, Professional) and replaced.rpps == shown.who.rpps


def _told(refused: Refused) -> tuple[str, ...]:
    told = tuple(f"{each.at} : {each.detail}" for each in refused.faults[:FAULTS_SHOWN])
    more = len(refused.faults) - FAULTS_SHOWN
    return (*told, f"et {more} autre{'s' if more > 1 else ''}.") if more > 0 else told or (refused.detail,)


class Played(Struct, frozen=True):
    """An execution, the example whose sheet it is for, and the card that plays it."""

    example: Example
    of: Example | None
    card: str | None


def played(desk: Desk, execution: Example, among: tuple[Example, ...]) -> Played:
    """With which card and for which prescription an execution is played: same rank in the file's name, or same patient."""
    assert execution.execution is not None
    of = _of(execution, [each for each in among if each.prescriptions])
    if of is None:
        return Played(execution, None, None)
    sessions = any(
        isinstance(each, Delivered) and each.quantity is not None and each.quantity.unit is Unit.SESSIONS
        for each in execution.execution.lines
    )
    # of a consultation, the sheet that this is about: a care is counted in sessions, a product is not
    likely = sorted(of.prescriptions, key=lambda each: (each.family is Family.HEALTH_PRODUCTS) is sessions)
    named = [desk.executant(each.family, each.addressed_to) for each in likely]
    return Played(execution, of, next((each for each in named if each is not None), None))


def _of(execution: Example, among: list[Example]) -> Example | None:
    rank = execution.name.split("-", 1)[0]
    if rank.isdigit():
        return next((each for each in among if each.name.split("-", 1)[0] == rank), None)
    assert execution.execution is not None
    who = execution.execution.beneficiary
    if who is None:
        return None
    asked = (who.first_name, who.birth_date)
    simple = [each for each in among if each.group == FIRST]
    patients = ((each, each.prescriptions[0].patient) for each in simple)
    return next((each for each, one in patients if (one.first_name, one.birth_date) == asked), None)
