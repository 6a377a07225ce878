"""At least one example of every event, as bodies. They go into contracts/events and are never deleted while a version lives:
today's consumers must read all of them, and those of the last release (contracts/baseline)."""

from msgspec import Struct

from park_schemas.examples import alarms, assessments, exchange, findings, registry, tasks, telemetry

EXAMPLES: dict[str, tuple[Struct, ...]] = {
    **registry.EXAMPLES,
    **telemetry.EXAMPLES,
    **findings.EXAMPLES,
    **alarms.EXAMPLES,
    **tasks.EXAMPLES,
    **assessments.EXAMPLES,
    **exchange.EXAMPLES,
}
