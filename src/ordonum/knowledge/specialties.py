"""What the specialty or qualification on a professional's card is called: codes and labels of the CI-SIS (JDV_J01).

The facts are in `specialties.tsv`, read once.
"""

from functools import cache
from importlib.resources import files

from ordonum.model.actors import Profession

TABLE = "specialties.tsv"


@cache
def table() -> dict[tuple[str, str], str]:
    """Label by profession code and specialty code, as ("10", "SM04")."""
    lines = files("ordonum.knowledge").joinpath(TABLE).read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return {(profession, code): label for profession, code, label in rows}


def label(profession: Profession, code: str | None) -> str | None:
    """«cardiologie et maladies vasculaires»; None without a specialty, or for a code that this profession has not."""
    return None if code is None else table().get((profession.value, str.__str__(code)))
