"""Several service processes on one listening socket: started, started again when they die, stopped together.

The parent serves nothing. It holds the socket, so that a connection made while a process is started again waits for
another one; it owns the embedded database; and it holds one end of each child's standard input, whose end tells a child
that its parent is gone.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import msgspec

from ordonum.cli.orders import Orders
from ordonum.server.events import Event, log
from ordonum.server.main import GRACEFUL_SECONDS
from ordonum.server.metrics import Shared, forget
from ordonum.server.store.postgres_process import CannotStart

LOOK_SECONDS = 0.1
WATCH_SECONDS = 1.0
# A process that dies at once is started again later and later; when none has answered for a minute, all stop.
AGAIN_SECONDS, AGAIN_SECONDS_MAX = 0.1, 5.0
NONE_ANSWERS_SECONDS_MAX = 60.0
MARGIN_SECONDS = 5.0
MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108  # a private folder is made inside


def supervise(orders: Orders, count: int, *, started: Callable[[], None], watch: Callable[[], None]) -> int:
    """Run `count` processes until a signal; the number of that signal.

    `started` is called when all answer, `watch` every second. Raises CannotStart when they do not start, or when none
    has answered for a minute.
    """
    children = [_Child(msgspec.structs.replace(orders, process=rank)) for rank in range(1, count + 1)]
    asked = _Asked()
    try:
        for child in children:
            child.start()
        _wait_for_all(children, asked)
        if not asked.signals:
            started()
        _keep(children, asked, watch)
        return asked.signals[0]
    finally:
        os.close(orders.descriptor)
        _drain(children, asked, orders.settings.stop_notice + GRACEFUL_SECONDS + MARGIN_SECONDS)


@contextlib.contextmanager
def figures_folder() -> Iterator[Path]:
    """A private folder for what the processes count: in memory where there is some, since a full disk must kill none."""
    place = MEMORY_FOLDER if os.access(MEMORY_FOLDER, os.W_OK) else None
    made = Path(tempfile.mkdtemp(prefix="ordonum-figures-", dir=place))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


class _Asked:
    """The signals received so far: from now on they are counted, and nothing is cut short by them."""

    def __init__(self) -> None:
        self.signals: list[int] = []
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, self._note)

    def _note(self, number: int, _: FrameType | None) -> None:
        self.signals.append(number)


class _Child:
    """One service process, or its place while it is dead."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._process: subprocess.Popen[bytes] | None = None
        self._since = 0.0
        self._failures = 0
        self._again_at = 0.0
        self.answers = False

    def start(self) -> None:
        """Start the process, in a session of its own: Ctrl-C is for the parent, which stops all in order."""
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "ordonum.cli.one_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=(self._orders.descriptor,),
            start_new_session=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        os.set_blocking(self._process.stdout.fileno(), False)
        with contextlib.suppress(BrokenPipeError):  # already dead: seen at the next look
            self._process.stdin.write(self._orders.line())
            self._process.stdin.flush()
        self._since = time.monotonic()
        log(Event.PROCESS_STARTED, process=self._orders.process, child=self._process.pid)

    def look(self) -> int | None:
        """See whether it answers by now. Its exit code if it has just been found dead."""
        if self._process is None:
            return None
        if not self.answers and self._process.stdout is not None and self._process.stdout.read(1):
            self.answers = True
        if (status := self._process.poll()) is None:
            return None
        log(Event.PROCESS_DIED, process=self._orders.process, child=self._process.pid, status=status)
        self._bury()
        return status

    def start_again_in_time(self) -> None:
        """Start it again if it is dead and has been for long enough."""
        if self._process is None and time.monotonic() >= self._again_at:
            self.start()

    def ask_to_stop(self) -> None:
        """Let it finish its requests."""
        if self._process is not None:
            self._process.terminate()

    def is_gone(self) -> bool:
        """Whether there is no such process any more."""
        return self._process is None or self._process.poll() is not None

    def kill(self) -> None:
        """End it now."""
        if self._process is not None and not self.is_gone():
            log(Event.PROCESS_KILLED, process=self._orders.process, child=self._process.pid)
            self._process.kill()
            self._process.wait()

    def _bury(self) -> None:
        lived = time.monotonic() - self._since
        self._failures = 0 if lived > NONE_ANSWERS_SECONDS_MAX else self._failures + 1
        self._again_at = time.monotonic() + min(AGAIN_SECONDS * 2 ** min(self._failures, 10), AGAIN_SECONDS_MAX)
        if self._process is not None:
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    with contextlib.suppress(BrokenPipeError):
                        pipe.close()
        self._process, self.answers = None, False
        forget(Shared(self._orders.figures, self._orders.process))


def _wait_for_all(children: list[_Child], asked: _Asked) -> None:
    deadline = time.monotonic() + NONE_ANSWERS_SECONDS_MAX
    while not asked.signals and not all(each.answers for each in children):
        for each in children:
            if each.look() is not None:
                raise CannotStart("Un processus de service s'est arrêté au démarrage ; ce qu'il a dit est au-dessus.")
        if time.monotonic() > deadline:
            raise CannotStart("Les processus de service ne répondent pas.")
        time.sleep(LOOK_SECONDS)


def _keep(children: list[_Child], asked: _Asked, watch: Callable[[], None]) -> None:
    answered = watched = time.monotonic()
    while not asked.signals:
        for each in children:
            each.look()
            each.start_again_in_time()
        now = time.monotonic()
        if any(each.answers for each in children):
            answered = now
        elif now - answered > NONE_ANSWERS_SECONDS_MAX:
            log(Event.GIVING_UP)
            raise CannotStart("Aucun processus de service ne répond plus : tout s'arrête. Voyez les lignes au-dessus.")
        if now - watched > WATCH_SECONDS:
            watched = now
            watch()
        time.sleep(LOOK_SECONDS)


def _drain(children: list[_Child], asked: _Asked, seconds: float) -> None:
    """Let all finish what is under way. A second Ctrl-C ends it."""
    log(Event.STOPPING)
    for each in children:
        each.ask_to_stop()
    deadline = time.monotonic() + seconds
    while not all(each.is_gone() for each in children):
        if time.monotonic() > deadline or asked.signals.count(signal.SIGINT) > 1:
            break
        time.sleep(LOOK_SECONDS)
    for each in children:
        each.kill()
    log(Event.STOPPED)
