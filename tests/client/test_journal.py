"""The journal tells what a workstation did, names nobody, and never stops an act."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from factories import NIR, NOON, SOFTWARE, a_medicine, a_patient, a_prescription, an_execution, boxes, delivered
from ordonum.cli.system import System
from ordonum.client import Card, Client, Declined, Entry, Journal, Origin, tally
from ordonum.client.journal import READ, RECORDED, REPLAYED, UNANSWERED, Event, Trace
from ordonum.model.acts import ByOwnAct
from raw import token


def _entry(event: Event = Event.RESULT, *, at: datetime = NOON, operation: str = "register", **more: object) -> Entry:
    return Entry(at=at, event=event, operation=operation, software="s", version="1", card="test/P-256", **more)  # type: ignore[arg-type]  # the fields of Entry


def test_a_whole_circuit_is_told_and_names_nobody(own_system: System) -> None:
    with own_system.client("dr-martin") as doctor, own_system.client("pharmacie-centre") as pharmacy:
        patient = a_patient(surname="ZYGOMALAS", first_name="Théodora", birth_date="1931-07-09")
        done = doctor.prescribe(a_prescription(patient=patient, lines=(a_medicine(label="KRYPTONIX"),)))
        doctor.sheet(done.act_id)
        doctor.sheet(done.act_id)
        assert done.number is not None
        pharmacy.consult(done.number, Origin.PAPER)
        delivery = pharmacy.execute(done.number, an_execution(identity_reason="vue à la pharmacie"))
        pharmacy.resend(pharmacy.outbox.get(delivery.act_id))
        with pytest.raises(Declined):
            pharmacy.execute(done.number, an_execution(delivered(quantity=boxes(60)), identity_reason="vue"))
        doctor.executions(ByOwnAct(done.act_id))
        told = [(e.event.value, e.operation, e.code, e.copy) for e in _lines(doctor)]
        assert told == [
            ("created", "register", None, None),
            ("attempt", "register", "answered", None),
            ("result", "register", RECORDED, None),
            ("printed", "print", None, 1),
            ("printed", "print", None, 2),
            ("attempt", "executions", "answered", None),
            ("result", "executions", READ, None),
        ]
        assert [e.code for e in _lines(pharmacy) if e.event is Event.RESULT] == [
            READ,
            RECORDED,
            REPLAYED,
            "more-than-left",
        ]
        text = "".join(f.read_text() for each in (doctor, pharmacy) for f in each.journal.directory.iterdir())
        secrets = [done.number, done.number.grouped, NIR, NIR[:13], "ZYGOMALAS", "Théodora", "1931-07-09", "1979-03-14"]
        secrets += ["KRYPTONIX", "AMOXICILLINE", "DURAND", "Éloïse", "MARTIN", "eyJ", token(doctor, own_system)]
        secrets += [each.card.professional.rpps for each in (doctor, pharmacy)]
        secrets += [held for held, _ in doctor._core.road._tokens.values()]
        for secret in secrets:
            assert secret.casefold() not in text.casefold(), secret
        assert all(f.stat().st_mode & 0o777 == 0o600 for f in doctor.journal.directory.iterdir())
        first = json.loads(text.splitlines()[1])
        assert set(first) <= {
            "at",
            "event",
            "operation",
            "software",
            "version",
            "card",
            "act_id",
            "code",
            "attempt",
            "ms",
        }
        assert first["at"].endswith("Z")


def _lines(client: Client) -> list[Entry]:
    return list(client.journal.entries())


def test_months_have_their_files_and_are_read_in_order(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    late = [_entry(at=NOON + timedelta(days=days)) for days in (0, 40, 0)]
    journal.write(late)
    assert sorted(each.name for each in journal.directory.iterdir()) == ["2026-11.jsonl", "2026-12.jsonl"]
    assert [each.at for each in journal.entries()] == [late[0].at, late[2].at, late[1].at]


def test_a_line_cut_short_is_skipped_and_spoils_no_other(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.write([_entry(code="one")])
    file = journal.directory / "2026-11.jsonl"
    with file.open("ab") as out:
        out.write(b'{"at":"2026-11-16T12:00')
    assert [each.code for each in journal.entries()] == ["one"]
    journal.write([_entry(code="two")])
    assert [each.code for each in journal.entries()] == ["one", "two"]


def test_a_full_disk_stops_no_act_and_is_told_once(own_system: System) -> None:
    said: list[str] = []
    card, trust = own_system.card("dr-martin"), own_system.authority.trust
    with Client(own_system.url, card, home=own_system.home / "full", trust=trust, tell=said.append) as doctor:
        doctor.journal.directory.mkdir(parents=True)
        (doctor.journal.directory / f"{datetime.now(UTC):%Y-%m}.jsonl").symlink_to("/dev/full")
        assert doctor.prescribe(a_prescription()).act_id
        assert doctor.prescribe(a_prescription()).act_id
    assert len(said) == 1
    assert "journal" in said[0]


def test_a_line_says_what_card_it_was_and_never_whose(system: System, tmp_path: Path) -> None:
    card: Card = system.card("dr-martin")
    journal = Journal(tmp_path / "journal")
    trace = Trace(journal, "consult", card=card, software=SOFTWARE, now=lambda: NOON)
    trace.attempted(1, UNANSWERED, 0.0)
    trace.ended(UNANSWERED)
    trace.flush()
    trace.flush()
    first, last = journal.entries()
    assert (first.card, first.software, first.version) == ("test/P-256", SOFTWARE.name, SOFTWARE.version)
    assert (first.attempt, last.attempt) == (1, 1)


def test_figures_count_acts_once_and_say_the_share_that_was_recorded() -> None:
    def act(rank: int) -> UUID:
        return UUID(int=rank)

    lines = [_entry(Event.CREATED, act_id=act(rank)) for rank in range(4)]
    lines += [_entry(code=RECORDED, act_id=act(0), ms=100.0), _entry(code=UNANSWERED, act_id=act(1), ms=9000.0)]
    lines += [_entry(code=REPLAYED, act_id=act(1), ms=300.0), _entry(code=REPLAYED, act_id=act(1), ms=200.0)]
    lines += [_entry(code="bad-date", act_id=act(2), ms=5.0), _entry(code="bad-date", act_id=act(2), ms=5.0)]
    lines += [_entry(code=RECORDED, act_id=uuid4(), ms=400.0)]  # created in a journal that is gone
    (of,) = tally(lines)
    assert (of.created, of.recorded, of.share) == (4, 3, 0.5)
    assert (of.refused, of.unanswered) == ({"bad-date": 2}, 1)
    assert (of.median_ms, of.p99_ms) == (250.0, 400.0)


def test_figures_of_reading_and_printing_have_no_share() -> None:
    lines = [_entry(operation="consult", code=READ, ms=4.0), _entry(Event.PRINTED, operation="print", copy=1)]
    consult, prints = tally(lines)
    assert (consult.share, consult.answered, prints.printed, prints.median_ms) == (None, 1, 1, None)
