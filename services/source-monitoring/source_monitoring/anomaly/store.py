"""SQL of settings, rule states, anomalies, records, orders and packets."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from park_chassis.database import Connection

from source_monitoring.domain.anomaly.control_checks import records_of_check
from source_monitoring.domain.anomaly.episodes import Episode
from source_monitoring.domain.anomaly.judging import Outcome
from source_monitoring.domain.anomaly.packets import SeenPacket
from source_monitoring.domain.anomaly.settings import OutletSettings
from source_monitoring.domain.anomaly.window import OutletRecord
from source_monitoring.domain.reductions.reduction_list import ReductionMeasure
from source_monitoring.reductions import measures

_EPISODE = (
    "anomaly_id, point_id, rule_id, factor, state, severity, started_at, ended_at, sentence_zh, sentence_en, evidence,"
    " occurrences, closed_at, published_end, published_severity"
)


async def settings_of(connection: Connection, point_id: UUID) -> tuple[int, OutletSettings]:
    """Return (version, settings) in force; version 0 are the library's defaults."""
    row = await connection.fetchrow(
        "select version, body from anomaly_settings where point_id = $1 order by version desc limit 1", point_id
    )
    return (row["version"], msgspec.convert(row["body"], OutletSettings)) if row else (0, OutletSettings())


async def add_settings(
    tx: Connection, point_id: UUID, settings: OutletSettings, *, based_on: int, author: str, reason: str, at: datetime
) -> int | None:
    """Add the next version; None when somebody else was first (`based_on` is not the version in force)."""
    await tx.execute("select pg_advisory_xact_lock(hashtextextended($1, 46))", str(point_id))
    version, _ = await settings_of(tx, point_id)
    if version != based_on:
        return None
    await tx.execute(
        "insert into anomaly_settings values ($1, $2, $3, $4, $5, $6)",
        point_id, version + 1, msgspec.to_builtins(settings), author, reason, at,
    )  # fmt: skip
    return version + 1


async def settings_versions(connection: Connection, point_id: UUID) -> list[dict[str, Any]]:
    """Return who changed the settings when and why, newest first."""
    rows = await connection.fetch(
        "select version, author, reason, made_at, body from anomaly_settings where point_id = $1 order by version desc",
        point_id,
    )
    return [dict(row) for row in rows]


async def save_states(
    tx: Connection,
    point_id: UUID,
    outcomes: Sequence[Outcome],
    *,
    at: datetime,
    since: datetime,
    until: datetime,
    version: int,
) -> None:
    """Write what became of each rule and factor; rows of factors that a rule no longer speaks of go away."""
    if not outcomes:
        return
    await tx.execute(
        """delete from anomaly_rule_states s where point_id = $1 and rule_id = any($2)
           and (rule_id, factor) not in (select * from unnest($2::text[], $3::text[]))""",
        point_id, [one.rule_id for one in outcomes], [one.factor for one in outcomes],
    )  # fmt: skip
    await tx.executemany(
        """insert into anomaly_rule_states values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
           on conflict (point_id, rule_id, factor) do update set state = excluded.state, reason_zh = excluded.reason_zh,
           reason_en = excluded.reason_en, ran_at = excluded.ran_at, judged_from = excluded.judged_from,
           judged_until = excluded.judged_until, settings_version = excluded.settings_version, needs = excluded.needs""",
        [
            (point_id, o.rule_id, o.factor, o.state, o.reason_zh, o.reason_en, at, since, until, version, o.needs)
            for o in outcomes
        ],
    )


async def rule_states(connection: Connection, point_id: UUID) -> list[dict[str, Any]]:
    """Return what became of the rules of a point."""
    rows = await connection.fetch(
        "select * from anomaly_rule_states where point_id = $1 order by rule_id, factor", point_id
    )
    return [dict(row) for row in rows]


async def episodes_near(
    connection: Connection, point_id: UUID, rule_ids: Sequence[str], since: datetime
) -> list[Episode]:
    """Return the open anomalies of rules, and the closed ones that ended after `since`."""
    rows = await connection.fetch(
        f"select {_EPISODE} from anomalies where point_id = $1 and rule_id = any($2)"
        " and (state = 'open' or ended_at >= $3) order by started_at for update",
        point_id, rule_ids, since,
    )  # fmt: skip
    return [msgspec.convert(dict(row), Episode) for row in rows]


async def save_episodes(
    tx: Connection, episodes: Iterable[Episode], *, enterprise_id: UUID | None, version: int,
    parameters: Mapping[str, Mapping[str, str]], at: datetime,
) -> None:  # fmt: skip
    """Write anomalies with the settings they were found by."""
    await tx.executemany(
        """insert into anomalies (anomaly_id, point_id, enterprise_id, rule_id, factor, state, severity, started_at, ended_at,
               sentence_zh, sentence_en, evidence, occurrences, closed_at, published_end, published_severity,
               settings_version, parameters, opened_at, updated_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19)
           on conflict (anomaly_id) do update set state = excluded.state, severity = excluded.severity,
               started_at = excluded.started_at, ended_at = excluded.ended_at, sentence_zh = excluded.sentence_zh,
               sentence_en = excluded.sentence_en, evidence = excluded.evidence, occurrences = excluded.occurrences,
               closed_at = excluded.closed_at, published_end = excluded.published_end,
               published_severity = excluded.published_severity, settings_version = excluded.settings_version,
               parameters = excluded.parameters, updated_at = excluded.updated_at""",
        [
            (
                e.anomaly_id, e.point_id, enterprise_id, e.rule_id, e.factor, e.state, e.severity, e.started_at, e.ended_at,
                e.sentence_zh, e.sentence_en, e.evidence, e.occurrences, e.closed_at, e.published_end, e.published_severity,
                version, parameters.get(e.rule_id, {}), at,
            )
            for e in episodes
        ],
    )  # fmt: skip


async def add_records(
    tx: Connection, rows: Sequence[tuple[UUID, UUID, OutletRecord]], *, source: str, author: str, at: datetime
) -> int:
    """Add records (record id, point id, record); one that is there already is left alone. Return how many were new."""
    added = 0
    for record_id, point_id, r in rows:
        status = await tx.execute(
            """insert into outlet_records (record_id, point_id, at, kind, factor, name, value, content, work_order, passed,
                   source, author, recorded_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
               on conflict (record_id) do nothing""",
            record_id, point_id, r.at, r.kind, r.factor, r.name, r.value, r.text, r.work_order, r.passed, source, author, at,
        )  # fmt: skip
        added += status.endswith("1")
    return added


async def records(connection: Connection, point_id: UUID, since: datetime) -> list[OutletRecord]:
    """Return the records since a time, with the checks of the monitors (marking) among them.

    Of parameters also the last one before it is given, so that a change is seen; of quality
    checks the last two years, whose intervals are long.
    """
    rows = await connection.fetch(
        """select * from outlet_records where point_id = $1 and (at >= $2
               or (kind in ('quality-check', 'parameter') and at >= $2::timestamptz - interval '2 years')) order by at""",
        point_id, since,
    )  # fmt: skip
    checks = await connection.fetch(
        "select at, factor, outcome, figures from control_checks where point_id = $1"
        " and at >= $2::timestamptz - interval '2 years' order by at",
        point_id, since,
    )  # fmt: skip
    made = [one for row in checks for one in records_of_check(row["at"], row["factor"], row["outcome"], row["figures"])]
    return [_record(row) for row in rows] + [one for one in made if one.kind != "standard-check" or one.at >= since]


async def list_records(
    connection: Connection, point_id: UUID, *, kind: str | None, after: tuple[datetime, UUID] | None, limit: int
) -> tuple[list[dict[str, Any]], int]:
    """Return the records of a point (of one kind) after a place, newest first, and how many there are."""
    where = "point_id = $1 and ($2::text is null or kind = $2)"
    rows = await connection.fetch(
        f"select * from outlet_records where {where} and ($3::timestamptz is null or (at, record_id) < ($3, $4::uuid))"
        " order by at desc, record_id desc limit $5",
        point_id, kind, *(after or (None, None)), limit,
    )  # fmt: skip
    total: int = await connection.fetchval(f"select count(*) from outlet_records where {where}", point_id, kind)
    return [dict(row) for row in rows], total


def _record(row: Any) -> OutletRecord:
    return OutletRecord(
        row["at"],
        row["kind"],
        row["factor"],
        row["name"],
        row["value"],
        row["content"],
        row["work_order"],
        row["passed"],
    )


async def active_measures(
    connection: Connection, point_id: UUID, since: datetime, until: datetime
) -> list[ReductionMeasure]:
    """Return the measures of a point, with an ordered share, whose orders stand and overlap a stretch of time."""
    rows = await connection.fetch(
        f"select {measures.MEASURE} from {measures.STANDING} where m.point_id = $1 and m.allowed_share is not null"
        f" and o.starts_at < $3 and {measures.END} > $2",
        point_id, since, until,
    )  # fmt: skip
    return [msgspec.convert(dict(row), ReductionMeasure) for row in rows]


async def remember_packets(tx: Connection, packets: Sequence[SeenPacket]) -> None:
    """Remember packets; the same one again changes nothing."""
    await tx.execute(
        """insert into seen_packets
           select * from unnest($1::text[], $2::text[], $3::bytea[], $4::timestamptz[], $5::timestamptz[])
           on conflict do nothing""",
        [p.mn for p in packets], [p.request_id for p in packets], [p.digest for p in packets],
        [p.data_time for p in packets], [p.received_at for p in packets],
    )  # fmt: skip


async def packets_like(tx: Connection, suspects: Sequence[SeenPacket]) -> list[SeenPacket]:
    """Return the remembered packets that share QN with one of the suspects, or its time (the same content has the same)."""
    rows = await tx.fetch(
        """select distinct s.* from seen_packets s
           join unnest($1::text[], $2::text[], $3::timestamptz[]) as x (mn, request_id, data_time)
           on s.mn = x.mn and (s.request_id = x.request_id or s.data_time = x.data_time) order by s.received_at""",
        [p.mn for p in suspects], [p.request_id for p in suspects], [p.data_time for p in suspects],
    )  # fmt: skip
    return [SeenPacket(r["mn"], r["request_id"], r["digest"], r["data_time"], r["received_at"]) for r in rows]


async def reused_requests(tx: Connection, packets: Sequence[SeenPacket]) -> set[tuple[str, str]]:
    """Return the (mn, QN) among packets that are remembered with other content."""
    rows = await tx.fetch(
        """select distinct s.mn, s.request_id from seen_packets s
           join unnest($1::text[], $2::text[], $3::bytea[]) as x (mn, request_id, digest)
           on s.mn = x.mn and s.request_id = x.request_id and s.digest <> x.digest""",
        [p.mn for p in packets], [p.request_id for p in packets], [p.digest for p in packets],
    )  # fmt: skip
    return {(row["mn"], row["request_id"]) for row in rows}


async def forget_packets(tx: Connection, at: datetime, keep: timedelta = timedelta(days=1)) -> None:
    """Forget packets received longer ago than `keep`."""
    await tx.execute("delete from seen_packets where received_at < $1", at - keep)
