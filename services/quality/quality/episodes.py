"""What becomes of one verdict on an hour: an episode goes on or ends, a finding is told, withdrawn, or told again.

An episode (row of station_watch) opens with the first violated hour and sends each verdict until five calm hours in a row, as the
watches of limits do (park_judging.domain.watching). Only an hour newer than the last one seen moves an episode; a late one that
breaks the rule is still told, and one that breaks it no more withdraws what was told of it.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

import msgspec
from park_chassis.clock import now
from park_chassis.database import Connection
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.findings import point_finding
from park_judging.domain.watching import Watch, see
from park_judging.domain.withdrawal import Words, withdrawn
from park_schemas.codes import Period
from park_schemas.identifiers import natural_id
from park_schemas.park_time import at_park
from park_schemas.supervision import FindingRecorded

from quality import told_findings
from quality.domain.station_rules import REGIONAL_EVENT, Held

HOUR = timedelta(hours=1)
_NOT_JUDGED: Words = ("该小时已不再按此判定", "the hour is not judged by it any more")


async def take(
    tx: Connection, limits: PointLimits, start: datetime, held: Held, revision: int
) -> list[FindingRecorded]:
    """Move the episode by one verdict; return the finding if it has to be told."""
    is_news = await _move(tx, limits, start, held)
    told = (await told_findings.of_hour(tx, limits.point.point_id, start)).get(_key(held))
    body = _finding(limits, start, held, revision)
    if held.violated:
        return await _tell(tx, told, body)
    if told is not None and not told.withdrawn:
        return [await _withdraw(tx, told, (held.zh, held.en))]
    return [body] if is_news else []


async def drop(
    tx: Connection, limits: PointLimits, start: datetime, judged: Collection[tuple[str, str]]
) -> list[FindingRecorded]:
    """Withdraw what was told of an hour by rules that do not judge it any more: all but those of `judged`, (rule, factor)."""
    told = await told_findings.of_hour(tx, limits.point.point_id, start)
    return [
        await _withdraw(tx, one, _NOT_JUDGED)
        for key, one in told.items()
        if not one.withdrawn and key not in judged and key[0] != REGIONAL_EVENT
    ]


async def withdraw(tx: Connection, limits: PointLimits, start: datetime, held: Held) -> list[FindingRecorded]:
    """Withdraw what was told of an hour that keeps the rule now; its episode does not move."""
    told = (await told_findings.of_hour(tx, limits.point.point_id, start)).get(_key(held))
    return [] if told is None or told.withdrawn else [await _withdraw(tx, told, (held.zh, held.en))]


async def _move(tx: Connection, limits: PointLimits, start: datetime, held: Held) -> bool:
    """Move the episode; return whether its verdict is to be told."""
    key = (limits.point.point_id, *_key(held))
    row = await tx.fetchrow(
        "select opened_at, last_at, streak from station_watch where point_id = $1 and rule = $2 and factor = $3 for update",
        *key,
    )
    watch = Watch(row["opened_at"], row["last_at"], row["streak"]) if row else None
    seen = see(watch, violated=held.violated, ratio=held.ratio, at=start)
    if seen.watch is None and watch is not None:
        await tx.execute("delete from station_watch where point_id = $1 and rule = $2 and factor = $3", *key)
    elif seen.watch is not None and seen.watch != watch:
        await tx.execute(
            "insert into station_watch values ($1, $2, $3, $4, $5, $6) on conflict (point_id, rule, factor) do update"
            " set last_at = excluded.last_at, streak = excluded.streak",
            *key, seen.watch.opened_at, seen.watch.last_at, seen.watch.streak,
        )  # fmt: skip
    return seen.report


async def _tell(tx: Connection, told: told_findings.Told | None, body: FindingRecorded) -> list[FindingRecorded]:
    """Tell that an hour breaks a rule, unless just that was told of it and stands."""
    if (
        told is not None
        and not told.withdrawn
        and (told.finding.observed, told.finding.limit) == (body.observed, body.limit)
    ):
        return []
    if told is not None and told.withdrawn:
        before = told.finding.finding_id
        body = msgspec.structs.replace(body, finding_id=natural_id("reinstated", before), reinstates=before)
    await told_findings.keep(tx, body)
    return [body]


async def _withdraw(tx: Connection, told: told_findings.Told, why: Words) -> FindingRecorded:
    at = now()
    await told_findings.keep(tx, told.finding, at)
    return withdrawn(told.finding, why, at)


def _key(held: Held) -> tuple[str, str]:
    return held.rule, held.factor.factor if held.factor else ""


def _finding(limits: PointLimits, start: datetime, held: Held, revision: int) -> FindingRecorded:
    point, shown = limits.point, f"{at_park(start):%Y-%m-%d %H:%M}"
    factor = held.factor
    finding = point_finding(
        point, held.rule, "violated" if held.violated else "complied",
        key=(factor.factor if factor else "", start.timestamp(), revision, held.limit),
        start=start, end=start + HOUR, recorded_at=now(), period=Period.HOUR,
        zh=f"{point.name_zh} {shown} {held.zh}。", en=f"{point.name_en}, {shown}: {held.en}.",
    )  # fmt: skip
    return msgspec.structs.replace(
        finding,
        factor=factor.factor if factor else None,
        factor_name_zh=factor.name_zh if factor else "",
        factor_name_en=factor.name_en if factor else "",
        observed=held.observed,
        limit=held.limit,
        unit=factor.unit if factor and held.rule != REGIONAL_EVENT else "",
        ratio=held.ratio,
    )
