"""Seeded mutators: right samples made wrong as people, scanners, networks and attackers do. Plain `random`, for speed."""

import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

MARK = "DUPONTVALEUR"  # a value that no refusal may repeat
NASTY_TEXTS = (
    "\x00",
    "\x1b[31m",
    "\x1d",
    "\n",
    "\r\n",
    "\t",
    "\u202e",
    "\u200b",
    "\ufeff",
    "\ud800",
    "\udfff",
    "\U0001f480",
    "é",
    "e\u0301",
    "ß",
    "ı",
    "ﬁ",
    "Ω",
    "०१२३",
    "１２",
    "-",
    " ",
    ".",
    "·",
    "'",
    '"',
    "\\",
    "/",
    "{",
    "}",
    "[",
    "]",
    "%00",
    "&é\"'(-è_çà",
    "!@#$%^&*()",
    "NRX2",
    "IS01",
    "DC04",
    "01",
    "http://",
    "]Q1",
    "]d2",
    "S1",
    "S7",
    "A" * 40,
    "9" * 40,
    " " * 40,
    "0",
)
NASTY_BYTES = (
    b"\x00",
    b"\xff",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b'"',
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"null",
    b"true",
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"-0",
    b"9" * 30,
    b" " * 30,
    b"\n",
    b"\x80",
    b"\x30\x80",
    b"\x30\x84\xff\xff\xff\xff",
)
LEAVES: tuple[Any, ...] = (
    [MARK, {MARK: MARK}],
    None,
    True,
    False,
    0,
    -1,
    1,
    10**6,
    10**20,
    10**400,
    -(10**30),
    1.5,
    1e308,
    "",
    " ",
    "a",
    "é" * 300,
    "A" * 3000,
    "\u0000",
    "\u202e",
    "\ud800",
    "2026-02-30",
    "2026-02-29T25:61:61Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:60Z",
    "2026-11-16",
    "2026-11-16T12:00:00Z",
    "0" * 64,
    "00000000-0000-0000-0000-000000000000",
    [],
    {},
    [[]],
    [{}],
    {"a": {}},
    [None] * 60,
    "medicine",
    "delivered",
    "number",
)


def mutate_text(chance: Random, samples: Sequence[str]) -> str:
    """One of the samples, with one to four mutations; now and then the sample itself."""
    text = chance.choice(samples)
    for _ in range(chance.choice((0, 1, 1, 1, 2, 2, 4))):
        text = chance.choice(_ON_TEXT)(chance, text, samples)
    return text


def mutate_bytes(chance: Random, samples: Sequence[bytes]) -> bytes:
    """The same of bytes."""
    data = chance.choice(samples)
    for _ in range(chance.choice((0, 1, 1, 1, 2, 2, 4))):
        data = chance.choice(_ON_BYTES)(chance, data, samples)
    return data


def mutate_json(chance: Random, samples: Sequence[Any]) -> bytes:
    """A JSON text whose structure was mutated; a name may stand twice; now and then its bytes are mutated too."""
    value = json.loads(json.dumps(chance.choice(samples)))
    for _ in range(chance.choice((0, 1, 1, 1, 2, 3, 8))):
        value = _mutated(chance, value)
    data = json.dumps(value, ensure_ascii=chance.random() < 0.5).encode(errors="surrogatepass")
    if chance.random() < 0.1:
        data = chance.choice((_twice, _deep))(chance, data)
    return mutate_bytes(chance, (data,)) if chance.random() < 0.2 else data


def _spot(chance: Random, length: int) -> tuple[int, int]:
    start = chance.randint(0, length)
    return start, min(length, start + chance.choice((1, 1, 2, 5, 20)))


def _flipped(chance: Random, text: str, _: Sequence[str]) -> str:
    start, end = _spot(chance, len(text))
    return text[:start] + chr(ord(text[start]) ^ (1 << chance.randrange(7))) + text[end:] if text[start:] else text


def _shortened(chance: Random, text: str, _: Sequence[str]) -> str:
    start, end = _spot(chance, len(text))
    return text[:start] + text[end:]


def _cut(chance: Random, text: str, _: Sequence[str]) -> str:
    return text[: chance.randint(0, len(text))]


def _repeated(chance: Random, text: str, _: Sequence[str]) -> str:
    start, end = _spot(chance, len(text))
    return text[:start] + text[start:end] * chance.choice((2, 2, 3, 50)) + text[end:]


def _inserted(chance: Random, text: str, _: Sequence[str]) -> str:
    start, end = _spot(chance, len(text))
    return text[:start] + chance.choice(NASTY_TEXTS) + text[start if chance.random() < 0.5 else end :]


def _spliced(chance: Random, text: str, samples: Sequence[str]) -> str:
    other = chance.choice(samples)
    return text[: chance.randint(0, len(text))] + other[chance.randint(0, len(other)) :]


def _replaced(chance: Random, text: str, _: Sequence[str]) -> str:
    start, _end = _spot(chance, len(text))
    return text[:start] + chance.choice("BCDEFGHJKLNPRSTUVX23456789AIOQMWYZ01b8s5") + text[start + 1 :]


def _other_case(chance: Random, text: str, _: Sequence[str]) -> str:
    return chance.choice((str.lower, str.upper, str.swapcase, str.title))(text)


def _grouped(chance: Random, text: str, _: Sequence[str]) -> str:
    return chance.choice((" ", "-", ".", "·", "  ", "\u00a0")).join(text[i : i + 3] for i in range(0, len(text), 3))


_ON_TEXT: tuple[Callable[[Random, str, Sequence[str]], str], ...] = (
    _flipped,
    _shortened,
    _cut,
    _repeated,
    _inserted,
    _inserted,
    _spliced,
    _replaced,
    _replaced,
    _other_case,
    _grouped,
)


def _flipped_bytes(chance: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    if not data:
        return data
    made = bytearray(data)
    for _each in range(chance.choice((1, 1, 2, 8))):
        made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
    return bytes(made)


def _shortened_bytes(chance: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _spot(chance, len(data))
    return data[:start] + data[end:]


def _cut_bytes(chance: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    return data[: chance.randint(0, len(data))]


def _repeated_bytes(chance: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _spot(chance, len(data))
    return data[:start] + data[start:end] * chance.choice((2, 3, 100)) + data[end:]


def _inserted_bytes(chance: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _spot(chance, len(data))
    return data[:start] + chance.choice(NASTY_BYTES) + data[start if chance.random() < 0.5 else end :]


def _spliced_bytes(chance: Random, data: bytes, samples: Sequence[bytes]) -> bytes:
    other = chance.choice(samples)
    return data[: chance.randint(0, len(data))] + other[chance.randint(0, len(other)) :]


_ON_BYTES: tuple[Callable[[Random, bytes, Sequence[bytes]], bytes], ...] = (
    _flipped_bytes,
    _flipped_bytes,
    _shortened_bytes,
    _cut_bytes,
    _repeated_bytes,
    _inserted_bytes,
    _inserted_bytes,
    _spliced_bytes,
)


def _mutated(chance: Random, value: Any) -> Any:
    """The value with one place of it changed; the way down is drawn at each step."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        key = chance.choice(list(value))
        drawn = chance.random()
        if drawn < 0.08:
            return {other: each for other, each in value.items() if other != key}
        if drawn < 0.16:
            return {
                **value,
                chance.choice((key + "x", key.upper(), MARK, "", "kind", "a" * 200, "é", "number")): chance.choice(
                    LEAVES
                ),
            }
        return {**value, key: _mutated(chance, value[key])}
    if isinstance(value, list) and value and chance.random() < 0.9:
        place = chance.randrange(len(value))
        if chance.random() < 0.15:
            return value * chance.choice((0, 2, 41))
        return [*value[:place], _mutated(chance, value[place]), *value[place + 1 :]]
    if isinstance(value, str) and chance.random() < 0.6:
        return mutate_text(chance, (value,))
    if isinstance(value, int) and chance.random() < 0.5:
        return value + chance.choice((-1, 1, 10, 10**9))
    return chance.choice(LEAVES)


def _twice(chance: Random, data: bytes) -> bytes:
    """A name that stands twice in an object."""
    return data.replace(b"{", b'{"v":1,"act_id":"x","v":2,', chance.choice((1, 3)))


def _deep(chance: Random, data: bytes) -> bytes:
    """The value in the middle of a very deep one."""
    depth, (left, right) = chance.choice((10, 900, 5000)), chance.choice(((b"[", b"]"), (b'{"a":', b"}")))
    return left * depth + data + right * depth
