"""Native JSON: the model is the format. Strict reading; every fault at once, by path, never with a value."""

import json
from collections.abc import Hashable
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, cast

import msgspec

from ordonum.model.identifiers import Identifier
from ordonum.model.refusals import Refusal, Refused
from ordonum.wire.faults import collect

T = TypeVar("T")


def make_identifier(kind: type, value: Any) -> Any:
    """Decoding hook: an Identifier is made, hence checked, by its constructor."""
    if isinstance(kind, type) and issubclass(kind, Identifier):
        return kind(value)
    raise NotImplementedError(kind.__name__)


def plain(value: Any) -> str:
    """Encoding hook: an Identifier travels as the string that it is."""
    if isinstance(value, Identifier):
        return str.__str__(value)
    raise NotImplementedError(type(value).__name__)


def _trusted(kind: type, value: Any) -> Any:
    """Decoding hook for what we wrote ourselves: it was checked when it came in."""
    if isinstance(kind, type) and issubclass(kind, Identifier) and isinstance(value, str):
        return str.__new__(kind, value)
    raise NotImplementedError(kind.__name__)


@cache
def _own_decoder(kind: Hashable) -> "msgspec.json.Decoder[Any]":
    return msgspec.json.Decoder(cast(Any, kind), strict=True, dec_hook=_trusted)


@cache
def _decoder(kind: Hashable) -> "msgspec.json.Decoder[Any]":
    return msgspec.json.Decoder(cast(Any, kind), strict=True, dec_hook=make_identifier)


_encoder = msgspec.json.Encoder(enc_hook=plain)
_canonical = msgspec.json.Encoder(enc_hook=plain, order="sorted")


def read(body: bytes, kind: type[T], *, at: str = "$") -> T:
    """Decode `body`; raise Refused(UNREADABLE) with every fault, its path from `at`."""
    try:
        decoded: T = _decoder(cast(Hashable, kind)).decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refused(Refusal.UNREADABLE, faults=tuple(collect(body, kind, make_identifier, at))) from None
    return decoded


class Corrupt(Exception):
    """Something of our own that does not decode: a bug or a damaged disk, never the caller's fault. Holds no value."""


def read_own(body: bytes, kind: type[T]) -> T:
    """Decode what we wrote ourselves. Raises Corrupt."""
    try:
        return read(body, kind)
    except Refused:
        raise Corrupt(kind.__name__) from None


def reread(body: bytes, kind: type[T]) -> T:
    """Decode what we checked, wrote and sealed ourselves, and whose seal was just verified: identifiers are not checked
    again. Raises Corrupt.
    """
    try:
        decoded: T = _own_decoder(cast(Hashable, kind)).decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Corrupt(kind.__name__) from None
    return decoded


def write(value: Any) -> bytes:
    """The value as native JSON."""
    return _encoder.encode(value)


def canonical(value: Any) -> bytes:
    """The canonical bytes of a decoded value: sorted keys, defaults left out, so that a field added later changes none.

    Two requests with the same canonical bytes are the same act.
    """
    return _canonical.encode(_bare(value))


@cache
def _fields(kind: Hashable) -> tuple[tuple[tuple[str, str, bool, Any], ...], dict[str, Any]]:
    """The fields of a struct (name, name as written, required, default), and its tag as written."""
    struct = cast(type[msgspec.Struct], kind)
    config = struct.__struct_config__
    head = {config.tag_field or "type": config.tag} if config.tag is not None else {}
    return tuple((f.name, f.encode_name, f.required, f.default) for f in msgspec.structs.fields(struct)), head


def _bare(value: Any) -> Any:
    """Structs as dictionaries without the fields that hold their default; what is no struct, the encoder writes."""
    if isinstance(value, msgspec.Struct):
        fields, head = _fields(type(value))
        kept = dict(head)
        for name, written, required, default in fields:
            inner = getattr(value, name)
            if required or inner != default:
                kept[written] = inner if type(inner) in _LEAVES else _bare(inner)
        return kept
    if isinstance(value, (tuple, list)):
        return [_bare(inner) for inner in value]
    return value


_LEAVES = frozenset({str, int, bool, float, type(None)})


def refuse_duplicate_keys(body: bytes, *, at: str, as_we_write: Any = None) -> None:
    """Refuse JSON in which a key stands twice: two readers of one signed text must read the same thing.

    `as_we_write` is the value that was read of it: bytes that are those that we would write have no key twice.
    """

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise Refused(Refusal.UNREADABLE, at=at)
        return found

    if as_we_write is not None and write(as_we_write) == body:
        return
    try:
        json.loads(body, object_pairs_hook=unique)
    except (ValueError, RecursionError):
        raise Refused(Refusal.UNREADABLE, at=at) from None


def moment(value: datetime) -> str:
    """An aware moment in RFC 3339, as the native format writes it."""
    return str(msgspec.to_builtins(value))


def schemas(kinds: tuple[Any, ...], ref: str) -> tuple[tuple[dict[str, Any], ...], dict[str, Any]]:
    """JSON Schemas of these types and their components, references made from `ref` (as «#/…/{name}»)."""
    return msgspec.json.schema_components(kinds, schema_hook=_schema_of, ref_template=ref)


def _schema_of(kind: type) -> dict[str, Any]:
    if issubclass(kind, Identifier):
        return {"type": "string", "pattern": kind.pattern, "title": kind.title}
    raise NotImplementedError(kind.__name__)
