"""Write the generated pages of docs/. `python scripts/write_docs.py --check` fails when one is not up to date."""

import sys
from pathlib import Path

from ordonum.cli.exits import CODES
from ordonum.model.refusals import Refusal, sentence
from ordonum.wire.problem import STATUS

DOCS = Path(__file__).parents[1] / "docs"


def errors_page() -> str:
    """docs/erreurs.md: every refusal as a person and as a software reads it, and the exit codes of the command."""
    rows = [
        f"| `{each.code}` | {STATUS[each.value.kind]} | {each.value.effect.value} | {each.value.retry.value} | {sentence(each)} |"
        for each in sorted(Refusal, key=lambda each: each.code)
    ]
    exits = [f"| {code} | {meaning} |" for code, meaning in CODES.items()]
    return "\n".join(
        [
            "# Erreurs et refus",
            "",
            "*Page produite par `scripts/write_docs.py` ; ne pas modifier à la main.*",
            "",
            "Un refus est un document RFC 9457 : `code`, `detail` (à montrer), `effect` (`none` : rien n'a été enregistré ;",
            "`recorded` : l'acte l'est ; `unknown` : on ne sait pas), `retry` (`never` ; `same-id` : renvoyer les mêmes octets ;",
            "`later`), `errors` (tous les endroits fautifs, sans valeur), `instance` (la référence à citer au support).",
            "",
            "| code | HTTP | effect | retry | phrase |",
            "|---|---|---|---|---|",
            *rows,
            "",
            "## Codes de sortie de la commande",
            "",
            "| code | sens |",
            "|---|---|",
            *exits,
            "",
        ]
    )


def main() -> int:
    """Write, or check."""
    page, text = DOCS / "erreurs.md", errors_page()
    if "--check" in sys.argv:
        return 0 if page.exists() and page.read_text() == text else 1
    page.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
