"""The pages of the law and of refusals: docs/exigences.md (article, rules, tests) and docs/refus.md. Tests are read, not run."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ordonum.cli.exits import CODES
from ordonum.knowledge.rules import RULES, counted
from ordonum.model.refusals import RECORDED_SENTENCE, Refusal, Retry
from ordonum.model.rule import Rule
from ordonum.wire.problem import STATUS

TESTS = Path(__file__).parents[1] / "tests"
WRITTEN = "*Page produite par `scripts/write_docs.py` ; ne pas modifier à la main.*"
RETRY = {
    Retry.NEVER: "ne pas renvoyer tel quel",
    Retry.SAME_ID: "renvoyer les mêmes octets",
    Retry.LATER: "renvoyer plus tard",
}


READINGS = (
    "« moins de trois mois », « douze mois » : le dernier jour est celui du même quantième, compris ; à défaut, la fin du mois.",
    "Un médicament que la table ne connaît pas n'est jamais refusé pour ce qu'il pourrait être : la règle le dit seulement.",
    "Douze délivrances de 28 à 31 jours font une année.",
    "Une délivrance trop tôt demande une raison ; d'un stupéfiant, elle est refusée. Le reste d'une délivrance n'attend rien.",
    "Liste II sans renouvellement écrit ni interdit : une délivrance à la fois, à son heure, pendant douze mois.",
    "Une feuille partie sur papier avant son enregistrement n'est pas refusée par une règle de prescription : elle est dite.",
)


class Shown(NamedTuple):
    """A test that shows rules of an article: where it is, what its mark says."""

    article: str
    rules: tuple[str, ...]
    test: str


def shown(tests: Path = TESTS) -> Iterator[Shown]:
    """Every mark `@requirement(article, *rules)` of the tests, in the order of files and lines."""
    for file in sorted(tests.rglob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.FunctionDef):
                continue
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and getattr(mark.func, "id", None) == "requirement":
                    article, *rules = (ast.literal_eval(each) for each in mark.args)
                    yield Shown(article, tuple(rules), f"{file.relative_to(tests.parent)}::{node.name}")


def requirements_page() -> str:
    """docs/exigences.md: by article, the rows with their dates, effect and source; then the tests that show each."""
    by_rule: dict[str, list[str]] = {}
    for each in shown():
        for name in each.rules:
            by_rule.setdefault(name, []).append(each.test)
    read, to_validate = counted()
    page = [
        "# Exigences : article, règle, essais",
        "",
        WRITTEN,
        "",
        f"**{read} règles dont l'article a été lu ; {to_validate} à valider** (celles-ci informent seulement). La date de l'acte",
        "décide de la règle qui s'applique, non le jour où le logiciel a été installé. `ordonum rules` dit la même liste.",
    ]
    page += ["", "## Comment les textes sont lus ici", "", *(f"- {each}" for each in READINGS)]
    articles: dict[str, list[Rule]] = {}
    for rule in RULES:
        articles.setdefault(rule.article or "article à trouver", []).append(rule)
    for article in sorted(articles):
        page += ["", f"## {article}", ""]
        for rule in articles[article]:
            page += _row(rule, by_rule.get(rule.name, []))
    return "\n".join([*page, ""])


def _row(rule: Rule, tests: list[str]) -> list[str]:
    until = f", jusqu'au {rule.until:%d/%m/%Y} exclu" if rule.until else ""
    source = f"[{rule.source.title}]({rule.source.at}), {rule.source.on}" if rule.source else "**à valider**"
    looked = ", ".join(sorted(each.label for each in rule.scope.traits)) or "sans condition"
    return [
        f"- **`{rule.name}`** — {rule.read}",
        f"  - depuis le {rule.since:%d/%m/%Y}{until} ; {rule.when.label} ; {rule.check.label} ; **{rule.effect.label}**"
        + (f" (`{rule.code}`)" if rule.code else ""),
        f"  - médicaments : {looked}",
        f"  - source : {source}",
        *(f"  - essai : `{each}`" for each in tests),
    ]


def refusals_page() -> str:
    """docs/refus.md: every refusal as a person and as a software reads it, and the exit codes of the command."""
    rows = [
        f"| `{each.code}` | {STATUS[each.value.kind]} | {_plain(each.value.what)} | {RECORDED_SENTENCE[each.value.effect]} "
        f"(`{each.value.effect.value}`) | {_plain(each.value.todo)} | {RETRY[each.value.retry]} (`{each.value.retry.value}`) |"
        for each in sorted(Refusal, key=lambda each: each.code)
    ]
    exits = [f"| {code} | {meaning} |" for code, meaning in CODES.items()]
    return "\n".join(
        [
            "# Refus et erreurs",
            "",
            WRITTEN,
            "",
            "Un refus est un document RFC 9457 : `code`, `detail` (à montrer : la phrase, l'effet et que faire, à la suite),",
            "`effect` (`none`, `recorded`, `unknown`), `retry` (`never` ; `same-id` ; `later`), `errors` (tous les endroits",
            "fautifs, sans valeur), `instance` (la référence à citer au support). « … » : ce que l'acte dit.",
            "",
            "| code | HTTP | ce qui s'est passé | effet | que faire | renvoi |",
            "|---|---|---|---|---|---|",
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


class _Dots(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "" if key in ("meant", "when", "early") else "…"


def _plain(template: str) -> str:
    return template.format_map(_Dots())
