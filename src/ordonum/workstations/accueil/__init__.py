"""The front page of the sandbox: what this is, the test cards, the examples with their sheets, the way to the interface."""

from ordonum.workstations.accueil.app import FrontPage
from ordonum.workstations.accueil.desk import Desk, ShownCard

__all__ = ["Desk", "FrontPage", "ShownCard"]
