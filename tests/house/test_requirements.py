"""The matrix of the law is whole: every rule is shown by a test, every mark names a rule of its article."""

import json

import pytest
from typer.testing import CliRunner

from law_pages import shown
from ordonum.cli.app import app
from ordonum.knowledge.rules import RULES, counted
from ordonum.model.rule import Effect, Rule

SHOWN = list(shown())
TESTED = {name for each in SHOWN for name in each.rules}
BY_NAME = {rule.name: rule for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_is_shown_by_a_test_and_says_where_it_was_read(rule: Rule) -> None:
    assert rule.name in TESTED, "no test carries @requirement with this rule"
    if rule.source is None:
        assert rule.effect is Effect.INFORMS
    else:
        assert rule.source.title
        assert rule.source.on
        assert rule.source.at.startswith("http")


def test_every_mark_names_rules_of_its_article() -> None:
    for each in SHOWN:
        assert each.rules, each.test
        for name in each.rules:
            assert name in BY_NAME, f"{each.test}: {name}"
            assert each.article in (BY_NAME[name].article or "article à trouver"), f"{each.test}: {name}"


def test_no_two_rules_have_the_same_name() -> None:
    assert len(BY_NAME) == len(RULES)


def test_the_command_says_the_rules_and_both_counts() -> None:
    told = CliRunner().invoke(app, ["rules"])
    read, to_validate = counted()
    assert f"{read} règles lues dans un document, {to_validate} à valider" in told.output
    asked = CliRunner().invoke(app, ["rules", "--article", "r.5132-22", "--on", "2026-11-22", "--json"])
    found = json.loads(asked.output)
    assert (found["read"], found["to_validate"]) == (read, to_validate)
    assert {each["article"] for each in found["rules"]} >= {"CSP R.5132-22"}
    before = CliRunner().invoke(app, ["rules", "--on", "1980-01-01", "--json"])
    assert json.loads(before.output)["rules"] == []
