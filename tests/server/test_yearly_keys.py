"""The coming year's keys where several processes serve one database with one key file: made once, loaded by all."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

from base import APPLICATION, address
from ordonum.cli.system import System
from ordonum.model.number import EpuId
from ordonum.server import main
from ordonum.server.vault.keys import read_file
from ordonum.server.vault.vault import Vault
from ordonum.server.worker.yearly_keys import add_coming_keys

WORKERS = 4
NUMBER, ACT = EpuId("01S2TBPZ2JCNZZYGHZ"), UUID(int=7)


def test_several_processes_make_one_set_of_keys_and_all_load_it(own_system: System) -> None:
    assert own_system.context is not None
    settings = own_system.context.settings
    url = address(own_system, APPLICATION)
    december = datetime(own_system.now().year + 1, 12, 1, tzinfo=UTC)
    coming = december.year + 1
    all_open = threading.Barrier(WORKERS)

    async def one() -> Vault:
        context = await main.make_context(settings, url)
        try:
            assert not context.vault.has_year(str(coming))
            context.now = lambda: december
            all_open.wait(30)
            assert await add_coming_keys(context)  # made by one, read by the others: in use by each
            assert not await add_coming_keys(context)
            return context.vault
        finally:
            await context.pool.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        vaults = list(pool.map(lambda _: asyncio.run(one()), range(WORKERS)))
    assert str(coming) in read_file(settings.key_file).data
    lookup = vaults[0].lookup(NUMBER)
    for closing in vaults:
        sealed = closing.seal(NUMBER, coming, lookup, ACT, b"qui")
        assert [each.unseal(NUMBER, coming, lookup, ACT, sealed) for each in vaults] == [b"qui"] * WORKERS
