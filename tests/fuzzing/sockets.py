"""Raw bytes at the socket: requests that no HTTP library would send, many at once, while somebody else is being served."""

import asyncio
import contextlib
import re
import time
from collections import Counter
from collections.abc import Callable
from random import Random
from urllib.parse import urlsplit

from msgspec import Struct, field

from fuzzing.mutators import mutate_bytes

AT_ONCE = 48
ANSWER_SECONDS, AGAIN_SECONDS = 0.25, 0.05  # what is not answered by then is waiting for more: it is left there
_HEAD = re.compile(rb"(?:^|\n|\})HTTP/1\.[01] ([0-9]{3})")
_TELLS = re.compile(rb"Traceback|File \"|asyncpg|uvicorn|starlette|SELECT ", re.IGNORECASE)


class Heard(Struct):
    """What came back: answers by status, silences, and what must not be."""

    sent: int = 0
    silent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def __str__(self) -> str:
        told = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
        return f"{self.sent} raw requests in {self.seconds:.0f} s; {self.silent} without answer; answers {told}"


class Made:
    """Makes raw requests from right ones: `right` are (path, headers, body) that the service accepts."""

    def __init__(self, chance: Random, right: list[tuple[str, dict[str, str], bytes]]) -> None:
        self.chance, self.right = chance, right
        self.whole = [_written("POST", *each) for each in right] + [_written("GET", "/health", {}, b"")]
        self._kinds: tuple[Callable[[], bytes], ...] = (
            self._mutated,
            self._mutated,
            self._mutated,
            self._line,
            self._headers,
            self._chunked,
            self._length,
            self._pipelined,
            self._nulls,
            self._old,
            self._upgrade,
            self._absolute,
            self._smuggled,
            self._noise,
        )

    def __call__(self) -> bytes:
        """The next one."""
        return self.chance.choice(self._kinds)()

    def _one(self) -> tuple[str, dict[str, str], bytes]:
        path, headers, body = self.chance.choice(self.right)
        return path, dict(headers), body

    def _mutated(self) -> bytes:
        return mutate_bytes(self.chance, self.whole)

    def _line(self) -> bytes:
        """Request lines of no grammar."""
        path, headers, body = self._one()
        whole = _written("POST", path, headers, body)
        line = self.chance.choice(
            (
                b"",
                b" ",
                b"POST",
                b"POST  " + path.encode() + b" HTTP/1.1",
                b"post " + path.encode() + b" http/1.1",
                b"POST " + path.encode() + b" HTTP/9.9",
                b"POST " + path.encode() + b"?a=" + b"x" * 9000 + b" HTTP/1.1",
                b"POST /%00%ff%2e%2e/../../etc/passwd HTTP/1.1",
                b"POST " + path.encode() + b"\tHTTP/1.1",
                b"\x16\x03\x01\x02\x00\x01\x00",
                b"M" * 5000 + b" / HTTP/1.1",
                "POST /é HTTP/1.1".encode(),
                b"POST //v1//consult HTTP/1.1",
                b"PRI * HTTP/2.0",
                b"OPTIONS * HTTP/1.1",
                b"TRACE " + path.encode() + b" HTTP/1.1",
                b"CONNECT 127.0.0.1:22 HTTP/1.1",
                b"POST " + path.encode() + b"# HTTP/1.1",
            )
        )
        return line + b"\r\n" + whole.split(b"\r\n", 1)[1]

    def _headers(self) -> bytes:
        """Headers too many, too long, folded, nameless, doubled, of no charset."""
        path, headers, body = self._one()
        odd = self.chance.choice(
            (
                b"X: " + b"y" * 70_000,
                b"\r\n".join(b"X-%d: y" % rank for rank in range(2000)),
                b"X: a\r\n b\r\n\tc",
                b": nameless",
                b"X y: z",
                b"X\x00: y",
                b"X: \x00",
                b"X: \xff\xfe",
                b"Authorization: Bearer x",
                b"Authorization: Basic \xc3\xa9",
                b"Content-Type: text/\x80",
                b"Host: a\r\nHost: b",
                b"Cookie: " + b"a=b; " * 3000,
                b"Expect: 100-continue",
                b"Expect: 200-ok",
                b"Content-Encoding: gzip",
                b"Transfer-Encoding: gzip, chunked",
                b"Connection: close, keep-alive, upgrade",
                b"Range: bytes=0-0,-1",
                b"Content-Length: 5",
            )
        )
        whole = _written("POST", path, headers, body)
        return whole.replace(b"\r\n", b"\r\n" + odd + b"\r\n", 1)

    def _chunked(self) -> bytes:
        """Chunks whose sizes lie."""
        path, headers, body = self._one()
        headers.pop("Content-Length", None)
        head = _written("POST", path, {**headers, "Transfer-Encoding": "chunked"}, None)
        half = len(body) // 2
        return head + self.chance.choice(
            (
                b"%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (half, body[:half], len(body) - half, body[half:]),
                b"%x;ext=%s\r\n%s\r\n0\r\nTrailer: x\r\n\r\n" % (len(body), b"y" * 5000, body),
                b"ffffffffffffffff\r\n" + body,
                b"-1\r\n" + body,
                b"0x10\r\n" + body,
                b"\r\n" + body,
                b"zz\r\n" + body,
                b"%x\n%s\n0\n\n" % (len(body), body),
                b"%x\r\n%s" % (len(body) + 5, body),
                b"1\r\na\r\n" * 3000 + b"0\r\n\r\n",
                b"0\r\n\r\n",
                b"%x\r\n%sXX\r\n0\r\n\r\n" % (len(body), body),
            )
        )

    def _length(self) -> bytes:
        """A length that is not the body's."""
        path, headers, body = self._one()
        told = self.chance.choice(
            (
                "0",
                "-1",
                "+5",
                "1e3",
                "0x10",
                " 7",
                "99999999999999999999",
                "18446744073709551616",
                str(len(body) - 1),
                str(len(body) + 9),
                "٣",
                "5, 5",
                "",
            )
        )
        whole = _written("POST", path, headers, body)
        return whole.replace(b"Content-Length: %d" % len(body), b"Content-Length: " + told.encode(errors="replace"))

    def _pipelined(self) -> bytes:
        return b"".join(self.chance.choice(self.whole) for _ in range(self.chance.choice((2, 5, 30))))

    def _nulls(self) -> bytes:
        whole = self.chance.choice(self.whole)
        return whole.replace(
            self.chance.choice((b"/", b" ", b"\r\n", b":", b"{", b'"')), b"\x00", self.chance.choice((1, 99))
        )

    def _old(self) -> bytes:
        return self.chance.choice(
            (
                b"GET /\r\n",
                b"GET /health\r\n\r\n",
                b"GET /health HTTP/1.0\r\n\r\n",
                b"GET / HTTP/0.9\r\n\r\n",
                b"POST /v1/token\n\n",
            )
        )

    def _upgrade(self) -> bytes:
        """Other protocols over this one."""
        path, headers, body = self._one()
        upgraded = self.chance.choice(
            (
                {"Upgrade": "h2c", "Connection": "Upgrade, HTTP2-Settings", "HTTP2-Settings": "AAMAAABkAAQAAP__"},
                {
                    "Upgrade": "websocket",
                    "Connection": "Upgrade",
                    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
                    "Sec-WebSocket-Version": "13",
                },
                {"Upgrade": "TLS/1.2", "Connection": "Upgrade"},
            )
        )
        return self.chance.choice(
            (_written("POST", path, {**headers, **upgraded}, body), _written("GET", path, upgraded, b""))
        )

    def _absolute(self) -> bytes:
        path, headers, body = self._one()
        where = self.chance.choice(
            ("http://evil.example", "https://127.0.0.1", "HTTP://[::1]:80", "http://a:b@c", "file://", "//evil.example")
        )
        return _written("POST", where + path, headers, body)

    def _smuggled(self) -> bytes:
        """A length and chunks at once."""
        path, headers, body = self._one()
        chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        return _written(
            "POST",
            path,
            {**headers, "Transfer-Encoding": self.chance.choice(("chunked", "Chunked", "chunked, identity", "x"))},
            chunks,
        )

    def _noise(self) -> bytes:
        return self.chance.randbytes(self.chance.choice((1, 30, 400, 5000)))


def _written(method: str, path: str, headers: dict[str, str], body: bytes | None) -> bytes:
    """A request as it is on the wire; without a body, no length is told."""
    told = {"Host": "x", **headers, **({} if body is None else {"Content-Length": str(len(body))})}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b"")


async def throw(url: str, make: Callable[[], bytes], count: int) -> Heard:
    """Send that many raw requests, AT_ONCE connections at a time."""
    heard, started = Heard(), time.monotonic()
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port

    async def some() -> None:
        while heard.sent < count:
            heard.sent += 1
            raw = make()
            _judge(heard, raw, await _exchange(str(parts.hostname), int(parts.port or 0), raw))

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))
    heard.seconds = time.monotonic() - started
    return heard


async def _exchange(host: str, port: int, raw: bytes) -> bytes:
    """What comes back within a moment; the connection is then left."""
    reader, writer = await asyncio.open_connection(host, port)
    answer = b""
    with contextlib.suppress(OSError, TimeoutError):
        writer.write(raw)
        while (some := await _read(reader, AGAIN_SECONDS if answer else ANSWER_SECONDS)) and len(answer) < 1_000_000:
            answer += some
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return answer


async def _read(reader: asyncio.StreamReader, seconds: float) -> bytes:
    async with asyncio.timeout(seconds):
        return await reader.read(65_536)


def _judge(heard: Heard, raw: bytes, answer: bytes) -> None:
    statuses = [int(each) for each in _HEAD.findall(answer)]
    heard.silent += not answer
    heard.statuses.update(statuses)
    if any(status >= 500 for status in statuses):
        heard.failures.append(f"{statuses} to {raw[:600]!r}")
    if _TELLS.search(answer):
        heard.failures.append(f"tells of our insides: {answer[:300]!r} to {raw[:600]!r}")
    if answer and not statuses:
        heard.failures.append(f"no HTTP: {answer[:200]!r} to {raw[:600]!r}")
