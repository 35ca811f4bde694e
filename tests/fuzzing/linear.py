"""Time by length: families of adversarial texts that grow, and how many nanoseconds a byte of each costs at each size."""

import base64
import contextlib
import json
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from msgspec import Struct

from fuzzing.samples import SAMPLES
from ordonum.model.acts import ExecuteRequest, RegisterRequest
from ordonum.model.identifiers import Malformed
from ordonum.model.number import EpuId
from ordonum.model.prescription import SignedOrder
from ordonum.model.refusals import Refused
from ordonum.wire import certificates, codes, ins_datamatrix, jws, keyboard, native, qr
from ordonum.wire.assertion import AssertionClaims

SMALL, LIMIT, TOKEN_LIMIT = 1_000, 262_144, 65_536
RATIO_MAX = 4.0
MEASURE_SECONDS = 0.004
REPEATS, ATTEMPTS = 5, 3
REFUSALS = (Refused, Malformed, qr.NotOurCode, jws.BadSignature, certificates.Untrusted)


class Growing(Struct, frozen=True):
    """A parser, and a family of inputs for it, one for each length in bytes."""

    name: str
    parse: Callable[[Any], Any]
    of_length: Callable[[int], Any]
    limit: int = LIMIT


class Measured(Struct, frozen=True):
    """Nanoseconds a byte at a small size, at an eighth of the limit, at the limit."""

    name: str
    limit: int
    small: float
    middle: float
    large: float

    @property
    def ratio(self) -> float:
        """How much more a byte costs in the largest than in the middle one; 8 for a quadratic parser."""
        return self.large / self.middle

    def __str__(self) -> str:
        return (
            f"{self.name:<44} ns a byte: {self.small:8.1f} at 1 kB, {self.middle:8.1f} at {self.limit // 8192} kB, "
            f"{self.large:8.1f} at {self.limit // 1024} kB; ratio {self.ratio:.2f}"
        )


def measure(growing: Growing) -> Measured:
    """The best of some measures; of a ratio that is too high, measured again, the lowest: other programs run too."""
    found = [_measured(growing)]
    while found[-1].ratio > RATIO_MAX and len(found) < ATTEMPTS:
        found.append(_measured(growing))
    return min(found, key=lambda each: each.ratio)


def _measured(growing: Growing) -> Measured:
    small, middle, large = (_ns_a_byte(growing, size) for size in (SMALL, growing.limit // 8, growing.limit))
    return Measured(growing.name, growing.limit, small, middle, large)


def _ns_a_byte(growing: Growing, size: int) -> float:
    given = growing.of_length(size)
    best = float("inf")
    for _ in range(REPEATS):
        turns, started = 0, time.thread_time()
        while (spent := time.thread_time() - started) < MEASURE_SECONDS:
            with contextlib.suppress(*REFUSALS):
                growing.parse(given)
            turns += 1
        best = min(best, spent / turns)
    return best / len(given) * 1e9


def families() -> Iterator[Growing]:
    """Every parser with what could make it slow."""
    for name, kind, limit in (("register", RegisterRequest, LIMIT), ("execute", ExecuteRequest, TOKEN_LIMIT)):
        for what, of_length in _JSON.items():
            yield Growing(f"{name}: {what}", partial(native.read, kind=kind), of_length, limit)
    for what, of_length in _JSON.items():
        yield Growing(f"signed order: {what}", lambda body: native.read(body, SignedOrder, at="$.jws"), of_length)
        yield Growing(f"twice-told names: {what}", lambda body: native.refuse_duplicate_keys(body, at="$"), of_length)
        yield Growing(f"assertion: {what}", lambda body: native.read(body, AssertionClaims), of_length, TOKEN_LIMIT)
    parsers: dict[str, Callable[[str], Any]] = {
        "number": EpuId.read,
        "qr": qr.read,
        "number in a text": qr.number_in,
        "keyboard": keyboard.understood,
        "kind of code": codes.kind_of,
        "ins": ins_datamatrix.read,
    }
    for name, parse in parsers.items():
        for what, unit in _TEXTS.items():
            yield Growing(f"{name}: {what}", parse, partial(_repeated, unit))
    for what, made in _JWS.items():
        yield Growing(f"jws: {what}", lambda text: jws.take_apart(text, typ=jws.ORDER_TYP), made, 200_000)
    for what, of_bytes in _DER.items():
        yield Growing(f"certificate: {what}", certificates.load, of_bytes, TOKEN_LIMIT)


def _repeated(unit: str, size: int) -> str:
    head, body = unit[: unit.index("|")], unit[unit.index("|") + 1 :]
    return (head + body * (size // len(body) + 1))[:size]


def _filled(left: bytes, unit: bytes, right: bytes) -> Callable[[int], bytes]:
    """`left`, then as many units as fit, then `right`."""
    return lambda size: left + unit * max(1, (size - len(left) - len(right)) // len(unit)) + right


def _names(size: int, *, same: bool) -> bytes:
    count = size // 16
    return b"{" + b",".join(b'"k%08d":1' % (0 if same else rank) for rank in range(count)) + b"}"


def _nested(left: bytes, right: bytes) -> Callable[[int], bytes]:
    return lambda size: left * (size // (len(left) + len(right))) + right * (size // (len(left) + len(right)))


def _order_of(line: bytes) -> Callable[[int], bytes]:
    order = b'{"v":1,"family":"health-products","lines":['
    return lambda size: order + b",".join([line] * max(1, size // (len(line) + 1))) + b"]}"


_JSON: dict[str, Callable[[int], bytes]] = {
    "nested arrays, open": lambda size: b"[" * size,
    "nested arrays, closed": _nested(b"[", b"]"),
    "nested objects, closed": _nested(b'{"number":', b"}"),
    "a number without end": _filled(b'{"number":', b"9", b"}"),
    "a decimal without end": _filled(b'{"number":0.', b"9", b"}"),
    "a text of digits": _filled(b'{"number":"', b"9", b'"}'),
    "a text of blanks": _filled(b'{"execution":{"rule_reason":"', b" ", b'"}}'),
    "escapes": _filled(b'{"number":"', b"\\u00e9", b'"}'),
    "lone surrogates": _filled(b'{"number":"', b"\\ud800", b'"}'),
    "blanks before": lambda size: b" " * size,
    "lines, then no JSON": _filled(b"", b"\n", b"x"),
    "no UTF-8 at the end": _filled(b'"' + b"\n" * 10, b"a", b"\xff"),
    "unknown names": lambda size: _names(size, same=False),
    "one name again and again": lambda size: _names(size, same=True),
    "a known name again and again": _filled(b'{"v":1', b',"opening":"x"', b"}"),
    "many wrong lines": _order_of(b'{"kind":"medicine","x":1}'),
    "lines of no kind": _order_of(b"{}"),
    "a line with many names": lambda size: _order_of(b'{"kind":"medicine",' + _names(size, same=False)[1:])(1),
    "no lines but numbers": _order_of(b"1"),
    "a signed text": _filled(b'{"jws":"', b"a.a.a", b'"}'),
}
_TEXTS = {
    "blanks": "|   ",
    "hyphens": "|-",
    "all separators": "| -.·",
    "digits": "|9",
    "our alphabet": "|NBCDEFGHJ2",
    "a number again and again": "|" + SAMPLES[EpuId][0],
    "a number after blanks": " |          " + SAMPLES[EpuId][0],
    "our prefix": "NRX2|NRX2",
    "an ins without end": ins_datamatrix.HEADER + "|S1279035121518989",
    "names without end": ins_datamatrix.HEADER + "S3|A S",
    "combining marks": "e|\u0301\u0323",
    "keys of another layout": "|&é\"'(-è_çà",
    "an address": "HTTP://|A:",
}
_ONE = base64.urlsafe_b64encode(json.dumps({"alg": "ES256", "typ": jws.ORDER_TYP, "x5c": ["AAAA"]}).encode()).rstrip(
    b"="
)


def _header(unit: bytes) -> Callable[[int], str]:
    def of_length(size: int) -> str:
        head = (
            b'{"alg":"ES256","typ":"ordonum-order+jws","x5c":['
            + b",".join([unit] * (size * 3 // 4 // (len(unit) + 1)))
            + b"]}"
        )
        return base64.urlsafe_b64encode(head).decode().rstrip("=") + ".e30.AAAA"

    return of_length


_JWS: dict[str, Callable[[int], str]] = {
    "a payload without end": lambda size: f"{_ONE.decode()}.{'A' * size}.AAAA",
    "a signature without end": lambda size: f"{_ONE.decode()}.e30.{'A' * size}",
    "a header without end": lambda size: f"{'A' * size}.e30.AAAA",
    "dots": lambda size: "." * size,
    "many certificates": _header(b'"AAAA"'),
    "a delegation in a delegation": lambda size: f"{_ONE.decode()}.e30." * (size // 60),
}


def _der(tag: int, content: bytes) -> bytes:
    """A value of ASN.1 with a length of four bytes."""
    return bytes([tag, 0x84]) + len(content).to_bytes(4, "big") + content


def _sequences(size: int) -> bytes:
    made = b""
    for _ in range(size // 6):
        made = _head(0x30, len(made)) + made
    return made


def _head(tag: int, length: int) -> bytes:
    return bytes([tag, 0x84]) + length.to_bytes(4, "big")


_DER: dict[str, Callable[[int], bytes]] = {
    "sequences in a row": lambda size: _der(0x30, b"\x30\x00" * (size // 2)),
    "one long integer": lambda size: _der(0x30, _der(0x30, _der(0x02, b"\x7f" * size))),
    "zeros": lambda size: b"\x00" * size,
    "sequences in sequences": _sequences,
}
