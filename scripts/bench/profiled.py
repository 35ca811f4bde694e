"""`python -m bench.profiled serve`: the real command with its functions timed by stage.

For each line that comes on standard input, the stages so far are written to the file that this line names.
"""

import importlib
import inspect
import json
import pkgutil
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from bench.stopwatch import Stopwatch

# Stage, module, functions: names separated by blanks, `Class.name`, or * for the public functions that a module defines.
# The first that names a function has it; a module that ends in .* stands for all those of a package.
STAGES = (
    ("HTTP parsing (uvicorn)", "ordonum.server.api.protocol", "BoundedProtocol.data_received"),
    ("HTTP parsing (uvicorn)", "uvicorn.protocols.http.httptools_impl", "HttpToolsProtocol.data_received"),
    ("routing, door (uvicorn, Starlette)", "uvicorn.protocols.http.httptools_impl", "RequestResponseCycle.run_asgi"),
    ("response", "uvicorn.protocols.http.httptools_impl", "RequestResponseCycle.send"),
    ("response", "starlette.responses", "Response.__init__ Response.__call__"),
    ("response", "ordonum.server.api.door", "answer"),
    ("decode", "ordonum.server.api.door", "read_body"),
    ("decode", "ordonum.wire.native", "read read_own refuse_duplicate_keys"),
    ("decode", "ordonum.wire.jws", "payload_of"),
    ("canonical", "ordonum.wire.native", "canonical"),
    ("encode", "ordonum.wire.native", "write"),
    ("chain", "ordonum.server.identity.trust", "Trust.check"),
    ("chain", "ordonum.server.identity.signer", "names_of"),
    ("chain", "ordonum.wire.certificates", "*"),
    ("signature", "ordonum.wire.jws", "take_apart verify verify_delegated"),
    ("signature", "ordonum.wire.delegation", "*"),
    ("signature", "ordonum.server.identity.signer", "*"),
    ("token, site, role", "ordonum.server.api.door", "caller"),
    ("token, site, role", "ordonum.server.usecases.authenticate", "recognise"),
    ("token, site, role", "ordonum.server.identity.*", "*"),
    ("token, site, role", "ordonum.knowledge.rights", "*"),
    ("commitment", "ordonum.wire.commitment", "*"),
    ("sealing, encryption", "ordonum.server.vault.vault", "Vault.encrypt Vault.decrypt Vault.seal Vault.unseal"),
    ("keyed names", "ordonum.server.vault.vault", "Vault.lookup Vault.blind Vault.content"),
    ("acknowledgement", "ordonum.server.vault.vault", "Vault.acknowledge"),
    ("acknowledgement", "ordonum.server.usecases.recording", "_receipt"),
    ("audit", "ordonum.server.usecases.tracing", "entry"),
    ("decision", "ordonum.model.state", "state"),
    ("decision", "ordonum.model.*", "*"),
    ("database client", "asyncpg.protocol.protocol", "Protocol.data_received"),
    ("database client", "ordonum.server.store.*", "*"),
    ("log", "ordonum.server.events", "log"),
    ("background worker", "ordonum.server.worker.*", "*"),
    ("use case, the rest", "ordonum.server.usecases.*", "*"),
)
BY = " · "  # between a stage and the function of it that is timed
NOT_CALLS = ("embedded", "migrate", "postgres_process")  # of the store: the start, not the calls


def install(watch: Stopwatch) -> list[str]:
    """Time the functions of STAGES wherever they are referred to; the names that were not found."""
    replaced: dict[int, Callable[..., Any]] = {}
    missing = []
    for stage, module_name, names in STAGES:
        for module in _modules(module_name):
            for name in names.split():
                found = list(_named(module, name))
                if not found and name != "*":
                    missing.append(f"{module_name}:{name}")
                for holder, attribute, function in found:
                    if id(function) in replaced or (hasattr(function, "__wrapped__") and function in replaced.values()):
                        continue
                    timed = watch.timed(f"{stage}{BY}{_name(function)}", function)
                    if inspect.isclass(holder):
                        setattr(holder, attribute, timed)
                    else:
                        replaced[id(function)] = timed
    _everywhere(replaced)
    return missing


def _name(function: Callable[..., Any]) -> str:
    """The function with what makes it unambiguous: its class, or else its module."""
    if "." in function.__qualname__:
        return function.__qualname__
    return f"{function.__module__.rpartition('.')[2]}.{function.__qualname__}"


def _modules(name: str) -> Iterator[ModuleType]:
    try:
        if not name.endswith(".*"):
            yield importlib.import_module(name)
            return
        package = importlib.import_module(name[:-2])
    except ImportError:
        return
    for each in pkgutil.iter_modules(package.__path__):
        if each.name not in NOT_CALLS and not each.ispkg:
            yield importlib.import_module(f"{package.__name__}.{each.name}")


def _named(module: ModuleType, name: str) -> Iterator[tuple[Any, str, Callable[..., Any]]]:
    """What holds a function, under which name, and the function."""
    if name == "*":
        for key, value in vars(module).items():
            if inspect.isfunction(value) and value.__module__ == module.__name__ and not key.startswith("_"):
                yield module, key, value
        return
    holder_name, _, attribute = name.rpartition(".")
    holder = getattr(module, holder_name, None) if holder_name else module
    function = getattr(holder, attribute, None) if holder is not None else None
    if callable(function):
        yield holder, attribute, function


def _everywhere(replaced: dict[int, Callable[..., Any]]) -> None:
    """Put the timed functions in the place of the others, in all the modules and in the table of operations."""
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("ordonum."):
            for key, value in list(vars(module).items()):
                if id(value) in replaced:
                    setattr(module, key, replaced[id(value)])
    from ordonum.server.api.operations import OPERATIONS

    for each in OPERATIONS:
        if id(each.use_case) in replaced:
            msgspec.structs.force_setattr(each, "use_case", replaced[id(each.use_case)])


def _answer(watch: Stopwatch, missing: list[str]) -> None:
    for line in sys.stdin:
        file = Path(line.strip())
        side = file.with_suffix(".new")
        side.write_text(json.dumps({"us": watch.read(), "missing": missing}))
        side.replace(file)


def main() -> None:
    """Import the whole service, time it, then run the command."""
    command = importlib.import_module("ordonum.cli")
    for name in ("ordonum.server.main", "ordonum.cli.serve", "ordonum.cli.front_page"):
        importlib.import_module(name)
    watch = Stopwatch()
    missing = install(watch)
    watch.time_collections("garbage collection")
    threading.Thread(target=_answer, args=(watch, missing), daemon=True).start()
    command.main()


if __name__ == "__main__":
    main()
