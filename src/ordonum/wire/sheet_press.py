"""From data to a PDF by typst: the standards asked, the same bytes each time, and characters that have no glyph named.

PDF/A-3a and UA-1, or PDF/A-1b, are asked of typst, which refuses what it knows to break them; nobody certified the result.
"""

import json
import re
from collections.abc import Mapping
from importlib import resources
from typing import Literal

import pypdfium2
import typst

Variant = Literal["a-3a", "a-1b"]
# A-1b is for secure mail, whose readers want it: no tags there, since it does not ask for them.
_STANDARDS: dict[Variant, list[str]] = {"a-3a": ["a-3a", "ua-1"], "a-1b": ["a-1b"]}


class Unprintable(Exception):
    """The sheet cannot be printed as it is written; the message is French and names the character, nothing else."""


def template(name: str) -> bytes:
    """A typst template of this package."""
    return resources.files("ordonum.wire").joinpath(name).read_bytes()


def pages(pdf: bytes) -> int:
    """How many pages a PDF has."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()


def press(
    template: bytes, data: Mapping[str, object], pictures: Mapping[str, bytes], *, variant: Variant = "a-3a"
) -> bytes:
    """The PDF. `data` becomes data.json, the only way in for what people wrote: no text is ever read as markup.

    Raises Unprintable when a character has no glyph: a sheet never drops one in silence.
    """
    if variant == "a-1b":  # which lets a missing glyph pass, where A-3a names it
        press(template, data, pictures)
    files = {"main.typ": template, "data.json": json.dumps(data).encode(), **pictures}
    try:
        made = typst.compile(
            files,  # type: ignore[call-overload]  # a dict of files is accepted, the stubs do not know
            format="pdf",
            ignore_system_fonts=True,
            pdf_standards=_STANDARDS[variant],
            pdf_tags=variant != "a-1b",
            timestamp=0,
        )
    except typst.TypstError as error:
        if missing := re.search(r'the text `"(.+?)"` could not be displayed', str(error)):
            raise Unprintable(f"Le caractère « {missing[1][:8]} » ne peut pas être imprimé : remplacez-le.") from None
        raise
    return bytes(made)
