"""The text of the sheet's QR code and its signature; pictures are the business of `picture` and `scan`.

Text = «NRX2» ‖ number (18 symbols) ‖ body in base 26. Everything is in the alphabet of the number, so that a scanner that
types like a keyboard of another layout cannot spoil it. Body = format (1 byte) ‖ RPPS ‖ place ‖ birth date ‖ day of
writing ‖ surname ‖ first name ‖ P-256 signature (64 bytes: r ‖ s) over «ordonum/qr/1» ‖ number ‖ all before it.

Offline it proves prescriber, patient and number; never the lines, nor what was already delivered.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from msgspec import Struct

from ordonum.model.actors import Place
from ordonum.model.identifiers import BirthDate, Finess, Malformed, NumeroAm, Rpps
from ordonum.model.number import ALPHABET, LENGTH, EpuId
from ordonum.wire import codes, keyboard
from ordonum.wire.codes import PREFIX as PREFIX
from ordonum.wire.codes import NotOurCode as NotOurCode

_DOMAIN = b"ordonum/qr/1"
_FORMAT = 1
_SIGNATURE = 64
_CHUNK, _SYMBOLS = 7, 12  # 26^12 > 256^7: seven bytes in twelve symbols
_DAY_ZERO = date(2020, 1, 1)
_TEXT_MAX, _NUMBER_MAX = 1000, 100


class QrContent(Struct, frozen=True, kw_only=True):
    """What the code says, as the user's circuit slides list it: number, prescriber, patient; and the day of writing."""

    number: EpuId
    rpps: Rpps
    numero_am: NumeroAm | None
    finess: Finess | None
    surname: str
    first_name: str
    birth_date: BirthDate
    written_on: date


class SignedQr(Struct, frozen=True):
    """A content and the signature over its bytes."""

    content: QrContent
    signature: bytes


def content_for(
    number: EpuId, rpps: Rpps, place: Place, *, surname: str, first_name: str, birth_date: BirthDate, written_on: date
) -> QrContent:
    """What a sheet's code says."""
    return QrContent(
        number=number,
        rpps=rpps,
        numero_am=place.numero_am,
        finess=place.finess,
        surname=surname,
        first_name=first_name,
        birth_date=birth_date,
        written_on=written_on,
    )


def sign(content: QrContent, key: ec.EllipticCurvePrivateKey) -> SignedQr:
    """Sign with a P-256 key."""
    r, s = utils.decode_dss_signature(key.sign(_to_sign(content), ec.ECDSA(hashes.SHA256())))
    return SignedQr(content, r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def holds(signed: SignedQr, key: ec.EllipticCurvePublicKey) -> bool:
    """Whether this key signed this content."""
    r, s = int.from_bytes(signed.signature[:32], "big"), int.from_bytes(signed.signature[32:], "big")
    try:
        key.verify(utils.encode_dss_signature(r, s), _to_sign(signed.content), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def write(signed: SignedQr) -> str:
    """The text of the code, in the alphabet of the number."""
    return PREFIX + signed.content.number + _to_symbols(_body(signed.content) + signed.signature)


def read(text: str) -> SignedQr:
    """The content of a code's text. Raises NotOurCode, also for what `write` would write otherwise; verifies no signature.

    One content has one text: a name of more bytes than are signed would hide some of them from the signature.
    """
    if len(text) > _TEXT_MAX:
        raise NotOurCode(codes.TOO_LONG)
    compact = codes.compact(text)
    if not compact.startswith(PREFIX):
        raise NotOurCode(codes.kind_of(text).value)
    try:
        number = EpuId(compact[len(PREFIX) : len(PREFIX) + LENGTH])
        body = _from_symbols(compact[len(PREFIX) + LENGTH :])
        content = _read_body(number, body[:-_SIGNATURE])
        if _body(content) != body[:-_SIGNATURE]:
            raise ValueError("not as written")
        return SignedQr(content, body[-_SIGNATURE:])
    except (Malformed, ValueError, IndexError, OverflowError):
        raise NotOurCode(codes.Kind.DAMAGED.value) from None


def number_in(text: str) -> EpuId:
    """The number, from a code's whole text or from the number alone, however the keyboard put it. Raises NotOurCode."""
    return _number(keyboard.understood(text))


def only_one(texts: Iterable[str]) -> SignedQr:
    """The one code of an ordonnance numérique among what was read. Raises NotOurCode."""
    read_texts = list(texts)
    found: dict[str, SignedQr] = {}
    for text in read_texts:
        try:
            signed = read(text)
            found[signed.content.number] = signed
        except NotOurCode:
            continue
    if len(found) > 1:
        raise NotOurCode(codes.SEVERAL)
    for signed in found.values():
        return signed
    raise NotOurCode(codes.explain(read_texts))


def only_number(texts: Iterable[str]) -> EpuId:
    """The one number among what was read: of our QR code, or alone in a code, as the national form may be. Raises NotOurCode."""
    read_texts = list(texts)
    found: set[EpuId] = set()
    for text in read_texts:
        try:
            found.add(_number(text))
        except NotOurCode:
            continue
    if len(found) > 1:
        raise NotOurCode(codes.SEVERAL)
    for number in found:
        return number
    raise NotOurCode(codes.explain(read_texts))


def _number(text: str) -> EpuId:
    try:
        return EpuId.read(codes.compact(text) if len(text) <= _NUMBER_MAX else "")
    except Malformed:
        return read(text).content.number


def _to_sign(content: QrContent) -> bytes:
    return _DOMAIN + content.number.encode() + _body(content)


def _body(content: QrContent) -> bytes:
    if content.numero_am is not None:
        place = b"A" + int(content.numero_am).to_bytes(5, "big")
    else:
        place = b"F" + int(str(content.finess), 36).to_bytes(6, "big")
    return b"".join(
        (
            bytes([_FORMAT]),
            int(content.rpps).to_bytes(5, "big"),
            place,
            int(content.birth_date.replace("-", "")).to_bytes(4, "big"),
            (content.written_on - _DAY_ZERO).days.to_bytes(2, "big"),
            _sized(content.surname),
            _sized(content.first_name),
        )
    )


def _read_body(number: EpuId, body: bytes) -> QrContent:
    if body[0] != _FORMAT:
        raise ValueError("format")
    rpps, kind, rest = int.from_bytes(body[1:6], "big"), body[6:7], body[7:]
    size = 5 if kind == b"A" else 6
    place, rest = int.from_bytes(rest[:size], "big"), rest[size:]
    born, day, rest = f"{int.from_bytes(rest[:4], 'big'):08d}", int.from_bytes(rest[4:6], "big"), rest[6:]
    surname, rest = rest[1 : 1 + rest[0]], rest[1 + rest[0] :]
    first_name, rest = rest[1 : 1 + rest[0]], rest[1 + rest[0] :]
    if rest or kind not in (b"A", b"F"):
        raise ValueError("shape")
    return QrContent(
        number=number,
        rpps=Rpps(f"{rpps:011d}"),
        numero_am=NumeroAm(f"{place:09d}") if kind == b"A" else None,
        finess=Finess(_base36(place)) if kind == b"F" else None,
        surname=surname.decode(),
        first_name=first_name.decode(),
        birth_date=BirthDate(f"{born[:4]}-{born[4:6]}-{born[6:]}"),
        written_on=_DAY_ZERO + timedelta(days=day),
    )


def _base36(value: int) -> str:
    digits = ""
    while value:
        value, digit = divmod(value, 36)
        digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[digit] + digits
    return digits.rjust(9, "0")


def _sized(text: str) -> bytes:
    """A text of at most 60 bytes after its length; a longer one is cut between two characters."""
    encoded = text.encode()[:60].decode(errors="ignore").encode()
    return bytes([len(encoded)]) + encoded


def _to_symbols(data: bytes) -> str:
    """Base 26: the length (1 byte) and the data, padded to chunks of seven bytes, twelve symbols each."""
    sized = bytes([len(data)]) + data
    padded = sized.ljust(-(-len(sized) // _CHUNK) * _CHUNK, b"\0")
    symbols = []
    for start in range(0, len(padded), _CHUNK):
        value = int.from_bytes(padded[start : start + _CHUNK], "big")
        chunk = ""
        for _ in range(_SYMBOLS):
            value, symbol = divmod(value, len(ALPHABET))
            chunk = ALPHABET[symbol] + chunk
        symbols.append(chunk)
    return "".join(symbols)


def _from_symbols(text: str) -> bytes:
    if not text or len(text) % _SYMBOLS:
        raise ValueError("length")
    data = bytearray()
    for start in range(0, len(text), _SYMBOLS):
        value = 0
        for symbol in text[start : start + _SYMBOLS]:
            value = value * len(ALPHABET) + ALPHABET.index(symbol)
        data += value.to_bytes(_CHUNK, "big")
    padding = data[1 + data[0] :]
    if data[0] > len(data) - 1 or any(padding) or len(padding) >= _CHUNK or data[0] < _SIGNATURE:
        raise ValueError("padding")
    return bytes(data[1 : 1 + data[0]])
