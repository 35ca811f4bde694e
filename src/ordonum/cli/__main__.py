"""`python -m ordonum.cli`."""

from ordonum.cli import main

main()
