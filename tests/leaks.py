"""Looks for what must never be there: in any bytes, in every spelling that a leak could take.

Bytes are read as they are, then as what they may hide: UTF-16, base64 and base64url (each part of a JWS, three alignments),
hexadecimal, percent-encoding, JSON's and C's escapes, gzip and zlib at each of their magics; and each of those again, to a
depth of three. Every reading is searched without case, accents being outside the letters that are searched.
"""

import base64
import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote_to_bytes

from msgspec import Struct, field

from ordonum.model.number import ALPHABET

DEPTH, BLOCK = 3, 8192
INFLATED_MAX = 16_000_000
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{12,}(?:\r?\n[A-Za-z0-9+/_-]+)*")
_HEX = re.compile(rb"[0-9a-fA-F]{16,}")
_UTF16 = re.compile(rb"(?:[^\0]\0){7,}[^\0]?")
_PERCENT = re.compile(rb"(?:%[0-9A-Fa-f]{2}[A-Za-z0-9]{0,3}){4,}")
_UNICODE = re.compile(rb"(?:\\u00[0-9a-fA-F]{2}[A-Za-z0-9]{0,3}){4,}")
_ESCAPED = re.compile(rb"(?:\\x[0-9a-fA-F]{2}[A-Za-z0-9]{0,3}){4,}")
_DEFLATED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
_DIGITS = re.compile(rb"[0-9](?:[ .-]?[0-9]){12,}")
_NUMBER = re.compile(rb"(?=(N(?:[ -]?[%s]){17}))" % ALPHABET.encode())
_ISO = re.compile(rb"(19[0-9]{2})-([0-9]{2})-([0-9]{2})")
_FRENCH = re.compile(rb"([0-9]{2})[/.]([0-9]{2})[/.](19[0-9]{2})")
_COMPACT = re.compile(rb"(19[0-9]{2})([0-9]{2})([0-9]{2})(?![0-9A-Za-z])(?<![0-9A-Za-z].{8})")
_HEX64 = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


class Leak(Struct, frozen=True):
    """Something that was found: in which file or answer, read how, and what."""

    where: str
    how: str
    what: str


class Secrets(Struct):
    """What is searched. All marks in texts hold the letters of `stem` (nine, of no word), then some of their own.

    Births are of the 1900s.
    """

    stem: str
    births: set[str] = field(default_factory=set)
    matricules: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    digests: set[str] = field(default_factory=set)
    literals: list[bytes] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many values are searched beside the marks."""
        exact = (self.births, self.matricules, self.numbers, self.digests, self.literals)
        return sum(len(each) for each in exact)

    def searched(self, where: str, content: bytes) -> Iterator[Leak]:
        """All leaks of this content, each once for each way of reading it."""
        seen = set()
        for how, text in readings(content):
            for what in self._in(text):
                leak = Leak(where, how or "as it is", what)
                if leak not in seen:
                    seen.add(leak)
                    yield leak

    def _in(self, text: bytes) -> Iterator[str]:
        lower = text.lower()
        for found in self._stem.finditer(lower):
            yield "mark " + lower[found.start() : found.end() + 8].decode("latin-1")
        yield from self._numbers_in(text)
        for pattern in (_ISO, _FRENCH, _COMPACT):
            for found in pattern.finditer(text):
                parts = [each.decode() for each in found.groups()]
                if (date := "-".join(reversed(parts) if pattern is _FRENCH else parts)) in self.births:
                    yield f"birth {date}"
        for found in _HEX64.finditer(text):
            if found[0].decode() in self.digests:
                yield f"opening {found[0].decode()}"
        yield from ("literal " + each[:24].decode("latin-1") for each in self.literals if each in text)

    def _numbers_in(self, text: bytes) -> Iterator[str]:
        """Numbers of prescriptions and of people, with or without blanks, points or hyphens."""
        for found in _NUMBER.finditer(text.upper()):
            if (number := re.sub(rb"[ -]", b"", found[1]).decode()) in self.numbers:
                yield f"number {number}"
        for found in _DIGITS.finditer(text):
            digits = re.sub(rb"[ .-]", b"", found[0]).decode()
            windows = (digits[i : i + 13] for i in range(len(digits) - 12))
            yield from (f"nir {each}" for each in windows if each in self.matricules)

    @property
    def _stem(self) -> re.Pattern[bytes]:
        """The letters, whole or with one byte between two of them: PostgreSQL's own compression puts one every eight."""
        first, rest = self.stem[:1].encode(), self.stem[1:].encode()
        cut = b"|".join(rest[:i] + rb"[\s\S]" + rest[i:] for i in range(len(rest)))
        return re.compile(first + b"(?:" + rest + b"|" + cut + b")")


def readings(content: bytes, depth: int = DEPTH) -> Iterator[tuple[str, bytes]]:
    """The content, then all that it may hide, with the way there."""
    yield "", content
    if depth == 0:
        return
    for name, inside in _hidden(content):
        for how, text in readings(inside, depth - 1):
            yield f"{name} > {how}" if how else name, text


def _hidden(content: bytes) -> Iterator[tuple[str, bytes]]:
    wide = [run.replace(b"\0", b"") for run in _UTF16.findall(content)]
    if wide:
        yield "utf-16", b"\n".join(wide)
    yield from _base64(content)
    runs = _HEX.findall(content)
    for start in (0, 1):
        if runs:
            yield (
                "hex",
                b"\n".join(bytes.fromhex(run[start : start + (len(run) - start) // 2 * 2].decode()) for run in runs),
            )
    if b"%" in content and (runs := _PERCENT.findall(content)):
        yield "percent", b"\n".join(map(unquote_to_bytes, runs))
    for name, pattern, mark in (("json", _UNICODE, rb"\\u00(..)"), ("escape", _ESCAPED, rb"\\x(..)")):
        if mark[1:3] in content and (runs := pattern.findall(content)):
            yield name, b"\n".join(re.sub(mark, lambda m: bytes.fromhex(m[1].decode()), run) for run in runs)
    for found in _DEFLATED.finditer(content):
        if len(inside := _inflated(content, found.start())) >= 8:
            yield "gzip" if found[0][0] == 0x1F else "zlib", inside


def _base64(content: bytes) -> Iterator[tuple[str, bytes]]:
    runs = [re.sub(rb"[\r\n]", b"", run).translate(_URL_TO_PLAIN) for run in _BASE64.findall(content)]
    for start in range(4 if runs else 0):
        yield "base64", b"\n".join(_decoded(run[start:]) for run in runs)


def _decoded(run: bytes) -> bytes:
    """The bytes of a run of base64 whose padding is not there; a symbol too many is left."""
    whole = run[: len(run) - (len(run) % 4 == 1)]
    return base64.b64decode(whole + b"=" * (-len(whole) % 4))


_URL_TO_PLAIN = bytes.maketrans(b"-_", b"+/")


def _inflated(content: bytes, start: int) -> bytes:
    """What is compressed from there on, as far as it can be read."""
    inflater, inside, step = zlib.decompressobj(47), b"", 64
    try:
        while start < len(content) and not inflater.eof and len(inside) < INFLATED_MAX:
            inside += inflater.decompress(content[start : start + step], INFLATED_MAX)
            start, step = start + step, min(step * 2, 1 << 20)
    except zlib.error:
        pass
    return inside


# files -----------------------------------------------------------------------------------------------------------------


class Pristine(Struct):
    """The blocks of some folders before any mark was drawn: what has not changed since can hold none."""

    known: set[bytes]

    @classmethod
    def of(cls, *folders: Path) -> "Pristine":
        """The blocks that these folders hold now."""
        return cls({_digest(block) for file in files(*folders) for block in _blocks(file)})

    def changed(self, file: Path) -> bytes:
        """What is new in a file: runs of changed blocks, as they follow each other."""
        runs, last = [], False
        for block in _blocks(file):
            new = _digest(block) not in self.known
            runs += [block] if new else [b"\n"] if last else []
            last = new
        return b"".join(runs).rstrip(b"\0")


def files(*folders: Path, but: Iterable[Path] = ()) -> Iterator[Path]:
    """All the files under these folders, but those under some."""
    hidden = tuple(but)
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and not any(file.is_relative_to(each) for each in hidden):
                yield file


def _blocks(file: Path) -> Iterator[bytes]:
    try:
        content = file.read_bytes()
    except FileNotFoundError:  # a server's files come and go
        return
    yield from (content[at : at + BLOCK] for at in range(0, len(content), BLOCK))


def _digest(block: bytes) -> bytes:
    return hashlib.blake2b(block, digest_size=16).digest()
