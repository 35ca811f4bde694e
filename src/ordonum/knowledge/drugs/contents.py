"""What the rules of law ask of a drug base: what a box holds, and how strong its medicine is."""

from functools import lru_cache

from ordonum.knowledge.drugs.base import DrugBase
from ordonum.model.course import Content, Contents
from ordonum.model.plan_units import only_strength


@lru_cache(maxsize=4)
def contents_of(base: DrugBase) -> Contents:
    """What the boxes of a drug base hold, by CIP13."""

    def content(cip13: str) -> Content | None:
        found = base.presentation(cip13)
        if found is None:
            return None
        speciality, box = found
        return Content(box.pack, only_strength(speciality.active))

    return lru_cache(maxsize=2048)(content)
