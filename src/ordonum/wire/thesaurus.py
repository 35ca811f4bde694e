"""Published files of the interactions thesaurus → one table, of the newest edition among them. No input or output.

What a file is, it says itself (content first, then name: where they disagree it was swapped, and is refused). One unreadable
file refuses all of them: nothing is half-imported. The service never loads this module (it reads PDF).
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta

from msgspec import Struct

from ordonum.knowledge.interactions.names import key
from ordonum.knowledge.interactions.table import Entry, Table
from ordonum.model.labels import Labelled
from ordonum.wire import thesaurus_csv, thesaurus_pdf, thesaurus_text
from ordonum.wire.thesaurus_blocks import MONTHS, Block, Heading, NotAThesaurus, edition, entries, listed
from ordonum.wire.thesaurus_pdf import BYTES_MAX

SAME = timedelta(days=45)  # how far the month in a file's name may be from the one in its content
_BY_NAME = re.compile(r"(?<!\d)(?:(\d\d)_?(20\d\d)|(20\d\d)-?(\d\d)(?:\d\d)?)(?!\d)")
_MOJIBAKE = re.compile("Ã[\x80-\xbf©¨ª´»§¢®]")
_NAMES = {r"index.*class|^classes": "classes", r"index|mol|^substances": "substances", r"th[ée]saurus": "pairs"}


class Kind(Labelled):
    """What a file is."""

    PAIRS = "pairs", "un thésaurus (interactions)"
    SUBSTANCES = "substances", "un index de substances"
    CLASSES = "classes", "un index de classes"


class Document(Struct, frozen=True, kw_only=True):
    """A file that was recognised: what it is, of which month, in which form, and its text or its pages."""

    name: str
    kind: Kind
    of: date
    form: str
    text: str
    pages: thesaurus_pdf.Pages = thesaurus_pdf.Pages()
    digest: str


def read(files: Mapping[str, bytes]) -> Table:
    """The table of the newest edition among `files` (name → content), with the indexes of the same month.

    Raises:
        NotAThesaurus: none is a thesaurus, or any is truncated, swapped, huge, or not to be read.
    """
    documents = [recognised(name, data) for name, data in sorted(files.items())]
    wholes = [each for each in documents if each.kind is Kind.PAIRS]
    if not wholes:
        raise NotAThesaurus("Aucun de ces fichiers n'est un thésaurus des interactions.")
    chosen = max(wholes, key=lambda each: (each.of, each.form == "pdf"))
    headings, blocks = _blocks(chosen)
    made, unread = entries(blocks, chosen.name, one_way=chosen.form == "csv")
    beside = [each for each in documents if each.kind is not Kind.PAIRS and each.of == chosen.of]
    classes, substances = _indexed(headings, made, beside)
    digest = hashlib.sha256("".join(each.digest for each in [chosen, *beside]).encode()).hexdigest()
    return Table(
        title=f"Thésaurus des interactions médicamenteuses, ANSM, {MONTHS[chosen.of.month - 1]} {chosen.of.year}",
        of=chosen.of,
        entries=made,
        classes=classes,
        substances=substances,
        unread=unread,
        digest=digest,
    )


def recognised(name: str, data: bytes) -> Document:
    """What a file is, by its content.

    Raises:
        NotAThesaurus: it is none of the published forms, or its name says something else than its content.
    """
    if not data.strip():
        raise NotAThesaurus(f"{name} : le fichier est vide.")
    if len(data) > BYTES_MAX:
        raise NotAThesaurus(f"{name} : le fichier dépasse {BYTES_MAX // 1_000_000} Mo.")
    digest = hashlib.sha256(data).hexdigest()
    if data[:1024].lstrip().startswith(b"%PDF") or name.lower().endswith(".pdf"):
        pages, form, text = thesaurus_pdf.pages(data, name), "pdf", ""
        kind, of = _told(pages.cover[:300]), edition(pages.cover, name)
    else:
        pages, text = thesaurus_pdf.Pages(), thesaurus_text.plain(_decoded(data, name))
        head = text[:3000]
        if head.split("\n", 1)[0].replace('"', "").split("\t")[0] in ("protagoniste1", "molecule"):
            kind, form = (Kind.PAIRS if head.lstrip('"').startswith("prot") else Kind.SUBSTANCES), "csv"
            of = _month_of(name) or edition(name, name)
        elif re.search(r"^\+ ", text, re.MULTILINE) or _told(head[:300]) is not Kind.PAIRS:
            kind, form, of = _told(head[:300]), "text", edition(text[:4000], name)
        else:
            raise NotAThesaurus(f"{name} : ce n'est aucune des formes publiées du thésaurus.")
    named = _kind_of(name)
    if named is not None and named is not kind:
        raise NotAThesaurus(f"{name} : son nom annonce {named.label}, son contenu est {kind.label}.")
    month = _month_of(name)
    if month is not None and abs(month - of) > SAME:
        raise NotAThesaurus(f"{name} : son nom annonce {month:%m/%Y}, son contenu est de {of:%m/%Y}.")
    return Document(name=name, kind=kind, of=of, form=form, text=text, pages=pages, digest=digest)


def _told(cover: str) -> Kind:
    """What the cover says that the document is."""
    plain = key(cover)
    if "index des classes" in plain:
        return Kind.CLASSES
    return Kind.SUBSTANCES if "index des substances" in plain or "index du thesaurus" in plain else Kind.PAIRS


def _kind_of(name: str) -> Kind | None:
    """What the name of a file announces."""
    return next((Kind(kind) for pattern, kind in _NAMES.items() if re.search(pattern, name, re.IGNORECASE)), None)


def _month_of(name: str) -> date | None:
    """The month that the name of a file announces: «092019», «2020-10», «Aout2016»."""
    found = _BY_NAME.search(name)
    if found is None:
        try:
            return edition(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name), name)
        except NotAThesaurus:
            return None
    month, year = int(found[1] or found[4]), int(found[2] or found[3])
    return date(year, month, 1) if 1 <= month <= 12 else None


def _decoded(data: bytes, name: str) -> str:
    """The text, in UTF-8 or in the encoding of Windows; never one read in the other's."""
    try:
        text = unicodedata.normalize("NFC", data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            text = "\0"
        if error.reason == "unexpected end of data" or re.search(r"[\0-\x08\x0e-\x1f]", text):
            place = data.count(b"\n", 0, error.start) + 1
            raise NotAThesaurus(f"{name}, ligne {place} : ce n'est ni de l'UTF-8 ni du Windows-1252.") from None
    for pattern, why in (
        (_MOJIBAKE, "des accents y ont été lus dans un autre encodage"),
        (re.compile("\0"), "il a des octets nuls"),
    ):
        if found := pattern.search(text):
            raise NotAThesaurus(f"{name}, ligne {text.count(chr(10), 0, found.start()) + 1} : {why}.")
    return text.replace("\r\n", "\n")


def _blocks(document: Document) -> tuple[list[Heading], list[Block]]:
    if document.form == "pdf":
        return thesaurus_pdf.blocks(document.pages, document.name)
    if document.form == "text":
        return thesaurus_text.blocks(document.text, document.name)
    return [], thesaurus_csv.pairs(document.text, document.name)


def _indexed(
    headings: list[Heading], made: tuple[Entry, ...], beside: list[Document]
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Classes with their substances, and all substances: from the headings and from the indexes of the same month."""
    names = {key(each): each for entry in made for each in (entry.b, entry.a)}
    members: dict[str, dict[str, str]] = {}
    substances: dict[str, str] = {}

    def belongs(substance: str, family: str) -> None:
        named = key(family)
        if named not in names:  # a long name is cut in some indexes
            named = next((each for each in names if len(named) > 40 and each.startswith(named)), named)
        names.setdefault(named, family)
        members.setdefault(named, {}).setdefault(key(substance), substance)
        substances.setdefault(key(substance), substance)

    for heading in headings:
        for each in heading.members:
            belongs(each, heading.name)
    for document in sorted(beside, key=lambda each: each.kind is Kind.SUBSTANCES):
        for substance, family in _memberships(document, set(members)):
            if family is None:
                substances.setdefault(key(substance), substance)
            else:
                belongs(substance, family)
    classes = {names[family]: tuple(inside.values()) for family, inside in sorted(members.items())}
    return classes, tuple(substances[each] for each in sorted(substances))


def _memberships(document: Document, known: set[str]) -> list[tuple[str, str | None]]:
    """(substance, class) of an index; no class where the substance has interactions of its own alone."""
    if document.form == "csv":
        return thesaurus_csv.members(document.text, document.name)
    read: list[tuple[str, str | None]] = []
    listing = (
        thesaurus_text.index(document.text) if document.form == "text" else thesaurus_pdf.index(document.pages.lines)
    )
    for name, told in listing:
        if document.kind is Kind.CLASSES:
            read += [(each, name) for each in listed(told)]
        else:
            families = [] if key(told) == thesaurus_csv.ALONE else _families(told.partition(":")[2], known)
            read += [(name, each) for each in families] or [(name, None)]
    if not read:
        raise NotAThesaurus(f"{document.name} : aucun nom n'y est lisible.")
    return read


def _families(told: str, known: set[str]) -> list[str]:
    """The classes of «Voir : a - b - c»: a name may itself have « - », then it is one that is known."""
    parts, found = [each.strip() for each in told.split(" - ")], []
    while parts:
        size = next((n for n in range(len(parts), 0, -1) if key(" - ".join(parts[:n])) in known), 1)
        found.append(" - ".join(parts[:size]))
        parts = parts[size:]
    return [each for each in found if each]
