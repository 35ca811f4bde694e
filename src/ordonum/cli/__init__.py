"""The command `ordonum`: everyday verbs on the client; `serve` and `demo` plug service and sandbox together."""


def main() -> None:
    """Entry point of the command. A service process, started by `serve`, is another module and loads no verb."""
    from ordonum.cli.app import app

    app()


__all__ = ["main"]
