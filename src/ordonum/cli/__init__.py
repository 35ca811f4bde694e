"""The command `ordonum`: everyday verbs on the client; `serve` and `demo` plug service and sandbox together."""

from ordonum.cli.app import app


def main() -> None:
    """Entry point of the command."""
    app()


__all__ = ["app", "main"]
