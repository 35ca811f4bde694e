"""The interactions thesaurus as text (the published PDF put through an extractor, as for September 2019). Pure.

A heading is a line of capitals after an empty line or a page number; «+ B» starts a block; in the body the gravity comes
first, often glued to what follows; an empty line parts conduct from mechanism.
"""

import html
import re
from collections.abc import Iterator

from ordonum.wire.thesaurus_blocks import Block, Heading, NotAThesaurus, gravities, joined, listed

_PAGE = re.compile(r"^\d{1,4}$")
_FOOTER = re.compile(
    r"^(?:ANSM|Afssaps|AFSSAPS) - .*20\d\d$|^Th[ée]saurus des interactions m[ée]dicamenteuses$|^www\.\S+"
)
_TOLD = re.compile(r"^(?:\(|Voir\b|Interactions en propre)")  # what stands under a name of an index
_RUNNING = re.compile(
    r"^(?:Page \d+ sur|Interactions m[ée]dicamenteuses|Index des (?:classes|substances)|INTERACTIONS M|INDEX DES)"
)
_COUNT = re.compile(r"\s(\d+)/(\d+)\s*$")
_LIST = re.compile(r"^(?:[-•]|contre-indication|association d|pr[ée]caution|[àa] prendre)", re.IGNORECASE)
UNKNOWN_SIGN = "�"


def blocks(text: str, name: str) -> tuple[list[Heading], list[Block]]:
    """Headings and blocks of the text.

    Raises:
        NotAThesaurus: a page is missing, or a block comes before any heading.
    """
    lines = _lines(text, name)
    headings: list[Heading] = []
    made: list[Block] = []
    title, partner, body, place = "", "", list[str](), ""
    for number, line, page, fresh in lines:
        if _starts(line) or (fresh and _is_title(line)):
            _close(headings, made, title, partner, body, place)
            body, place = [], f"p. {page}" if page else f"ligne {number}"
            if not _starts(line):
                title, partner = line, ""
            elif not title:
                raise NotAThesaurus(f"{name}, ligne {number} : une interaction vient avant tout titre.")
            else:
                partner = " ".join(line[1:].split())
        elif partner and not body and _is_title(line):
            partner = f"{partner} {line}"  # a long name that goes on
        else:
            body.append(line)
    _close(headings, made, title, partner, body, place)
    return headings, made


def _lines(text: str, name: str) -> list[tuple[int, str, int, bool]]:
    """(number, line, page, whether it follows an empty line or a page number), without headers and footers."""
    kept: list[tuple[int, str, int, bool]] = []
    page, fresh, last, of, seen = 0, True, 0, 0, False
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.replace(UNKNOWN_SIGN, "").replace("\f", "").strip()
        count = _COUNT.search(line) if _FOOTER.match(line) or line[:1].isdigit() else None
        if count is not None:
            if seen and int(count[1]) != last + 1:
                raise NotAThesaurus(f"{name}, ligne {number} : après la page {last} vient la page {count[1]}.")
            last, of, seen = int(count[1]), int(count[2]), True
        if _PAGE.match(line):
            page = int(line)
        if _PAGE.match(line) or _FOOTER.match(line):
            fresh = True
            continue
        if page or not _front(line):
            kept.append((number, line, page, fresh))
        fresh = not line
    if seen and last != of:
        raise NotAThesaurus(f"{name} : le texte s'arrête à la page {last} sur {of}.")
    return kept


def _front(line: str) -> bool:
    """Whether a line before the first numbered page is of the cover."""
    return bool(
        re.search(r"th[ée]saurus|interactions|m[ée]dicamenteuses|version|mise [àa] jour|ansm|afssaps", line, re.I)
    )


def _starts(line: str) -> bool:
    return line.startswith("+")


def _is_title(line: str) -> bool:
    letters = [each for each in line if each.isalpha()]
    return len(letters) > 1 and line[0] != "(" and line == line.upper() and not gravities(line)[0]


def _close(headings: list[Heading], made: list[Block], title: str, partner: str, body: list[str], place: str) -> None:
    """What was gathered becomes a heading (its members among what stands under it) or a block."""
    if not title:
        return
    members = _members(body)
    if not partner:
        headings.append(Heading(title, members))
        return
    if members and not any(gravities(each)[0] for each in body):
        headings.append(Heading(title, members))  # printed behind a remark, before the first true block
        body = body[: next(place for place, each in enumerate(body) if each.startswith("("))]
    conduct, mechanism = _parted(body)
    made.append(Block(title, partner, place, tuple(conduct), tuple(mechanism)))


def _members(body: list[str]) -> tuple[str, ...]:
    """The list in brackets under a heading; a remark in brackets («voir aussi…») is none."""
    for place, line in enumerate(body):
        if line.startswith("(") and not line.startswith("(voir"):
            whole = joined(_until_empty(body[place:]))
            return listed(whole or "")
    return ()


def _until_empty(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if not line:
            return
        yield line


def _parted(body: list[str]) -> tuple[list[str], list[str]]:
    """Conduct (the gravity first) and mechanism of a body."""
    first = next((place for place, each in enumerate(body) if each), len(body))
    read = body[first:]
    if not read:
        return [], []
    levels, glued = gravities(read[0])
    if glued and levels and not _glued_to_conduct(glued):
        cut = len(read[0]) - len(glued)
        return [read[0][:cut]], [glued, *read[1:]]
    end = 1
    while end < len(read) and (read[end] or _goes_on(read, end)):
        end += 1
    return read[:end], read[end:]


def _glued_to_conduct(rest: str) -> bool:
    return rest.startswith((":", "(", "avec ", "en ", "dans ", "chez ", "si "))


def _goes_on(read: list[str], empty: int) -> bool:
    """Whether the conduct goes on after an empty line: another part of it, or of a list, comes."""
    return bool(_LIST.match(next((each for each in read[empty + 1 :] if each), "")))


def plain(text: str) -> str:
    """The text of a page of XHTML, as some extractors write it: an empty line after each paragraph; any other as it is."""
    if not re.match(r"\s*<(?:\?xml|html|!doctype)", text, re.IGNORECASE):
        return text
    body = text.partition("<body")[2].partition(">")[2]
    return html.unescape(re.sub(r"<[^>]*>", "", body.replace("</p>", "\n\n")))


def index(text: str) -> list[tuple[str, str]]:
    """(name, what stands under it) of an index of classes or substances, in text."""
    lines = [each for each in (line.strip() for line in text.splitlines()) if each]
    lines = [each for each in lines if not (_FOOTER.match(each) or _PAGE.match(each) or _RUNNING.match(each))]
    starts = [
        place for place, line in enumerate(lines) if place and _TOLD.match(line) and not _TOLD.match(lines[place - 1])
    ]
    ends = [*(place - 1 for place in starts[1:]), len(lines)][: len(starts)]
    return [(lines[start - 1], joined(lines[start:end]) or "") for start, end in zip(starts, ends, strict=True)]
