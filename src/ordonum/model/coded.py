"""What has a code of some kind: a product that was delivered, an act that was done, a line of an invoice."""

from msgspec import Struct

from ordonum.model.identifiers import ActCode, Cip13, Lpp, Nabm, Ucd13


class Coded(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The code of a product or of an act, if it has one."""

    cip13: Cip13 | None = None
    ucd13: Ucd13 | None = None
    lpp: Lpp | None = None
    nabm: Nabm | None = None
    act: ActCode | None = None

    @property
    def code(self) -> str | None:
        """The code with its kind, for comparison; None when it has none."""
        for kind in ("cip13", "ucd13", "lpp", "nabm", "act"):
            if (value := getattr(self, kind)) is not None:
                return f"{kind}:{value}"
        return None
