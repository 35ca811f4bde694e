"""The trace can be proved later: leaves are canonical, name nobody, and stay when the person behind one is shredded."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest

import merkle
from base import OWNER, ask, owner_fetches
from factories import a_prescription, an_execution, boxes, delivered
from ordonum.cli.system import System
from ordonum.client import Client, EpuId, prepare
from ordonum.client.keys import HeldKeys
from ordonum.model.acts import ByNumber, Origin
from ordonum.model.invoice import Invoice, InvoicedLine
from ordonum.model.refusals import BY_CODE
from ordonum.model.stopping import Cancellation, CancelReason
from ordonum.server.usecases.tracing import Leaf, Personal, entry
from ordonum.server.vault.vault import Purpose, Unreadable
from ordonum.wire import native
from raw import post, token
from sheet_on_paper import Sheet, already

HEX = re.compile(r"[0-9a-f]{64}")
ACTIONS = {"register", "consult", "execute", "invoice", "cancel", "executions"}
SHAPES: dict[str, Any] = {
    "v": lambda v: v == 1,
    "entry_id": lambda v: str(UUID(v)) == v,
    "at": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z").fullmatch,
    "action": ACTIONS.__contains__,
    "lookup": HEX.fullmatch,
    "act_id": lambda v: v is None or str(UUID(v)) == v,
    "outcome": lambda v: v == "done" or v in BY_CODE,
    "origin": lambda v: v is None or v in {each.value for each in Origin},
    "personal": HEX.fullmatch,
}
# Merkle tree hashes of the first n inputs (certificate-transparency, transparency-dev/merkle).
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


class Played(msgspec.Struct):
    """What was played: the numbers, all that no leaf may hold, and the entries, oldest first."""

    system: System
    numbers: list[EpuId]
    hidden: list[str]

    @property
    def rows(self) -> list[Any]:
        assert self.system.context is not None
        lookups = [self.system.context.vault.lookup(each) for each in self.numbers]
        asked = "SELECT * FROM audit WHERE lookup = ANY($1) ORDER BY recorded_at, entry_id"
        return list(owner_fetches(self.system, asked, lookups))

    @property
    def leaves(self) -> list[bytes]:
        return [row["leaf"] for row in self.rows]

    def personal(self, row: Any) -> Personal:
        """Whom an entry names. Raises Unreadable."""
        assert self.system.context is not None
        held = row["lookup"], row["entry_id"], row["personal"]
        return native.read_own(self.system.context.vault.decrypt(Purpose.AUDIT, row["year"], *held), Personal)


@pytest.fixture(scope="module")
def played(system: System, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Each kind of act, each way of reading, and refusals of each of them."""
    with (
        system.client("dr-martin") as doctor,
        system.client("pharmacie-centre") as pharmacy,
        system.client("infirmiere-diallo") as nurse,
    ):
        done = doctor.prescribe(a_prescription())
        assert done.number is not None
        execution = an_execution(delivered(1, boxes(1)))
        pharmacy.consult(done.number, Origin.MSSANTE)
        pharmacy.execute(done.number, execution)
        line = InvoicedLine(line=1, quantity=boxes(1))
        made = Invoice(act_id=uuid4(), number="F-1", lot="1", date=system.now().date(), lines=(line,))
        pharmacy.attach_invoice(done.number, made)
        doctor.executions(ByNumber(done.number))
        early = Sheet(system, doctor, a_prescription(), HeldKeys(tmp_path_factory.mktemp("keys")))
        assert early.execute(pharmacy, already(system, delivered(1, boxes(1)))).status_code == 201
        unknown = EpuId.draw(lambda symbols: symbols[0])
        number, stranger = str(done.number), str(unknown)
        again = {"number": number, "execution": an_execution(delivered(1, boxes(5)))}
        taken = prepare.registration(a_prescription(), doctor.card, doctor.software).body
        differs = json.loads(taken) | {"number": number}
        cancellation = Cancellation(act_id=uuid4(), reason=CancelReason.DEATH)
        asked: list[tuple[Any, str, Any]] = [
            (nurse, "/v1/consult", {"number": number, "origin": "paper"}),
            (pharmacy, "/v1/consult", {"number": stranger, "origin": "phone"}),
            (pharmacy, "/v1/execute", native.write(again)),
            (pharmacy, "/v1/invoice", native.write({"number": stranger, "invoice": made})),
            (doctor, "/v1/register", json.dumps(differs).encode()),
            (doctor, "/v1/executions", {"prescription": {"by": "number", "number": stranger}}),
            (doctor, "/v1/cancel", native.write({"prescription": ByNumber(unknown), "cancellation": cancellation})),
        ]
        for client, path, body in asked:
            assert post(system, path, body, bearer=token(client, system)).status_code >= 400
        doctor.cancel(ByNumber(done.number), cancellation)
        people = [each.card for each in (doctor, pharmacy, nurse)]
        hidden = [text for card in people for text in (card.professional.rpps, card.professional.surname)]
        hidden += [card.place.key.split(":")[1] for card in people] + [card.place.name for card in people]
        hidden += [number, stranger, str(early.number), "279035121518989", doctor.software.name]
        yield Played(system, [done.number, early.number, unknown], hidden)


def test_each_act_each_reading_and_each_refusal_has_its_entry(played: Played) -> None:
    told = [native.read(each, Leaf) for each in played.leaves]
    assert {(each.action, each.outcome) for each in told} >= {
        ("register", "done"),
        ("consult", "done"),
        ("execute", "done"),
        ("invoice", "done"),
        ("cancel", "done"),
        ("executions", "done"),
        ("consult", "not-your-family"),
        ("consult", "unknown-number"),
        ("execute", "more-than-left"),
        ("invoice", "unknown-number"),
        ("register", "commitment-differs"),
        ("executions", "not-registered"),
        ("cancel", "not-registered"),
    }
    assert all((each.act_id is not None) == (each.outcome == "done" and each.action in _ACTS) for each in told)


_ACTS = {"register", "execute", "invoice", "cancel"}


def test_a_leaf_is_canonical_bytes_and_holds_only_fields_of_a_known_shape(played: Played) -> None:
    for row in played.rows:
        pairs = json.loads(row["leaf"], object_pairs_hook=list)
        names = [name for name, _ in pairs]
        assert names == sorted(SHAPES), names  # sorted, none twice, none missing, none more
        written = json.dumps(dict(pairs), separators=(",", ":"), ensure_ascii=False).encode()
        assert written == row["leaf"] == native.canonical(native.read(row["leaf"], Leaf))
        for name, value in pairs:
            assert SHAPES[name](value), (name, value)
        leaf = native.read(row["leaf"], Leaf)
        assert (leaf.lookup, leaf.entry_id, leaf.at) == (row["lookup"].hex(), row["entry_id"], row["recorded_at"])


def test_no_leaf_names_anybody(played: Played) -> None:
    for leaf in played.leaves:
        for hidden in played.hidden:
            assert hidden.encode().lower() not in leaf.lower(), hidden


def test_the_commitment_opens_with_these_fields_and_this_key_alone(played: Played) -> None:
    opened = [(native.read(row["leaf"], Leaf), played.personal(row)) for row in played.rows]
    for leaf, personal in opened:
        assert leaf.personal == _commitment(personal.key, personal.actor)
    (leaf, personal), others = opened[0], opened[1:]
    assert all(leaf.personal != _commitment(other.key, personal.actor) for _, other in others)
    software = msgspec.structs.replace(personal.actor.software, version="9")
    assert leaf.personal != _commitment(personal.key, msgspec.structs.replace(personal.actor, software=software))
    assert len({each.personal for each, _ in opened}) == len(opened)  # the same person twice: two commitments
    assert hashlib.sha256(native.canonical(personal.actor)).hexdigest() != leaf.personal


def _commitment(key: str, actor: Any) -> str:
    return hmac.digest(bytes.fromhex(key), native.canonical(actor), hashlib.sha256).hex()


@pytest.mark.parametrize("size", range(9))
def test_the_tree_of_these_tests_is_that_of_rfc_6962(size: int) -> None:
    leaves = [bytes.fromhex(each) for each in INPUTS[:size]]
    assert merkle.root(leaves).hex() == ROOTS[size]
    for index in range(size):
        assert merkle.led_to(leaves[index], index, size, merkle.proof(index, leaves)).hex() == ROOTS[size]


def test_the_same_entry_is_never_twice(system: System, played: Played) -> None:
    every = [bytes(row["leaf"]) for row in owner_fetches(system, "SELECT leaf FROM audit")]
    assert len(set(every)) == len(every) >= len(played.leaves)
    row = played.rows[0]
    with pytest.raises(asyncpg.UniqueViolationError):
        owner_fetches(system, "INSERT INTO audit VALUES ($1, $2, $3, $4::smallint, $5, $6)", *row.values())


def test_a_change_of_any_bit_of_a_leaf_is_seen(played: Played) -> None:
    leaves = played.leaves
    whole, index = merkle.root(leaves), len(leaves) // 2
    path, leaf = merkle.proof(index, leaves), leaves[index]
    assert merkle.led_to(leaf, index, len(leaves), path) == whole
    for bit in range(len(leaf) * 8):
        changed = bytearray(leaf)
        changed[bit // 8] ^= 1 << bit % 8
        assert merkle.led_to(bytes(changed), index, len(leaves), path) != whole
    assert merkle.root(leaves[::-1]) != whole
    assert merkle.root(leaves[:-1]) != whole


def test_shredding_the_person_leaves_the_leaf_its_proof_and_the_root(
    system: System, doctor: Client, pharmacy: Client
) -> None:
    """The keeper empties `personal`; nobody else may, and nothing else of the entry moves."""
    number = doctor.prescribe(a_prescription()).number
    assert number is not None
    for _ in range(4):
        pharmacy.consult(number, Origin.PAPER)
    played = Played(system, [number], [])
    before, whole = played.rows, merkle.root(played.leaves)
    shredded = before[1]

    async def as_keeper(connection: Any) -> None:
        await connection.execute("GRANT ordonum_keeper TO CURRENT_USER")
        await connection.execute("SET ROLE ordonum_keeper")
        for forbidden in ("UPDATE audit SET personal = 'x'", "UPDATE audit SET leaf = ''"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(forbidden)
        assert await connection.fetchval("SELECT shred_entry($1, $2)", shredded["lookup"], shredded["entry_id"])
        assert not await connection.fetchval("SELECT shred_entry($1, $2)", shredded["lookup"], uuid4())
        await connection.execute("RESET ROLE; REVOKE ordonum_keeper FROM CURRENT_USER")

    ask(system, OWNER, as_keeper)
    after = played.rows
    assert [(row["entry_id"], row["leaf"]) for row in after] == [(row["entry_id"], row["leaf"]) for row in before]
    assert merkle.root(played.leaves) == whole
    assert merkle.led_to(after[1]["leaf"], 1, len(after), merkle.proof(1, played.leaves)) == whole
    with pytest.raises(Unreadable):
        played.personal(after[1])
    assert played.personal(after[0]) == played.personal(before[0])


def test_a_moment_is_written_in_one_way_only(played: Played) -> None:
    """Whatever the zone of the clock that was read; with no fraction, or one of six digits."""
    assert played.system.context is not None
    actor = played.personal(played.rows[0]).actor
    paris = datetime(2026, 11, 16, 13, tzinfo=timezone(timedelta(hours=1)))
    for moment, written in ((paris, "12:00:00Z"), (paris.replace(microsecond=500_000), "12:00:00.500000Z")):
        asked = {"action": "consult", "actor": actor, "at": moment, "year": 2026, "outcome": "done"}
        made = entry(played.system.context, b"0" * 32, **asked)  # type: ignore[arg-type]  # the keywords of an entry
        assert json.loads(made.leaf)["at"] == f"2026-11-16T{written}"
        assert SHAPES["at"](json.loads(made.leaf)["at"])
