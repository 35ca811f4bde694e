"""Whether new files of the BDPM say much less than the version they would replace: a sign that they were cut. Pure."""

from ordonum.knowledge.drugs.base import Edition
from ordonum.wire.bdpm.rows import FILES, BdpmRefused

# What each file brings, and the least share of the previous version. Shortages come and go by hundreds.
_LEAST = dict(
    zip(
        FILES,
        (
            ("specialities", "spécialités", 0.9),
            ("presentations", "présentations", 0.9),
            ("components", "composants", 0.9),
            ("conditions", "conditions de prescription", 0.9),
            ("in_groups", "spécialités d'un groupe générique", 0.9),
            ("with_atc", "spécialités avec un code ATC", 0.9),
            ("shortages", "disponibilités annoncées", 0.3),
        ),
        strict=True,
    )
)


def check_not_shrunk(previous: Edition, new: Edition) -> None:
    """Refuse data that are older than the previous version, or much smaller. Raises BdpmRefused."""
    if new.of < previous.of:
        raise BdpmRefused(
            "CIS_CIP_Dispo_Spec.txt",
            None,
            None,
            f"ces fichiers sont du {new.of:%d/%m/%Y}, la base en place est du {previous.of:%d/%m/%Y}.",
        )
    for file, (counted, named, least) in _LEAST.items():
        before, after = previous.counts.get(counted, 0), new.counts.get(counted, 0)
        if after < before * least:
            raise BdpmRefused(
                file,
                None,
                None,
                f"{named} : {after} au lieu de {before} dans la base en place ; le fichier est tronqué ?",
            )
