"""Of whom an opposition stands that closes the care team's search: the patients of whom nothing is found."""

from collections.abc import Iterable

from ordonum.server.store.oppositions import standing_among
from ordonum.server.usecases.context import Context


async def opposed(context: Context, patients: Iterable[bytes]) -> frozenset[bytes]:
    """Those of these keyed names of whom an opposition made through the insurer's office stands now.

    The decree's opposition is to the prescribers' reading of what was executed; until the patient can oppose the search apart,
    it closes the search too, to everybody (docs/divergences.md).
    """
    asked = tuple(dict.fromkeys(patients))
    return await standing_among(context.pool, asked) if asked else frozenset()
