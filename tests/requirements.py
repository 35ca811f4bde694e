"""`@requirement("CSP R.5132-22", "first-delivery-3-months")`: the test shows that these rules of the article do what they say.

docs/exigences.md is made of these words, read without importing anything; a house test wants one for every rule.
"""

import pytest


def requirement(article: str, *rules: str) -> pytest.MarkDecorator:
    """The mark of a test of a legal rule: its article, and the names of the rows of `knowledge.rules` that it tests."""
    return pytest.mark.requirement(article, *rules)
