"""The search for leaks finds each spelling that it names, and nothing in what is drawn at random."""

import base64
import gzip
import random
import zlib
from collections.abc import Callable

import pytest

from leaks import Secrets

STEM = "qzxvkjwyq"
SECRETS = Secrets(
    STEM,
    births={"1931-04-07"},
    matricules={"2790351215189"},
    numbers={"NBCDEFGHJKLNPRSTUV"},
    digests={"ab" * 32},
    literals=[b"a.token.of.somebody"],
)
PLAIN = ("Qzxvkjwyqabcdefgh", "NBCDEFGHJKLNPRSTUV", "279035121518989", "1931-04-07", "ab" * 32, "a.token.of.somebody")
SPELLINGS: dict[str, Callable[[str], bytes]] = {
    "UTF-8": str.encode,
    "UTF-16LE": lambda text: text.encode("utf-16-le"),
    "UTF-16BE": lambda text: b"\n" + text.encode("utf-16-be"),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64, shifted by one": lambda text: base64.b64encode(b'"' + text.encode()),
    "base64, shifted by two": lambda text: base64.b64encode(b':"' + text.encode()),
    "base64url in a JWS": lambda text: (
        b"eyJhbGciOiJFUzI1NiJ9." + base64.urlsafe_b64encode(text.encode()).rstrip(b"=") + b".x"
    ),
    "hexadecimal": lambda text: text.encode().hex().encode(),
    "upper hexadecimal, one digit before": lambda text: b"F" + text.encode().hex().upper().encode(),
    "percent": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()).encode(),
    "JSON escapes": lambda text: "".join(f"\\u{ord(letter):04x}" for letter in text).encode(),
    "C escapes": lambda text: "".join(f"\\x{byte:02x}" for byte in text.encode()).encode(),
    "gzip": lambda text: b"\x1f\x8b" + gzip.compress(text.encode()),
    "zlib": lambda text: zlib.compress(text.encode()),
    "zlib in hexadecimal": lambda text: zlib.compress(text.encode()).hex().encode(),
    "base64 in gzip in base64": lambda text: base64.b64encode(gzip.compress(base64.b64encode(text.encode()))),
}


@pytest.mark.parametrize("spelled", SPELLINGS)
@pytest.mark.parametrize("plain", PLAIN, ids=["mark", "number", "nir", "birth", "opening", "token"])
def test_each_kind_of_secret_is_found_in_each_spelling(plain: str, spelled: str) -> None:
    noise = random.Random(5)
    held = noise.randbytes(500) + b" " + SPELLINGS[spelled](plain) + b" " + noise.randbytes(500)
    assert list(SECRETS.searched("here", held))


@pytest.mark.parametrize(
    "text",
    [
        "QZXVKJWYQ",
        "nbc def ghj kln prs tuv",
        "NBC-DEF-GHJ-KLN-PRS-TUV",
        "2 79 03 51 215 189 89",
        "07/04/1931",
        "né le 07.04.1931",
        "n:19310407;",
        "qzxv\0kjwyq",
    ],
)
def test_other_ways_of_writing_are_found_too(text: str) -> None:
    assert list(SECRETS.searched("here", text.encode()))


def test_nothing_is_found_in_what_is_drawn_at_random_nor_in_ordinary_words() -> None:
    drawn = random.Random(7).randbytes(1_000_000)
    words = (
        b'{"at":"1931-04-08T12:00:00Z","nir":"2790351215190","n":"NBCDEFGHJKLNPRSTUX","hash":"' + b"ab" * 31 + b'ac"}'
    )
    for held in (drawn, drawn[:300_000].hex().encode(), base64.b64encode(drawn[:300_000]), words):
        assert list(SECRETS.searched("here", held)) == []
