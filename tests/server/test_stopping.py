"""Stopping: what is under way finishes, nothing new is taken, and who shares out requests is told beforehand."""

import signal
import socket
import time
from pathlib import Path

import httpx2
import pytest

from server_process import Served, served, until

BODY = b"grant_type=nothing&assertion=nothing"
HEADERS = (
    b"POST /v1/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: " + str(len(BODY)).encode() + b"\r\n\r\n"
)


def _half_sent(service: Served) -> socket.socket:
    """A request of which the service has read the first half."""
    slow = socket.create_connection(("127.0.0.1", service.port), timeout=30)
    slow.sendall(HEADERS + BODY[:10])
    time.sleep(0.5)
    return slow


def _rest(slow: socket.socket) -> bytes:
    slow.sendall(BODY[10:])
    answer = b""
    while piece := slow.recv(65_536):
        answer += piece
    return answer


@pytest.mark.parametrize("processes", ["1", "2"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_slow_request_under_way_is_answered_and_no_connection_is_taken(
    processes: str, number: signal.Signals, tmp_path: Path
) -> None:
    with served(tmp_path / "home", ORDONUM_WORKERS=processes) as service, _half_sent(service) as slow:
        service.process.send_signal(number)
        until(service.refuses, seconds=5)
        time.sleep(1)
        assert service.process.poll() is None
        answer = _rest(slow)
        assert answer.startswith(b"HTTP/1.1 4")
        assert b"bad-assertion" in answer
        assert service.process.wait(timeout=20) == (0 if number == signal.SIGINT else 128 + number)
        assert service.logged("stopped")


def test_a_request_that_never_ends_holds_the_stop_up_for_ten_seconds_at_most(tmp_path: Path) -> None:
    with served(tmp_path / "home", ORDONUM_WORKERS="2") as service, _half_sent(service):
        began = time.monotonic()
        service.process.terminate()
        service.process.wait(timeout=20)
        assert 9 < time.monotonic() - began < 16


@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_stop_with_notice_is_told_by_health_before_connections_are_refused(processes: str, tmp_path: Path) -> None:
    with served(tmp_path / "home", ORDONUM_WORKERS=processes, ORDONUM_STOP_NOTICE="3") as service:
        assert httpx2.get(f"{service.url}/health").status_code == 200
        service.process.terminate()
        until(lambda: len(service.logged("stopping")) >= int(processes), seconds=3)
        until(lambda: httpx2.get(f"{service.url}/health").status_code == 503, seconds=2)  # whichever process answers
        told = httpx2.get(f"{service.url}/health")
        assert (told.status_code, told.json()["status"]) == (503, "arrêt")
        assert httpx2.get(f"{service.url}/v1/acknowledgement-keys").status_code == 200
        until(service.refuses, seconds=10)
        assert service.process.wait(timeout=20) == 128 + signal.SIGTERM
