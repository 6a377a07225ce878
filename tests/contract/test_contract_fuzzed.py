"""Schemathesis over the OpenAPI of four services: whatever a client sends, it gets a sensible answer.

Cases are made from contracts/openapi/<service>.json and sent to the real process on a real Postgres and broker. No answer is a
server error; every refusal is application/problem+json that says what is wrong; every JSON answer can be read.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from park_chassis.kafka import Producer, create_topics
from park_chassis.settings import ServiceSettings
from park_chassis.testing import TEST_SECRET, RunningService, running_service, token
from park_judging.testing import factor, point
from park_schemas.codes import Medium, Role
from park_schemas.envelope import Event, encode_body, encode_headers
from pydantic import SecretStr
from schemathesis.core.result import Err

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.integration

SERVICES: dict[str, str] = {
    "alerting": "alerting",
    "task-dispatch": "task_dispatch",
    "quality": "quality",
    "source-monitoring": "source_monitoring",
}
"""Services under test and their packages."""
PERMISSIONS = (
    *("alarm:read", "alarm:acknowledge", "alarm:close", "rule:write", "webhook:write", "task:read", "task:create"),
    *("task:dispatch", "task:work", "task:verify", "task:cancel", "parked:read", "archive:write", "user:write"),
    *("reading:read", "data:replay", "campaign:write", "parked:replay", "mark:write", "mark:review", "quota:write"),
    *("data:review", "data:approve", "data:correct"),
)
STATION = UUID("019c0000-0000-7000-8000-0000000000f0")
OUTLET = UUID("019c0000-0000-7000-8000-0000000000f2")
"""The registered points: questions about a point are asked of the station, those to source-monitoring of the outlet."""
CASES_AN_OPERATION = 12
_SETTINGS = settings(
    max_examples=CASES_AN_OPERATION,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(params=sorted(SERVICES))
async def running(
    request: pytest.FixtureRequest, postgres_url: str, kafka_bootstrap: str, broker_kind: str, tmp_path: Path
) -> AsyncIterator[tuple[str, RunningService]]:
    """Each service as a real process."""
    await create_topics(kafka_bootstrap)
    await register_points(kafka_bootstrap, idempotent=broker_kind != "tansu-fallback")
    async with running_service(
        SERVICES[request.param],
        admin_url=postgres_url,
        kafka=kafka_bootstrap,
        log_to=tmp_path / "service.log",
        PARK_EVIDENCE_DIR=str(tmp_path / "evidence"),
        PARK_WEBHOOK_ALLOW_PRIVATE="true",
    ) as service:
        yield request.param, service


async def register_points(kafka_bootstrap: str, *, idempotent: bool) -> None:
    """State a station and an outlet on the registry topic, so that what is asked of a point meets one."""
    settings = ServiceSettings(
        service="fuzzer",
        database_url=SecretStr("postgresql://unused"),
        kafka_bootstrap_servers=kafka_bootstrap,
        kafka_idempotence=idempotent,
        auth_secret=SecretStr(TEST_SECRET),
    )
    station = msgspec.structs.replace(
        point(factors=[factor("a34004", "ug/m3"), factor("a01007", "m/s"), factor("a01008", "degree(angle)")]),
        point_id=STATION, medium=Medium.AMBIENT_AIR, enterprise_id=None,
    )  # fmt: skip
    outlet = point(factors=[factor(), factor("w00000", "L/s", 2)], point_id=OUTLET)
    producer = Producer(settings)
    await producer.open()
    for record in (station, outlet):
        event: Event[Any] = Event(
            type="registry.point.stated",
            source="archive",
            subject=str(record.point_id),
            time=datetime.now(UTC),
            body=record,
        )
        sent = await producer.send(
            event.topic, key=event.subject.encode(), value=encode_body(record), headers=encode_headers(event)
        )
        await sent
    await producer.close()


async def test_whatever_is_sent_gets_a_sensible_answer(running: tuple[str, RunningService]) -> None:
    name, service = running
    failures = await asyncio.to_thread(failures_of, name, service.url)
    assert failures == [], "\n".join(failures)


def failures_of(service: str, url: str) -> list[str]:
    """Send made-up cases to every operation; return what is wrong with the answers, at most one an operation."""
    schema = schemathesis.openapi.from_path(ROOT / "contracts" / "openapi" / f"{service}.json")
    bearer = token(*PERMISSIONS, role=Role.ADMINISTRATOR, username="fuzzer")
    headers = {"Authorization": f"Bearer {bearer}", "X-Requested-With": "park-console"}
    found: list[str] = []
    for result in schema.get_all_operations():
        if isinstance(result, Err):
            found.append(f"the contract is not valid: {result.err()}")
            continue
        found += problems_of(result.ok(), url, headers, OUTLET if service == "source-monitoring" else STATION)[:1]
    return found


def problems_of(operation: Any, url: str, headers: dict[str, str], point_id: UUID) -> list[str]:
    """Send made-up cases to one operation; return what is wrong with the answers."""
    problems: list[str] = []

    @_SETTINGS
    @given(case=operation.as_strategy())
    def answers_sensibly(case: Any) -> None:
        if "point_id" in (case.path_parameters or {}):
            case.path_parameters["point_id"] = str(point_id)
        answer = case.call(base_url=url, headers=headers, timeout=60)
        if (problem := problem_of(answer)) is not None:
            problems.append(f"{case.method} {case.formatted_path} {case.query} {str(case.body)[:300]}: {problem}")

    answers_sensibly()
    return problems


def problem_of(answer: Any) -> str | None:
    """Return what is wrong with an answer."""
    kind = answer.headers.get("content-type", [""])[0]
    if answer.status_code >= 500:
        return f"{answer.status_code}: {answer.text[:500]}"
    if answer.status_code >= 400:
        if "application/problem+json" not in kind:
            return f"{answer.status_code} is not problem+json but {kind}"
        said = answer.json()
        return (
            None
            if said.get("title") and said.get("code")
            else f"{answer.status_code} does not say what is wrong: {said}"
        )
    if "json" in kind and answer.status_code != 204:
        answer.json()
    return None
