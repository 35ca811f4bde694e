"""The API fuzzer: schemathesis makes the cases from our own document, test cards sign them, the real service answers."""

import json
import math
import re
import time
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import httpx2
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from fuzzing.circuit import Circuit
from fuzzing.mending import Body
from fuzzing.opened import opened
from fuzzing.signing import AnyCase
from ordonum.cli.system import System
from ordonum.model.refusals import Kind, Refusal

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    ignored_auth,
]
# Left out: positive_data_acceptance (check digits and what fields say together are no part of a JSON schema).

# The order of a round: what is registered is then read, executed, taken back, invoiced, replaced, cancelled. Weights in cases.
WEIGHTS = {
    "register": 22,
    "consult": 12,
    "execute": 24,
    "withdraw": 7,
    "report": 5,
    "invoice": 12,
    "delegate": 5,
    "executions": 7,
    "copy": 6,
    "recorded": 5,
    "registered": 3,
    "replace": 7,
    "cancel": 7,
    "token": 6,
    "publishedKeys": 2,
    "acknowledgementKeys": 1,
}
NEGATIVE_SHARE = 0.3
ROUND = 250  # cases; each round has its own seed and finds what the rounds before registered
FAILURES_MAX = 20

_UNAUTHENTICATED = {each.code for each in Refusal if each.value.kind is Kind.UNAUTHENTICATED}
_BEFORE = {  # refusals that do not say that the signature was judged good, by operation
    "register": {"unreadable", "too-large", "signature-invalid", "key-not-delegated", "exists-different"},
    "replace": {"unreadable", "too-large", "signature-invalid", "key-not-delegated", "exists-different"},
    "delegate": {"unreadable", "too-large", "bad-delegation"},
    "token": {"unreadable", "too-large"},
}
_ROUTING = {"no-such-page", "wrong-method", "too-slow"}
_OF_THE_SITE = re.compile(r"software-|site-|not-of-this-site|nobody-answers|not-for-this-caller")
_SECRET_FIELDS = {
    "number",
    "first_name",
    "surname",
    "nir",
    "matricule",
    "opening",
    "jws",
    "assertion",
    "qr",
    "commitment",
    "birth_date",
}
_STACK = re.compile(r"Traceback|File \"|\.py\b|line \d+, in|asyncpg|msgspec|SELECT |INSERT ")


class Tally:
    """What was sent and what became of it."""

    def __init__(self, seed_used: int) -> None:
        self.seed = seed_used
        self.sent: Counter[str] = Counter()
        self.passed: Counter[str] = Counter()
        self.accepted: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()
        self.failures: list[str] = []
        self.started = time.monotonic()

    @property
    def cases(self) -> int:
        """How many cases were sent."""
        return self.sent.total()

    def __str__(self) -> str:
        seconds = time.monotonic() - self.started
        share = 100 * self.passed.total() / max(1, self.cases)
        head = (
            f"seed {self.seed}: {self.cases} cases in {seconds:.0f} s; past authentication and signature "
            f"{self.passed.total()} ({share:.0f} %), accepted (2xx) {self.accepted.total()}"
        )
        rows = [
            f"  {name:<20} sent {self.sent[name]:>6}  passed {self.passed[name]:>6}  2xx {self.accepted[name]:>6}"
            for name in self.sent
        ]
        told = ", ".join(f"{code} {count}" for code, count in self.answers.most_common())
        return "\n".join([head, *rows, f"  answers: {told}"])


def fuzz(system: System, *, cases: int, seed_used: int, url: str | None = None) -> Tally:
    """Send at least that many cases to the service, or to another address that leads to it.

    What failed is in the tally, with what it takes to see it again; nothing is raised.
    """
    document = httpx2.get(f"{system.url}/openapi.json").json()
    schema = schemathesis.openapi.from_dict(opened(document))
    signing, tally = Circuit(system, Random(seed_used)), Tally(seed_used)
    schema.hook("map_case")(lambda context, case: signing.map_case(context, case))  # a function: a method has no room
    found = [each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)]
    operations = {str(each.definition.raw["operationId"]): each for each in found}
    with requests.Session() as session:
        run = _Run(document, tally, signing, session, url or system.url)
        round_seed = seed_used * 100_000
        while tally.cases < cases and len(tally.failures) < FAILURES_MAX:
            for name, mode, count in _round(min(ROUND, cases - tally.cases)):
                run.play(operations[name].as_strategy(mode), count, round_seed)
            round_seed += 1
    return tally


def _round(cases: int) -> Iterator[tuple[str, GenerationMode, int]]:
    """The operations of a round in their order, with how many cases of each kind."""
    for name, weight in WEIGHTS.items():
        wanted = cases * weight / sum(WEIGHTS.values())
        yield name, GenerationMode.POSITIVE, math.ceil(wanted * (1 - NEGATIVE_SHARE))
        if name != "acknowledgementKeys":  # it takes nothing
            yield name, GenerationMode.NEGATIVE, math.ceil(wanted * NEGATIVE_SHARE)


class _Run:
    """One run of the fuzzer: how a case is sent and judged."""

    def __init__(self, document: Body, tally: Tally, signing: Circuit, session: requests.Session, url: str) -> None:
        self.document, self.tally, self.signing, self.session, self.url = document, tally, signing, session, url
        self.published = json.dumps(document, ensure_ascii=False)  # generated texts may be words of our own sources

    def play(self, strategy: Any, count: int, round_seed: int) -> None:
        """Send `count` cases of a strategy; nothing is raised, so that no case is drawn again."""

        @seed(round_seed)
        @settings(
            max_examples=count,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=strategy)
        def each(case: AnyCase) -> None:
            self.send(case)

        each()

    def send(self, case: AnyCase) -> None:
        """Send one case as the hook made it, check the answer, count it."""
        name = str(case.operation.definition.raw["operationId"])
        token = str(case.headers["Authorization"]) if "Authorization" in case.headers else ""
        headers = {"Authorization": token} if len(token) > 100 else None  # one of ours, not a generated one
        response = case.call(base_url=self.url, session=self.session, headers=headers, timeout=30)
        told = _told(response)
        self._count(name, response, told)
        faults = list(self._own_faults(case, response, told, token))
        try:
            case.validate_response(
                response,
                checks=CHECKS,
                headers=headers,
                transport_kwargs={"session": self.session, "base_url": self.url},
            )
        except (FailureGroup, Failure) as failed:
            faults += [f"{type(each).__name__}: {each}" for each in getattr(failed, "exceptions", [failed])]
        for fault in faults:
            self.tally.failures.append(f"seed {self.tally.seed}, {name}: {fault}\n{_again(case, response)}")
        if response.status_code == 201 and isinstance(case.body, dict):
            self.signing.answered(name, case.body)

    def _count(self, name: str, response: Response, told: Body) -> None:
        code = str(told.get("code", response.status_code))
        done = 200 <= response.status_code < 300
        self.tally.sent[name] += 1
        self.tally.accepted[name] += done
        self.tally.passed[name] += done or self._is_past(name, code)
        self.tally.answers[code] += 1

    def _is_past(self, name: str, code: str) -> bool:
        """Whether a refusal says that token and signature were judged good; of doubtful ones, no."""
        if code in _UNAUTHENTICATED | _ROUTING | _BEFORE.get(name, set()) or code.isdigit():
            return False
        if name in ("publishedKeys", "acknowledgementKeys"):
            return False  # they ask for neither
        return name not in ("register", "replace", "delegate") or not _OF_THE_SITE.match(code)

    def _own_faults(self, case: AnyCase, response: Response, told: Body, token: str) -> Iterator[str]:
        text = response.content.decode(errors="replace")
        if response.status_code >= 500:
            yield f"answered {response.status_code}"
        if _STACK.search(text) and response.status_code >= 400:
            yield "the answer tells of our insides"
        if response.status_code >= 400:
            yield from _problem_faults(response, told)
            for secret in {token.removeprefix("Bearer "), *_secrets(case.body)}:
                if len(secret) >= 6 and secret in text and secret not in self.published:
                    yield "a secret of the request stands in the refusal"
            if not self._is_documented(case, response.status_code, str(told.get("code"))):
                yield f"refusal {told.get('code')} ({response.status_code}) is not in the document of this operation"

    def _is_documented(self, case: AnyCase, status: int, code: str) -> bool:
        answers = self.document["paths"][case.operation.path][case.operation.method.lower()]["responses"]
        return f"`{code}`" in answers.get(str(status), {}).get("description", "")


def _told(response: Response) -> Body:
    try:
        told = json.loads(response.content)
    except ValueError:
        return {}
    return told if isinstance(told, dict) and response.status_code >= 400 else {}


def _problem_faults(response: Response, told: Body) -> Iterator[str]:
    if response.headers.get("content-type") != ["application/problem+json"]:
        yield f"a refusal of type {response.headers.get('content-type')}"
    wanted = {"type", "title", "status", "detail", "code", "effect", "retry", "instance", "errors"}
    if set(told) != wanted or told["status"] != response.status_code or told["effect"] != "none":
        yield f"the problem document is not whole: {sorted(told)}"


def _secrets(value: Any, field: str = "") -> Iterator[str]:
    """The texts that no refusal may repeat."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _secrets(each, str(key))
    elif isinstance(value, list):
        for each in value:
            yield from _secrets(each, field)
    elif isinstance(value, str) and field in _SECRET_FIELDS:
        yield value


def _again(case: AnyCase, response: Response) -> str:
    """What it takes to see a failure again: test data only."""
    body = json.dumps(case.body, default=str)[:3000]
    return f"  {case.method} {case.formatted_path} {body}\n  -> {response.status_code} {response.content[:600]!r}"
