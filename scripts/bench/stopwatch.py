"""The CPU of one thread shared out among named stages, each without what it calls that is another stage.

One reading of the thread's CPU clock at each passage from a stage to another; coroutines are timed step by step, so that
what other requests do meanwhile is not theirs. What a passage itself costs is measured and taken off.
"""

import functools
import gc
import inspect
import threading
import time
from collections.abc import Callable, Coroutine, Generator
from typing import Any

REST = "event loop and sockets (the rest)"
_CALIBRATION = 20_000


class Stopwatch:
    """Stages of the thread that made it; other threads go by untimed."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()
        self._names = [REST]
        self._ns = [0]
        self._entered = [0]
        self._left_for = [0]  # how often a stage passed to another below it
        self._stack = [0]
        self._mark = time.thread_time_ns()
        self._inside_ns = self._outside_ns = 0.0
        self._calibrate()

    def stage(self, name: str) -> int:
        """The rank of a stage, made at the first use."""
        if name not in self._names:
            self._names.append(name)
            for each in (self._ns, self._entered, self._left_for):
                each.append(0)
        return self._names.index(name)

    def enter(self, stage: int) -> None:
        """From here on the time is this stage's."""
        now, top = time.thread_time_ns(), self._stack[-1]
        self._ns[top] += now - self._mark
        self._left_for[top] += 1
        self._entered[stage] += 1
        self._stack.append(stage)
        self._mark = now

    def leave(self) -> None:
        """From here on it is again that of the stage before."""
        now = time.thread_time_ns()
        self._ns[self._stack.pop()] += now - self._mark
        self._mark = now

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, or coroutine function, as a stage."""
        stage = self.stage(name)
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def stepped(*values: Any, **named: Any) -> Any:
                return await _Steps(self, stage, function(*values, **named))

            return stepped

        @functools.wraps(function)
        def called(*values: Any, **named: Any) -> Any:
            if threading.get_ident() != self._thread:
                return function(*values, **named)
            self.enter(stage)
            try:
                return function(*values, **named)
            finally:
                self.leave()

        return called

    def time_collections(self, name: str) -> None:
        """Python's collections of cycles as a stage: they fall where they fall, and are nobody's fault there."""
        stage = self.stage(name)

        def passes(phase: str, _: dict[str, int]) -> None:
            if threading.get_ident() == self._thread:
                if phase == "start":
                    self.enter(stage)
                else:
                    self.leave()

        gc.callbacks.append(passes)

    def read(self) -> dict[str, float]:
        """µs of each stage so far, without what timing it costs."""
        return {
            name: (self._ns[at] - self._entered[at] * self._inside_ns - self._left_for[at] * self._outside_ns) / 1000
            for at, name in enumerate(self._names)
            if self._entered[at] or not at
        }

    def _calibrate(self) -> None:
        """What a passage costs, on both of its sides, by stages that do nothing."""
        empty = self.timed("calibration", _nothing)
        start = time.thread_time_ns()
        for _ in range(_CALIBRATION):
            _nothing()
        bare = time.thread_time_ns() - start
        at, before = self.stage("calibration"), self._ns[0]
        self._mark = time.thread_time_ns()
        for _ in range(_CALIBRATION):
            empty()
        self.enter(at)
        self.leave()
        self._inside_ns = self._ns[at] / _CALIBRATION
        self._outside_ns = max(0.0, (self._ns[0] - before - bare) / _CALIBRATION)
        for each in (self._ns, self._entered, self._left_for):
            each[:] = [0] * len(each)


class _Steps:
    """A coroutine whose every step is a stage's."""

    def __init__(self, watch: Stopwatch, stage: int, inner: "Coroutine[Any, Any, Any]") -> None:
        self._watch, self._stage, self._inner = watch, stage, inner

    def __await__(self) -> Generator[Any, Any, Any]:
        value: Any = None
        error: BaseException | None = None
        while True:
            self._watch.enter(self._stage)
            try:
                asked = self._inner.send(value) if error is None else self._inner.throw(error)
            except StopIteration as done:
                return done.value
            finally:
                self._watch.leave()
            try:
                value, error = (yield asked), None
            except BaseException as thrown:  # handed on to the coroutine, whatever it is
                value, error = None, thrown


def _nothing() -> None:
    """What is timed to learn what timing costs."""
