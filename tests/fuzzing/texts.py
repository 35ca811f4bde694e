"""Numbers and texts of codes under fuzz: number, QR code, scanners that type like keyboards, INS DataMatrix."""

import re
from datetime import date
from random import Random

from cryptography.hazmat.primitives.asymmetric import ec

from factories import DOCTOR, NIR, PLACE
from fuzzing.mutators import mutate_bytes, mutate_text
from fuzzing.playing import Target, must
from fuzzing.samples import SAMPLES
from ordonum.model.identifiers import BirthDate, Finess, InsOid, Malformed
from ordonum.model.number import ALPHABET, EpuId
from ordonum.wire import codes, ins_datamatrix, keyboard, qr
from ordonum.wire.ins_datamatrix import BirthPlace, InsTraits, StrictName
from ordonum.wire.qr import NotOurCode, QrContent

NUMBERS = SAMPLES[EpuId]
NATIONAL = "01S2TBPZ2JCNZZYGHZ"
KEY = ec.derive_private_key(20261116, ec.SECP256R1())
TYPED = [*NUMBERS, *(EpuId(each).grouped for each in NUMBERS), *map(str.lower, NUMBERS), NATIONAL, "01" + "Z9" * 8]


def _number(text: str) -> bool:
    try:
        read = EpuId.read(text)
    except Malformed as error:
        must(re.fullmatch("[a-z-]+", error.reason) is not None, "a reason is a code")
        return False
    assert EpuId(str.__str__(read)) == read == EpuId.read(read.grouped)
    assert read not in repr(read)
    return True


def _content(rank: int) -> QrContent:
    return QrContent(
        number=EpuId(NUMBERS[rank % len(NUMBERS)]),
        rpps=DOCTOR.rpps,
        numero_am=PLACE.numero_am if rank % 2 else None,
        finess=None if rank % 2 else Finess(SAMPLES[Finess][0]),
        surname=("DURAND", "Ô", "DE LA TOUR D'AUVERGNE-LAURAGUAIS DE SAINT-PAULET DE CARAMAN", "É" * 60)[rank % 4],
        first_name=("Éloïse", "Jean-Baptiste", "X")[rank % 3],
        birth_date=BirthDate("1979-03-14"),
        written_on=date(2026, 11, 16),
    )


QR_TEXTS = [qr.write(qr.sign(_content(rank), KEY)) for rank in range(12)]
ELOISE = InsTraits(
    matricule=NIR,
    oid=InsOid("1.2.250.1.213.1.4.8"),
    first_names=StrictName("ELOISE MARIE-ANNE"),
    surname=StrictName("D'ORVAL"),
    sex="F",
    birth_date=BirthDate("1979-03-14"),
    birth_place=BirthPlace("2A004"),
)
INS_TEXTS = [ins_datamatrix.write(ELOISE), ins_datamatrix.write(ELOISE).replace("\x1d", "")]
OTHER_TEXTS = ["10003456789", "810003456789", "DC04FR0000011E6A1E6A", "https://vitale.example/x", "3400930000120", NIR]


def _qr_input(chance: Random) -> str:
    """Mutated symbols, or mutated bytes put into symbols again."""
    if chance.random() < 0.6:
        return mutate_text(chance, QR_TEXTS)
    text = chance.choice(QR_TEXTS)
    start = len(qr.PREFIX) + len(NUMBERS[0])
    body = mutate_bytes(chance, (_bytes_of(text[start:]),))[:255]
    return text[:start] + _symbols_of(body)


def _bytes_of(symbols: str) -> bytes:
    """The bytes of a body of base 26, as docs/qr.md describes it: written again here, so that bytes can be mutated."""
    data = b""
    for start in range(0, len(symbols), 12):
        value = 0
        for symbol in symbols[start : start + 12]:
            value = value * 26 + ALPHABET.index(symbol)
        data += value.to_bytes(7, "big")
    return data[1 : 1 + data[0]]


def _symbols_of(data: bytes) -> str:
    sized = bytes([len(data)]) + data
    padded = sized.ljust(-(-len(sized) // 7) * 7, b"\0")
    symbols = []
    for start in range(0, len(padded), 7):
        value, chunk = int.from_bytes(padded[start : start + 7], "big"), ""
        for _ in range(12):
            value, rest = divmod(value, 26)
            chunk = ALPHABET[rest] + chunk
        symbols.append(chunk)
    return "".join(symbols)


def _qr(text: str) -> bool:
    try:
        signed = qr.read(text)
    except NotOurCode as error:
        must(text[:12] not in error.seen or len(text) < 12, "what is told repeats the code")
        return False
    again = qr.write(signed)
    assert qr.read(again) == signed, "what was read is not what would be written"
    assert again == codes.compact(text), "two texts of one signed content"
    if signed.signature[-1] % 16 == 0:
        assert qr.holds(signed, KEY.public_key()) in (True, False)
    return True


def _keyboard(text: str) -> bool:
    understood = keyboard.understood(text)
    assert codes.kind_of(text) in codes.Kind
    assert codes.explain([text, understood])
    try:
        number = qr.number_in(text)
    except NotOurCode:
        return False
    assert EpuId.read(number) == number
    assert qr.only_number([number]) == number
    return True


def _ins(text: str) -> bool:
    try:
        traits = ins_datamatrix.read(text)
    except Malformed:
        return False
    assert ins_datamatrix.read(ins_datamatrix.write(traits)) == traits
    return True


TEXTS = [
    *TYPED,
    *QR_TEXTS,
    *INS_TEXTS,
    *OTHER_TEXTS,
    *(text.translate(str.maketrans("23456789", "é\"'(-è_ç")) for text in QR_TEXTS),
]
NUMBER = Target("number", lambda chance: mutate_text(chance, TYPED), _number)
QR = Target("qr", _qr_input, _qr)
KEYBOARD = Target("keyboard, kinds", lambda chance: mutate_text(chance, TEXTS), _keyboard)
INS = Target("ins datamatrix", lambda chance: mutate_text(chance, INS_TEXTS), _ins)
