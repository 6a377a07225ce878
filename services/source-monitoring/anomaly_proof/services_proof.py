"""The other rules through both judging services: a park's days go the real way, and what the outbox tells is counted."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from devstack.postgres import Postgres
from park_chassis.testing import TEST_SECRET, service_database
from park_judging.testing import PointsInMemory
from pydantic import SecretStr
from quality.settings import Settings as StationSettings
from quality.testing import Park
from source_monitoring.settings import Settings as SourceSettings
from source_monitoring.testing import Laboratory

from anomaly_proof.drawing import Drawing, RuleCount, together
from anomaly_proof.service_rules import SERVICE_RULES
from anomaly_proof.source_park import SourcePark
from anomaly_proof.station_park import StationPark
from anomaly_proof.truth import Truth, counted

_SAME = {
    "database_url": SecretStr("postgresql://unused"),
    "kafka_bootstrap_servers": "unused:9092",
    "auth_secret": SecretStr(TEST_SECRET),
    "registry_wait_s": 0.2,
    "closing_settle_s": 0,
}


async def drawn(seeds: Sequence[int]) -> Drawing:
    """Return the counts over the seeds, each with databases of its own."""
    by_rule: dict[str, list[RuleCount]] = {rule_id: [] for rule_id in SERVICE_RULES}
    point_days = 0.0
    with tempfile.TemporaryDirectory(prefix="park-proof-") as folder:
        os.chmod(folder, 0o755)  # noqa: S103 - the database's own account must enter it
        with Postgres(Path(folder) / "postgres") as postgres:
            for seed in seeds:
                for truth in (await _sources(postgres.admin_url, seed), await _stations(postgres.admin_url, seed)):
                    point_days += truth.point_days
                    for rule_id, count in counted(truth).items():
                        by_rule[rule_id].append(count)
    counts = {rule_id: together(found) for rule_id, found in by_rule.items()}
    false = {rule_id: count.false for rule_id, count in counts.items()}
    return Drawing(seeds=tuple(seeds), counts=counts, clean_false=false, clean_days=point_days)


async def _sources(admin_url: str, seed: int) -> Truth:
    async with service_database(admin_url, "source_monitoring") as database:
        laboratory = Laboratory(database, PointsInMemory(), SourceSettings(**_SAME, evidence_dir="unused"))  # type: ignore[arg-type]
        return await SourcePark(laboratory, seed).run()


async def _stations(admin_url: str, seed: int) -> Truth:
    async with service_database(admin_url, "quality") as database:
        park = Park(database, PointsInMemory(), StationSettings(**_SAME))  # type: ignore[arg-type]
        return await StationPark(park, seed).run()
