"""A command that is not well formed is told in French, as everything that a person reads: typer's own sentences are English.

What a caller wrote stands in the sentence as it was; a sentence that is not in the table stays as typer says it.
"""

import re
from typing import Any

from typer import rich_utils

HELP = "Montrer cette aide."

# The whole sentence first, then what is said of a value inside it.
_SENTENCES: tuple[tuple[str, str], ...] = (
    (r"Missing option (.+?)(?: \(env var: '(\w+)'\))?\.", r"L'option \1 est obligatoire."),
    (r"Missing argument (.+)\.", r"L'argument \1 est obligatoire."),
    (r"Missing command\.", "Il manque le nom de la commande."),
    (r"No such command (.+)\. Did you mean (.+)\?", r"La commande \1 n'existe pas ; peut-être \2 ?"),
    (r"No such command (.+)\.", r"La commande \1 n'existe pas."),
    (r"No such option: (\S+) \(Possible options: (.+)\)", r"L'option \1 n'existe pas ; peut-être \2 ?"),
    (r"No such option: (\S+)", r"L'option \1 n'existe pas."),
    (r"Got unexpected extra argument\(s\) \((.+)\)", r"Arguments en trop : \1."),
    (r"Option (.+) requires an argument\.", r"L'option \1 attend une valeur."),
    (r"Option (.+) does not take a value\.", r"L'option \1 ne prend pas de valeur."),
    (r"Invalid value for (.+?): (.*)", r"Valeur refusée pour \1 : \2"),
)
_VALUES: tuple[tuple[str, str], ...] = (
    (r"Input should be a valid UUID.*", "un identifiant d'acte (UUID) est attendu."),
    (r"(?:Value error, )?.*does not match the formats? '%Y-%m-%d'\.?", "une date AAAA-MM-JJ est attendue."),
    (r"(?:Value error, )?.*does not match the formats?.*", "une date AAAA-MM-JJTHH:MM:SS+HHMM est attendue."),
    (r"Input should be a valid integer.*", "un nombre entier est attendu."),
    (r"Input should be greater than or equal to (\d+)", r"au moins \1."),
    (r"Input should be less than or equal to (\d+)", r"au plus \1."),
)


def french(said: str) -> str:
    """The French sentence for one of typer's."""
    for pattern, sentence in _SENTENCES:
        if found := re.fullmatch(pattern, said, re.DOTALL):
            told = found.expand(sentence)
            head, colon, value = told.partition(" : ")
            return head + colon + _value(value)
    return said


def _value(said: str) -> str:
    for pattern, sentence in _VALUES:
        if found := re.fullmatch(pattern, said, re.DOTALL):
            return found.expand(sentence)
    return said


class _Told:
    """An error of typer's, as the frame that shows it wants it: where it was, and its sentence."""

    def __init__(self, error: Any) -> None:
        self.ctx = getattr(error, "ctx", None)
        self._said = french(error.format_message())

    def format_message(self) -> str:
        return self._said


def speak_french() -> None:
    """Have typer's errors and its help option said in French, in its own frames."""
    framed, helped = rich_utils.rich_format_error, rich_utils.rich_format_help

    def error(self: Any) -> None:
        framed(self if type(self).__name__ == "NoArgsIsHelpError" else _Told(self))  # type: ignore[arg-type]  # ducks

    def help_(*, obj: Any, ctx: Any, **rest: Any) -> None:
        if (option := obj.get_help_option(ctx)) is not None:
            option.help = HELP
        helped(obj=obj, ctx=ctx, **rest)

    rich_utils.rich_format_error, rich_utils.rich_format_help = error, help_
