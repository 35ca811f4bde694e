"""A workstation gives a restored service back what it acknowledged: same bytes, oldest first, once, with the right card."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from faces import FACES, Face
from factories import a_prescription, an_execution
from ordonum.cli.system import System
from ordonum.client import Sent
from restoring import put_back, recorded
from road import road_to


@pytest.mark.parametrize("face", FACES, ids=lambda each: each.name)
def test_the_same_bytes_go_again_oldest_first_and_once(own_system: System, tmp_path: Path, face: type[Face]) -> None:
    with road_to(own_system) as road, face(own_system, "dr-martin", tmp_path / "w", url=road.url) as doctor:
        start = own_system.now()
        done = [doctor.call("prescribe", a_prescription()) for _ in range(3)]
        was, bodies = recorded(own_system), road.bodies("/v1/register")
        put_back(own_system, start)
        road.sent.clear()
        sent: tuple[Sent, ...] = doctor.call("send_pending")
        assert [each.kept.act_id for each in sent] == [each.act_id for each in done]
        assert road.bodies("/v1/register") == bodies
        assert recorded(own_system) == was
        assert len(road.bodies("/v1/delegations")) == 1  # the key of its QR codes was lost as well
        road.sent.clear()
        assert doctor.call("send_pending") == ()
        assert [path for path, _ in road.sent] == ["/v1/token"]  # asked, and nothing to do
        # Another restoration, to the same moment: all of it again.
        put_back(own_system, start)
        assert len(doctor.call("send_pending")) == len(done)
        assert recorded(own_system) == was


def test_a_silence_ends_it_and_the_next_time_goes_on(own_system: System, tmp_path: Path) -> None:
    with road_to(own_system) as road, FACES[0](own_system, "dr-martin", tmp_path / "w", url=road.url) as doctor:
        start = own_system.now()
        for _ in range(3):
            doctor.call("prescribe", a_prescription())
        put_back(own_system, start)
        road.sent.clear()
        cut: list[tuple[str, bytes]] = []

        def lose_the_second(path: str, body: bytes) -> bool:
            cut.append((path, body))
            return path != "/v1/register" or len({each for where, each in cut if where == path}) != 2

        road.rule = lose_the_second
        sent = doctor.call("send_pending")
        assert [each.error is None for each in sent] == [True, False]
        road.rule = lambda path, _: True
        replayed = [each.acknowledged.replayed for each in doctor.call("send_pending")]
        assert replayed == [True, False]  # the one whose reply was lost had come through
        assert len(recorded(own_system)) == 3


def test_the_acts_of_another_card_wait_for_it(own_system: System, tmp_path: Path) -> None:
    said: list[str] = []
    home = tmp_path / "shared"
    with (
        FACES[0](own_system, "dr-martin", home) as doctor,
        FACES[0](own_system, "pharmacie-centre", home, tell=said.append) as pharmacy,
    ):
        start = own_system.now()
        number = doctor.call("prescribe", a_prescription()).number
        pharmacy.call("execute", number, an_execution(performed_at=own_system.now()))
        put_back(own_system, start)
        assert [each.kept.operation for each in pharmacy.call("send_pending")] == ["execute"]
        assert said == ["Service restauré : 1 acte(s) d'une autre carte seront renvoyés avec elle."]
        assert [each.kept.operation for each in doctor.call("send_pending")] == ["register"]
        assert [each.error for each in pharmacy.call("send_pending")] == [None]


def test_a_workstation_is_told_once_that_a_restored_service_waits_for_its_acts(
    own_system: System, tmp_path: Path
) -> None:
    said: list[str] = []
    with FACES[0](own_system, "dr-martin", tmp_path / "w") as doctor:
        start = own_system.now()
        doctor.call("prescribe", a_prescription())
        put_back(own_system, start)
    for waiting in (1, 0):
        said.clear()
        with FACES[0](own_system, "dr-martin", tmp_path / "w", tell=said.append) as doctor:
            for _ in range(2):
                doctor.call("prescribe", a_prescription())
            assert said == ["Service restauré d'une sauvegarde : 1 acte(s) à lui renvoyer (ordonum resend)."] * waiting
            doctor.call("send_pending")
            assert len(said) == waiting


def test_nothing_is_asked_of_a_service_that_acknowledged_nothing(own_system: System, tmp_path: Path) -> None:
    with road_to(own_system) as road, FACES[0](own_system, "dr-martin", tmp_path / "w", url=road.url) as doctor:
        assert doctor.call("send_pending") == ()
        assert road.sent == []


def test_an_answer_that_is_not_authentic_changes_nothing(own_system: System, tmp_path: Path) -> None:
    with road_to(own_system) as road, FACES[0](own_system, "dr-martin", tmp_path / "w", url=road.url) as doctor:
        start = own_system.now()
        done = doctor.call("prescribe", a_prescription())
        before = doctor.client.outbox.get(done.act_id)
        put_back(own_system, start - timedelta(seconds=1))
        receipt = msgspec.json.decode((before.answer or "").encode())
        false = msgspec.json.encode(receipt | {"salt": "0" * 64})
        road.rule = lambda path, _: (201, false) if path == "/v1/register" else True
        (sent,) = doctor.call("send_pending")
        assert sent.acknowledged is None
        assert doctor.client.outbox.get(done.act_id) == before
