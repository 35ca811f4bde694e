"""From the rows of the seven BDPM files to specialities: what belongs together, what belongs to nothing, what cannot be. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from ordonum.model.drug import Component, GroupPlace, Nature, Presentation, Shortage, Speciality
from ordonum.wire.bdpm.fields import Fields
from ordonum.wire.bdpm.pack import pack_of
from ordonum.wire.bdpm.rows import FILES, BdpmRefused, rows
from ordonum.wire.bdpm.shapes import FEW, Shapes

SPECIALITIES, PRESENTATIONS, COMPOSITION, CONDITIONS, GROUPS, ATC, SHORTAGES = FILES
# The largest share of the rows of a file whose CIS is in no speciality. July 2025: 23 % of the groups, 2 % of the
# shortages, four rows elsewhere. Beyond, the files are not of one day, or the specialities are cut.
_ORPHANS_MAX = {GROUPS: 0.4, SHORTAGES: 0.1}
_ORPHANS_MAX_ELSEWHERE = 0.01
# The largest share of the specialities on sale, homeopathy apart, that have no presentation, or no composition. July 2025:
# 1 and 2 of 12,267. Few say nothing, whatever their share (FEW): a choice of a dozen medicines is read as it is.
_BARE_MAX = 0.01
# The largest share of the prices that are above the public price, which has the fee besides. July 2025: 1 of 13,097.
_DEARER_MAX = 0.01

T = TypeVar("T")


class Reading(Struct, frozen=True, kw_only=True):
    """What the files say: the specialities by CIS, the day of the data, rows by file, rows whose CIS is unknown, by file."""

    specialities: tuple[Speciality, ...]
    of: date
    rows: dict[str, int]
    orphans: dict[str, int]


def read(files: Mapping[str, bytes], today: date = date.max) -> Reading:
    """The specialities of the seven files, by name. Raises BdpmRefused at the first thing that is wrong.

    The day of the data is that of the last shortage told, else of the last declaration of marketing; one after `today` is not
    believed: a base of 2099 would refuse every later one.
    """
    for name in FILES:
        if name not in files:
            raise BdpmRefused(name, None, None, "le fichier manque.")
    counted: Counter[str] = Counter()
    found: dict[str, Speciality] = {}
    for row in _fields(SPECIALITIES, files, counted):
        if row.text(1) in found:
            raise row.refused(1, "ce code CIS est déjà celui d'une autre ligne")
        found[row.digits(1, 8)] = _speciality(row, today)
    belonging = _Belonging(files, found, counted)
    presentations = belonging.of(PRESENTATIONS, _presentations(files, counted))
    components = belonging.of(
        COMPOSITION, ((row.digits(1, 8), _component(row)) for row in _fields(COMPOSITION, files, counted))
    )
    conditions = belonging.of(
        CONDITIONS, ((row.digits(1, 8), row.said(2)) for row in _fields(CONDITIONS, files, counted))
    )
    groups = belonging.of(GROUPS, ((row.digits(3, 8), _place(row)) for row in _fields(GROUPS, files, counted)))
    atc = belonging.of(ATC, ((row.digits(1, 8), row.said(2)) for row in _fields(ATC, files, counted)))
    shortages = belonging.of(
        SHORTAGES, ((row.digits(1, 8), _shortage(row, today)) for row in _fields(SHORTAGES, files, counted))
    )
    made = tuple(
        replace(
            each,
            presentations=tuple(replace(box, pack=pack_of(box.label, each.form)) for box in presentations[cis]),
            components=components[cis],
            conditions=conditions[cis],
            groups=groups[cis],
            atc=atc[cis][0] if atc[cis] else None,
            shortages=shortages[cis],
        )
        for cis, each in sorted(found.items())
    )
    _check_whole(made)
    return Reading(specialities=made, of=_day_of(made, today), rows=dict(counted), orphans=dict(belonging.orphans))


class _Belonging:
    """Puts each thing under its speciality, in the order of the file, the same thing once; counts those of no speciality."""

    def __init__(self, files: Mapping[str, bytes], known: Mapping[str, Speciality], counted: Counter[str]) -> None:
        self.known, self.counted = known, counted
        self.orphans: dict[str, int] = {}

    def of(self, file: str, pairs: Iterator[tuple[str, T]]) -> defaultdict[str, tuple[T, ...]]:
        """By CIS. Raises BdpmRefused when too many rows are of no speciality."""
        found: dict[str, dict[T, None]] = {}
        orphans = 0
        for cis, thing in pairs:
            if cis in self.known:
                found.setdefault(cis, {})[thing] = None
            else:
                orphans += 1
        if orphans > max(FEW, self.counted[file] * _ORPHANS_MAX.get(file, _ORPHANS_MAX_ELSEWHERE)):
            raise BdpmRefused(
                file,
                None,
                None,
                f"{orphans} lignes sur {self.counted[file]} sont de spécialités absentes de {SPECIALITIES} : "
                "les fichiers ne sont pas du même jour, ou l'un est tronqué.",
            )
        if orphans:
            self.orphans[file] = orphans
        return defaultdict(tuple, {cis: tuple(things) for cis, things in found.items()})


def _fields(file: str, files: Mapping[str, bytes], counted: Counter[str]) -> Iterator[Fields]:
    shapes = Shapes(file)
    for row in rows(file, files[file]):
        counted[file] += 1
        shapes.see(row)
        yield Fields(file, row)
    shapes.check()


def _speciality(row: Fields, today: date) -> Speciality:
    return Speciality(
        cis=row.digits(1, 8),
        name=row.plain(2) or row.said(2),
        form=row.text(3),
        routes=row.several(4),
        status=row.beginning(5, "Autorisation"),
        procedure=row.text(6),
        marketing=row.one_of(7, ("Commercialisée", "Non commercialisée")),
        since=row.day(8, latest=today),
        bdm=row.maybe(9),
        european=row.maybe(10),
        holders=row.several(11),
        watched=row.one_of(12, ("Oui", "Non")) == "Oui",
        components=(),
        conditions=(),
        atc=None,
        groups=(),
        presentations=(),
        shortages=(),
    )


def _presentations(files: Mapping[str, bytes], counted: Counter[str]) -> Iterator[tuple[str, Presentation]]:
    seen: set[str] = set()
    priced = dearer = 0
    for row in _fields(PRESENTATIONS, files, counted):
        cip13, cip7 = row.cip13(7), row.digits(2, 7)
        if cip13[5:12] != cip7:
            raise row.refused(7, f"ce code ne contient pas le code CIP7 de la ligne ({cip7})")
        if cip13 in seen:
            raise row.refused(7, "ce code CIP13 est déjà celui d'une autre ligne")
        seen.add(cip13)
        box = _presentation(row)
        priced += box.price is not None
        dearer += (box.price or 0) > (box.public_price or 0)
        yield row.digits(1, 8), box
    if dearer > max(FEW, priced * _DEARER_MAX):
        why = f"{dearer} prix sur {priced} dépassent le prix public : des colonnes échangées ?"
        raise BdpmRefused(PRESENTATIONS, None, 10, why)


def _presentation(row: Fields) -> Presentation:
    return Presentation(
        cip13=row.cip13(7),
        cip7=row.digits(2, 7),
        label=row.said(3),
        status=row.beginning(4, "Présentation"),
        marketing=row.beginning(5, "Déclaration", "Arrêt"),
        since=row.day(6),
        hospital={"oui": True, "non": False}.get(row.one_of(8, ("oui", "non", "inconnu", ""))),
        rates=row.rates(9),
        price=row.cents(10),
        public_price=row.cents(11),
        fee=row.cents(12),
        indications=row.plain(13),
        pack=None,  # read once the form is known
    )


def _component(row: Fields) -> Component:
    return Component(
        element=row.text(2),
        code=row.digits(3, 5),
        name=row.said(4),
        amount=row.plain(5),
        reference=row.maybe(6),
        nature=Nature(row.one_of(7, ("SA", "FT"))),
        link=row.number(8),
    )


def _place(row: Fields) -> GroupPlace:
    kind = int(row.one_of(4, ("0", "1", "2", "4")))
    return GroupPlace(group=row.number(1), label=row.said(2), type=kind, rank=row.number(5))


def _shortage(row: Fields, today: date) -> Shortage:
    return Shortage(
        cip13=row.cip13(2) if row.text(2) else None,
        code=int(row.one_of(3, ("1", "2", "3", "4"))),
        label=row.said(4),
        since=row.day(5),
        updated=row.day(6, latest=today),
        back_on=row.day(7),
        link=row.maybe(8),
    )


def _check_whole(made: tuple[Speciality, ...]) -> None:
    """Refuse presentations or a composition of which too many specialities on sale have none: the file is cut."""
    sold = [each for each in made if each.sold and "oméopath" not in each.procedure and "homéo" not in each.procedure]
    for file, bare in (
        (PRESENTATIONS, sum(not each.presentations for each in sold)),
        (COMPOSITION, sum(not each.components for each in sold)),
    ):
        if bare > max(FEW, len(sold) * _BARE_MAX):
            raise BdpmRefused(
                file,
                None,
                None,
                f"{bare} spécialités commercialisées sur {len(sold)} n'y sont pas : le fichier est tronqué, ou n'est pas "
                f"du même jour que {SPECIALITIES}.",
            )


def _day_of(made: tuple[Speciality, ...], today: date) -> date:
    told = [each.updated for one in made for each in one.shortages if each.updated]
    declared = [each.since for one in made for each in one.presentations if each.since and each.since <= today]
    return max(told or declared or [date.min])
