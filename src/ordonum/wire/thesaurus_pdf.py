"""The interactions thesaurus and its indexes as the PDF documents that the ANSM publishes. No input or output.

The page of the thesaurus has two columns: mechanism on the left, gravity and conduct on the right; «+ B» stands at the margin,
headings a little outside it, remarks and members a little inside. All is placed from the sign «+» and the middle of the
page, not from fixed numbers. The service never loads this module (pypdfium2).
"""

import re
from collections.abc import Iterator, Sequence
from statistics import median, mode

import pypdfium2
from msgspec import Struct

from ordonum.wire.thesaurus_blocks import Block, Heading, NotAThesaurus, joined, listed

_HYPHEN = "\x02"  # what the library gives for a hyphen at the end of a line
PAGES_MAX = 1000
FOOT = 50  # points above the bottom of the page: below it, a footer
BYTES_MAX = 40_000_000
EDGE = 4  # points
_FURNITURE = re.compile(
    r"^(?:\d{1,4}|\d+/\d+|Page \d+ sur \d+.*|www\.?\S+|w+ansmsante|(?:ANSM|Afssaps) ?- .*20\d\d.*"
    r"|Th[ée]saurus des interactions .*|Interactions m[ée]dicamenteuses - .*|Index des (?:classes|substances).*)$",
    re.IGNORECASE | re.DOTALL,
)
_COUNT = re.compile(r"(?:^|\s)(\d+)/(\d+)$")
_COVER = 3  # pages that say what the document is, and of which month
_NO_LETTER = "\x1a"  # a sign whose letter the font does not name («≥» where other pages print «>=»)


class Line(Struct, frozen=True):
    """A line of a column: page from 1, left edge, right edge and height above the bottom, in points, and its text."""

    page: int
    left: float
    right: float
    height: float
    text: str


class Pages(Struct, frozen=True):
    """A document: its lines from top to bottom without headers and footers, the width of a page, the first pages whole."""

    lines: tuple[Line, ...] = ()
    width: float = 0.0
    cover: str = ""


def pages(data: bytes, name: str) -> Pages:
    """The lines of the document.

    Raises:
        NotAThesaurus: it is no PDF, it is locked, huge, empty, or a page is missing.
    """
    if len(data) > BYTES_MAX:
        raise NotAThesaurus(f"{name} : le fichier dépasse {BYTES_MAX // 1_000_000} Mo.")
    if b"%%EOF" not in data[-2048:]:
        raise NotAThesaurus(f"{name} : ce n'est pas un PDF, ou il est coupé (sa fin manque).")
    try:
        with pypdfium2.PdfDocument(data) as document:
            if len(document) > PAGES_MAX:
                raise NotAThesaurus(f"{name} : plus de {PAGES_MAX} pages.")
            width = document[0].get_width()
            pieces = [_pieces(document[number]) for number in range(len(document))]
    except pypdfium2.PdfiumError:
        raise NotAThesaurus(f"{name} : ce n'est pas un fichier PDF lisible.") from None
    column = mode([round(each[1]) for page in pieces for each in page if each[1] > width / 2] or [round(width)])
    found = [line for number, page in enumerate(pieces, start=1) for line in _page_lines(page, number, column)]
    _whole(found, len(pieces), name)
    cover = "\n".join(each.text for each in found if each.page <= _COVER)
    return Pages(tuple(each for each in found if not _FURNITURE.match(each.text)), width, cover)


Piece = tuple[float, float, float, float, str]  # depth of its middle (top is the least), left, right, height, text


def _pieces(page: pypdfium2.PdfPage) -> list[Piece]:
    text = page.get_textpage()
    found = []
    for place in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(place)
        words = re.sub(f"[\r\n{_NO_LETTER}]", "", text.get_text_bounded(left, bottom, right, top)).replace(_HYPHEN, "-")
        found.append((-(bottom + top) / 2, left, right, top - bottom, words))
    return sorted(found)


def _page_lines(pieces: list[Piece], number: int, column: float) -> Iterator[Line]:
    """Pieces of text put together into lines, from top to bottom, then from left to right."""
    line: list[Piece] = []
    tall = median([each[3] for each in pieces]) if pieces else 0
    for piece in pieces:
        if line and piece[0] - line[0][0] > tall / 2:
            yield from _columns(line, number, column)
            line = []
        line.append(piece)
    yield from _columns(line, number, column)


def _columns(pieces: list[Piece], number: int, column: float) -> Iterator[Line]:
    """The pieces of one height: one line, and another where a piece starts at the edge of the second column."""
    text, left, right = "", 0.0, 0.0
    for _, start, end, tall, words in sorted(pieces, key=lambda each: each[1]):
        if text and abs(start - column) < EDGE:
            yield Line(number, left, right, -pieces[0][0], " ".join(text.split()))
            text = ""
        if not text:
            left, right = start, end
        elif start - right > tall / 4 and not text.endswith(" "):
            text += " "
        text, right = text + words, max(end, right)
    if text.strip():
        yield Line(number, left, right, -pieces[0][0], " ".join(text.split()))


def _whole(found: Sequence[Line], pages: int, name: str) -> None:
    """That the document has text and, where its pages are counted («12/256»), has them all."""
    if not found:
        raise NotAThesaurus(f"{name} : aucune page n'a de texte.")
    counted = [
        (int(each[1]), int(each[2])) for line in found if (each := _COUNT.search(line.text)) and line.height < FOOT
    ]
    if counted and (counted[-1][0] != counted[-1][1] or counted[-1][1] > pages + 1):
        raise NotAThesaurus(f"{name} : le document s'arrête à la page {counted[-1][0]} sur {counted[-1][1]}.")


class _Open:
    """The heading and the block that are being read."""

    def __init__(self, margin: float, middle: float) -> None:
        self.margin, self.middle = margin, middle
        self.headings: list[Heading] = []
        self.made: list[Block] = []
        self.title, self.partner, self.place = "", "", ""
        self.body: list[str] = []
        self.mechanism: list[str] = []
        self.remarks: list[str] = []

    def take(self, line: Line) -> None:
        """Put a line where it belongs, by where it starts: sign «+», heading, conduct, mechanism, remark."""
        capitals = line.text == line.text.upper()
        if line.text.startswith("+") and abs(line.left - self.margin) < 8:
            self.close()
            self.partner, self.place = line.text[1:].strip(), f"p. {line.page}"
        elif line.left < self.margin - 1.5:
            if self.title and not self.partner and self.fresh:
                self.title += f" {line.text}"
            else:
                self.close()
                self.title = line.text
        elif line.left > self.middle:
            self.body.append(line.text)
        elif line.left > self.margin + 40:
            self.mechanism.append(line.text)
        elif self.partner and self.fresh and capitals:
            self.partner += f" {line.text}"
        else:
            self.remarks.append(line.text)

    @property
    def fresh(self) -> bool:
        """Whether nothing stands under the last name yet: what comes in capitals goes on with it."""
        return not (self.body or self.mechanism or self.remarks)

    def close(self) -> None:
        """What was read becomes a heading or a block. Members may be printed behind a remark, before the first true block."""
        cut = next((n for n, each in enumerate(self.remarks) if re.match(r"\((?!voir)", each)), len(self.remarks))
        members = listed(joined(self.remarks[cut:]) or "")
        if self.title and (members or not self.partner):
            self.headings.append(Heading(self.title, members))
        if self.partner:
            mechanism = tuple(self.mechanism or self.remarks[:cut])
            self.made.append(Block(self.title, self.partner, self.place, tuple(self.body), mechanism))
        self.partner, self.body, self.mechanism, self.remarks = "", [], [], []


def blocks(document: Pages, name: str) -> tuple[list[Heading], list[Block]]:
    """Headings and blocks of the thesaurus.

    Raises:
        NotAThesaurus: no block, or one before any heading.
    """
    pluses = [each for each in document.lines if each.text.startswith("+")]
    if not pluses:
        raise NotAThesaurus(f"{name} : aucune interaction (« + … ») n'y est imprimée.")
    margin = mode(round(each.left) for each in pluses)
    now = _Open(margin, document.width / 2)
    for line in document.lines:
        if line.page >= pluses[0].page:
            if line.text.startswith("+") and not now.title:
                raise NotAThesaurus(f"{name}, page {line.page} : une interaction vient avant tout titre.")
            now.take(line)
    now.close()
    return now.headings, now.made


def index(found: Sequence[Line]) -> list[tuple[str, str]]:
    """(name, what stands under it) of an index of classes or substances; names stand at the margin."""
    body = [each for each in found if each.page > 2]
    margin = min((each.left for each in body), default=0.0)
    made: list[tuple[str, str]] = []
    for line in body:
        if line.left < margin + 5:
            made.append((line.text, ""))
        elif made:
            made[-1] = (made[-1][0], joined([made[-1][1], line.text]) or "")
    return made
