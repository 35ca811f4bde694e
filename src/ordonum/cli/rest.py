"""The file of what is left of a prescription: read again, completed, then given to `replace`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from ordonum.cli import files
from ordonum.cli.exits import FileProblem
from ordonum.client import Kept, remaining_lines
from ordonum.model.state import Remainder
from ordonum.wire import native


def write(file: Path, kept: Kept, remainders: Sequence[Remainder]) -> None:
    """The file (0600) of a prescription of what is left of this one, to be read again, completed and given to `replace`.

    What is asked of the patient each time is not written. Raises FileProblem: nothing is left, or no file can be written.
    """
    old = kept.prescription
    lines = remaining_lines(old, remainders) if old is not None else ()
    if old is None or not lines:
        raise FileProblem("Il ne reste rien à donner de cette ordonnance : aucun fichier n'est écrit.")
    files.check_writable(file)
    again = (
        "patient",
        "place",
        "establishment",
        "replaced",
        "opposed",
        "measures",
        "accident_on",
        "family",
        "addressed_to",
    )
    said = {name: value for name in again if (value := getattr(old, name)) is not None}
    body = native.write(said | {"replaces": kept.act_id, "lines": lines})
    file.write_bytes(msgspec.json.format(msgspec.json.encode(_told(msgspec.json.decode(body))), indent=2))
    file.chmod(0o600)


def _told(body: Any) -> Any:
    """The same without what is not said (null): a person reads it again."""
    if isinstance(body, dict):
        return {name: _told(value) for name, value in body.items() if value is not None}
    return [_told(each) for each in body] if isinstance(body, list) else body
