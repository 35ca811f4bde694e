"""The table of acts: read all those of a prescription, add one."""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from ordonum.server.store.database import Pool, reading, writing

ACTS_MAX = 2_000  # twice a day for nearly three years; what is cancelled after that still is


class ActRow(Struct, frozen=True, kw_only=True):
    """A stored act, still encrypted."""

    seq: int
    act_id: UUID
    kind: str
    year: int
    author: bytes
    content: bytes
    performed_at: datetime
    recorded_at: datetime
    body: bytes
    sealed: bytes | None
    answer: bytes


class Beside(Struct, frozen=True, kw_only=True):
    """What is recorded beside an act: the last day on which its prescription is kept, the keyed names that find it (own act,
    prescriber's list, patient), the patient whom an execution that is gone no longer attaches, what the insurer is alerted of.
    """

    ends_on: date | None = None
    own_act: bytes | None = None
    prescriber: bytes | None = None
    patient: bytes | None = None
    gone: bytes | None = None
    gone_act: UUID | None = None
    alert: str | None = None


class AuditRow(Struct, frozen=True, kw_only=True):
    """An entry of the trace: canonical leaf in clear (no personal field), personal fields encrypted."""

    entry_id: UUID
    recorded_at: datetime
    year: int
    leaf: bytes
    personal: bytes


class Question(Struct, frozen=True, kw_only=True):
    """What is asked in one statement: the acts under `lookup`, and beside them whether one of these certificates (issuers
    in DER and serials, in the same order) is revoked, when the next list of `authority` is due, and how many unknown
    numbers `professional` and `place` asked for since `since`. From `limits` of these on (of the one, of the other), the
    acts come without what they hold, and the answer takes the same time whether there are any or not.
    """

    lookup: bytes
    issuers: tuple[bytes, ...] = ()
    serials: tuple[str, ...] = ()
    authority: bytes | None = None
    professional: bytes | None = None
    place: bytes | None = None
    since: datetime | None = None
    limits: tuple[int | None, int | None] = (None, None)


class Found(Struct, frozen=True, kw_only=True):
    """The answer to a question."""

    rows: tuple[ActRow, ...]
    revoked: bool
    list_due: datetime | None
    misses: int
    misses_here: int


_COLUMNS, _BESIDE = ActRow.__struct_fields__, Beside.__struct_fields__
_ACT = ",".join(f"${each}" if each != 5 else "$5::smallint" for each in range(1, 23))
_RECORD_ACT = f"SELECT record_act({_ACT})"
_RECORD_FIRST = f"SELECT record_first({_ACT},$23,$24,$25,$26,$27)"
_QUESTION = """
SELECT c.revoked, c.list_due, c.misses, c.misses_here,
       seq, act_id, kind, year, author, content, performed_at, recorded_at,
       CASE WHEN c.misses >= $8 OR c.misses_here >= $9 THEN ''::bytea ELSE body END AS body, sealed,
       CASE WHEN c.misses >= $8 OR c.misses_here >= $9 THEN ''::bytea ELSE answer END AS answer
FROM (SELECT
        EXISTS (SELECT 1 FROM unnest($2::bytea[], $3::text[]) AS asked(issuer, serial)
                JOIN revocation AS r ON r.issuer = asked.issuer AND r.serial = asked.serial) AS revoked,
        (SELECT max(next_update) FROM revocation_list WHERE issuer = $4) AS list_due,
        (SELECT count(*) FROM miss WHERE who = $5 AND at > $7) AS misses,
        (SELECT count(*) FROM miss WHERE who = $6 AND at > $7) AS misses_here) AS c
LEFT JOIN act ON act.lookup = $1 ORDER BY seq
"""


async def read_acts(pool: Pool, question: Question) -> Found:
    """All the acts on a prescription, in order, and what stands around them, as of one moment and in one round trip."""
    async with reading(pool) as connection:
        rows = await connection.fetch(
            _QUESTION,
            question.lookup,
            question.issuers,
            question.serials,
            question.authority,
            question.professional,
            question.place,
            question.since,
            *question.limits,
        )
    first = rows[0]
    return Found(
        rows=tuple(
            ActRow(**dict(zip(_COLUMNS, tuple(row)[4:], strict=True))) for row in rows if row["seq"] is not None
        ),
        revoked=first["revoked"],
        list_due=first["list_due"],
        misses=first["misses"],
        misses_here=first["misses_here"],
    )


class Assumed(Struct, frozen=True, kw_only=True):
    """What a registration was decided on without having been read: none of these certificates is revoked, and the list of
    `authority` is due after `due_after`, or (`without_list`) it never gave one.
    """

    issuers: tuple[bytes, ...]
    serials: tuple[str, ...]
    authority: bytes
    due_after: datetime
    without_list: bool


class Recording(Struct, frozen=True):
    """An act as it is to be recorded."""

    lookup: bytes
    row: ActRow
    audit: AuditRow
    beside: Beside


async def record_act(pool: Pool, asked: Recording) -> bool:
    """Add an act with its index rows and its audit entry, in one statement. False: another came first, read again."""
    async with writing(pool, an_act=True) as connection:
        recorded: bool = await connection.fetchval(_RECORD_ACT, *_values(asked))
    return recorded


async def record_both(pool: Pool, first: Recording, second: Recording) -> bool:
    """Add two acts, of two prescriptions, or neither: in one transaction. False: another came first, read again."""
    async with writing(pool, an_act=True) as connection:
        try:
            async with connection.transaction():
                for each in (first, second):
                    if not await connection.fetchval(_RECORD_ACT, *_values(each)):
                        raise _CameFirst
        except _CameFirst:
            return False
    return True


class _CameFirst(Exception):
    pass


async def record_first(pool: Pool, asked: Recording, assumed: Assumed) -> bool:
    """The same for a first act, if what was assumed holds. False: it does not, or an act came first; read, and decide."""
    async with writing(pool, an_act=True) as connection:
        recorded: bool = await connection.fetchval(
            _RECORD_FIRST,
            *_values(asked),
            assumed.issuers,
            assumed.serials,
            assumed.authority,
            assumed.due_after,
            assumed.without_list,
        )
    return recorded


def _values(asked: Recording) -> tuple[object, ...]:
    act, audit = (getattr(asked.row, name) for name in _COLUMNS), asked.audit
    beside = (getattr(asked.beside, name) for name in _BESIDE)
    return (asked.lookup, *act, *beside, audit.entry_id, audit.leaf, audit.personal)


async def find_own_act(pool: Pool, blind: bytes) -> bytes | None:
    """The lookup of the prescription that this prescriber registered by this act."""
    async with reading(pool) as connection:
        found: bytes | None = await connection.fetchval("SELECT lookup FROM own_act WHERE blind = $1", blind)
    return found


async def registered_by(pool: Pool, blind: bytes, before: datetime, limit: int) -> tuple[tuple[datetime, bytes], ...]:
    """When and under which lookup this prescriber registered, newest first, before a moment."""
    async with reading(pool) as connection:
        rows = await connection.fetch(
            "SELECT recorded_at, lookup FROM prescription_of WHERE blind = $1 AND recorded_at < $2"
            " ORDER BY recorded_at DESC LIMIT $3",
            blind,
            before,
            limit,
        )
    return tuple((row["recorded_at"], row["lookup"]) for row in rows)


async def registered_by_day(pool: Pool, blind: bytes, since: datetime) -> tuple[int, ...]:
    """How many this prescriber registered, counted by spans of 24 hours since a moment, the first span first."""
    async with reading(pool) as connection:
        rows = await connection.fetch(
            "SELECT floor(extract(epoch FROM recorded_at - $2) / 86400)::int AS day, count(*)::int AS many"
            " FROM prescription_of WHERE blind = $1 AND recorded_at >= $2 GROUP BY day ORDER BY day",
            blind,
            since,
        )
    counted = {row["day"]: row["many"] for row in rows}
    return tuple(counted.get(day, 0) for day in range(max(counted, default=-1) + 1))


async def any_act(pool: Pool) -> bool:
    """Whether the database holds anything."""
    async with reading(pool) as connection:
        found: bool = await connection.fetchval("SELECT EXISTS (SELECT 1 FROM act)")
    return found
