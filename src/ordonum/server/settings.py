"""The settings of the service: one frozen value, read from the environment by `main` only."""

from pathlib import Path

from msgspec import Struct

WORKERS_MAX = 64
STOP_NOTICE_SECONDS_MAX = 300


class Settings(Struct, frozen=True, kw_only=True):
    """Where everything is. `database_url` and `owner_url` are None for the embedded PostgreSQL.

    `workers`: service processes, each with at most `pool_size` connections. `stop_notice`: seconds during which a service
    that is asked to stop still answers, `/health` saying so.
    """

    home: Path
    port: int = 8420
    host: str = "127.0.0.1"
    database_url: str | None = None
    owner_url: str | None = None
    audiences: tuple[str, ...] = ("http://127.0.0.1:8420/v1/token", "http://localhost:8420/v1/token")
    trust: Path
    revocation_list: Path | None = None
    register: Path | None = None
    drugs: Path | None = None
    interactions: Path | None = None
    sandbox: bool = False
    pool_size: int = 8
    workers: int = 1
    stop_notice: float = 0
    token_minutes: int = 60

    def __repr__(self) -> str:
        return f"Settings(home={self.home}, port={self.port})"  # the addresses of the database hold passwords

    @property
    def key_file(self) -> Path:
        return self.home / "keys" / "service-keys.json"

    @property
    def register_file(self) -> Path:
        """The register of software and sites."""
        return self.register or self.home / "register.json"

    @property
    def drugs_file(self) -> Path:
        """The imported drug base; where there is none, the formulary serves."""
        return self.drugs or self.home / "drugs.base"

    @property
    def interactions_file(self) -> Path:
        """The imported thesaurus of interactions; where there is none, the table that ships serves."""
        return self.interactions or self.home / "interactions.base"


def from_environment(environment: dict[str, str]) -> Settings:
    """The settings that these variables make; docs/exploitation.md lists them. Raises ValueError: in French, what to mend."""
    home = Path(environment.get("ORDONUM_HOME") or ".ordonum").absolute()
    port = _number(environment, "ORDONUM_PORT", 8420)
    host = environment.get("ORDONUM_HOST") or "127.0.0.1"
    revocation_list = environment.get("ORDONUM_REVOCATION_LIST")
    register = environment.get("ORDONUM_REGISTER")
    drugs = environment.get("ORDONUM_DRUGS")
    interactions = environment.get("ORDONUM_INTERACTIONS")
    return Settings(
        home=home,
        port=port,
        host=host,
        database_url=environment.get("ORDONUM_DATABASE_URL") or None,
        owner_url=environment.get("ORDONUM_DATABASE_OWNER_URL") or None,
        audiences=(chosen,) if (chosen := environment.get("ORDONUM_AUDIENCE")) else local_audiences(host, port),
        trust=Path(environment.get("ORDONUM_TRUST") or home / "trust"),
        revocation_list=Path(revocation_list) if revocation_list else None,
        register=Path(register) if register else None,
        drugs=Path(drugs) if drugs else None,
        interactions=Path(interactions) if interactions else None,
        sandbox=environment.get("ORDONUM_SANDBOX", "") in ("1", "oui", "true"),
        workers=_number(environment, "ORDONUM_WORKERS", 1, least=1, most=WORKERS_MAX),
        stop_notice=_number(environment, "ORDONUM_STOP_NOTICE", 0, most=STOP_NOTICE_SECONDS_MAX),
    )


def _number(environment: dict[str, str], name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
    given = environment.get(name) or str(default)
    if not given.isascii() or not given.isdigit():
        raise ValueError(f"{name} doit être un nombre.")
    if not least <= int(given) <= (most if most is not None else int(given)):
        raise ValueError(f"{name} doit être un nombre entre {least} et {most}.")
    return int(given)


def local_audiences(host: str, port: int) -> tuple[str, ...]:
    """What assertions may be addressed to when nothing else is said: the address, and localhost for a local one."""
    hosts = (host, "localhost") if host == "127.0.0.1" else (host,)
    return tuple(f"http://{each}:{port}/v1/token" for each in hosts)
