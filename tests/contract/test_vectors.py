"""The published vectors, by an independent reading of docs/protocole.md: none of the project's codecs is used here."""

import hashlib
import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

ALPHABET = "BCDEFGHJKLNPRSTUVX23456789"
VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "docs/vecteurs.json").read_text())


def test_the_check_symbol_follows_the_page() -> None:
    number = VECTORS["number"]["valid"]
    p = 26
    for symbol in number[:17]:
        p = (p + ALPHABET.index(symbol)) % 26 or 26
        p = 2 * p % 27
    assert number[17] == ALPHABET[(1 - p) % 26]


def test_the_commitment_follows_the_page() -> None:
    given = VECTORS["commitment"]
    texts = (given["number"], unicodedata.normalize("NFC", given["first_name"]), given["birth_date"])
    sized = b"".join(len(each.encode()).to_bytes(2, "big") + each.encode() for each in texts)
    made = hashlib.sha256(b"ordonum/commit/1" + bytes.fromhex(given["opening"]) + sized).hexdigest()
    assert made == given["commitment"]


@pytest.mark.parametrize("act", ["cancellation", "execution", "replacement", "withdrawal"])
def test_the_canonical_form_follows_the_page(act: str) -> None:
    text = VECTORS["canonical"][act]
    again = json.dumps(json.loads(text), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert again == text
    assert "null" not in text
    assert "birth_rank" not in text  # at its default


@pytest.mark.parametrize("act", ["cancellation", "replacement", "withdrawal"])
def test_the_digest_of_an_act_follows_the_page(act: str) -> None:
    given = VECTORS["canonical"]
    made = hashlib.sha256(bytes.fromhex(given["salt"]) + given[act].encode()).hexdigest()
    assert made == given[f"content_of_{act}"]


def test_the_text_of_the_code_follows_the_page() -> None:
    text, signature = VECTORS["qr"]["text"], bytes.fromhex(VECTORS["qr"]["signature"])
    assert text[:4] == "NRX2"
    assert text[4:22] == VECTORS["number"]["valid"]
    body = text[22:]
    data = b""
    for start in range(0, len(body), 12):
        value = 0
        for symbol in body[start : start + 12]:
            value = value * 26 + ALPHABET.index(symbol)
        data += value.to_bytes(7, "big")
    length, data = data[0], data[1:]
    assert set(data[length:]) <= {0}
    data = data[:length]
    assert data[-64:] == signature
    name = "Éloïse".encode()
    assert data[:-64] == (
        b"\x01"
        + (99700366240).to_bytes(5, "big")
        + b"A"
        + (691000001).to_bytes(5, "big")
        + (19790314).to_bytes(4, "big")
        + (2517).to_bytes(2, "big")
        + b"\x06DURAND"
        + bytes([len(name)])
        + name
    )
