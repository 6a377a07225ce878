"""Registering the invented park through the public API: the park and its map by form, everything else by import sheets.

Running it again changes nothing: the sheets come back "unchanged". Passwords of loggers are made up at the first run and read
from the archive afterwards, so that a lost data directory does no harm.
"""

import csv
import io
import secrets
import string
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from simulator.factor_plans import FactorPlan
from simulator.park_api import ParkApi
from simulator.park_map import CENTRE, park_map
from simulator.park_plan import PARK, PointSite, enterprises, points
from simulator.registered_park import RegisteredPark, strictest

_VALID_FROM = "2024-01-01"
_PASSWORD_LETTERS = string.ascii_letters + string.digits

Row = Sequence[object]


class SeedingFailed(Exception):
    """The archive refused rows of the park; the text names each."""


async def seed(api: ParkApi, folder: Path, *, extra_devices: int = 0) -> dict[str, dict[str, int]]:
    """Register the park; return for each sheet how many rows were created, updated, unchanged.

    Raises SeedingFailed, park_api.ApiRefused, httpx.TransportError.
    """
    await api.request("PUT", "/park", json={**PARK, "centre": list(CENTRE), "map": park_map()})
    done = {"enterprises": await _import(api, "enterprises", _enterprise_rows())}
    done["points"] = await _import(api, "points", _point_rows(extra_devices))
    passwords = await _passwords(api, extra_devices)
    done["devices"] = await _import(api, "devices", _device_rows(passwords, extra_devices))
    library = await _library_rows(api)
    done["limits"] = await _import(api, "limits", _limit_rows(library))
    # A broker that lost its topics (a new one, or the fallback in memory) hears of the whole register again.
    await api.request("POST", "/registry/republish")
    park = RegisteredPark(passwords, _limits_in_force(library), _extra_mns(extra_devices))
    park.save(folder)
    return done


async def _import(api: ParkApi, kind: str, rows: Iterable[Row]) -> dict[str, int]:
    sheet = io.StringIO()
    csv.writer(sheet).writerows(rows)
    report = await api.request(
        "POST",
        "/imports",
        files={"file": (f"simulator-{kind}.csv", sheet.getvalue().encode())},
        data={"kind": kind, "dry_run": "false"},
    )
    if report["rejected"]:
        told = [
            f"row {row['row']} {row['key']}: {error['column']} {error['value']!r}: {error['what_en']}"
            for row in report["rows"]
            for error in row["errors"]
        ]
        raise SeedingFailed(f"{kind}: {report['rejected']} rows rejected\n  " + "\n  ".join(told[:20]))
    counts: dict[str, int] = {}
    for row in report["rows"]:
        counts[row["status"]] = counts.get(row["status"], 0) + 1
    return counts


def _enterprise_rows() -> Iterable[Row]:
    yield (
        "credit_code", "name_zh", "name_en", "industry", "industry_code", "address", "plot", "longitude", "latitude",
        "environment_contact", "permit_number", "permit_category", "risk_level", "key_unit",
    )  # fmt: skip
    for site in enterprises():
        plan = site.plan
        key_unit = plan.risk == "major"
        yield (
            site.credit_code, plan.name_zh, plan.name_en, plan.industry, plan.industry_code, f"云澜园区{site.plot}地块",
            site.plot, site.longitude, site.latitude, site.contact, f"{site.credit_code}001V",
            "key" if key_unit else "simplified", plan.risk, "yes" if key_unit else "no",
        )  # fmt: skip


def _point_rows(extra_devices: int) -> Iterable[Row]:
    yield (
        "code", "name_zh", "name_en", "medium", "enterprise", "longitude", "latitude", "factors", "target_class",
        "discharge", "receiving", "stack_height_m", "point_kind",
    )  # fmt: skip
    for site in points():
        plan = site.plan
        stack = 25 if plan.medium == "waste-gas" else ""
        yield (
            site.code, site.name_zh, site.name_en, plan.medium, site.credit_code, site.longitude, site.latitude,
            _factor_cell(plan.factors), plan.target_class, plan.discharge, plan.receiving, stack, plan.point_kind,
        )  # fmt: skip
    owner = enterprises()[0]
    for number in range(extra_devices):
        yield (
            f"LOAD-{number:05d}", f"压测点位{number}", f"Load test point {number}", "waste-water", owner.credit_code,
            owner.longitude, owner.latitude, "w01018:mg/L:1;w21003:mg/L:2;w21011:mg/L:2;w21001:mg/L:2;w01001:1:2;w00000:L/s:2",
            "", "indirect", "", "", "",
        )  # fmt: skip


def _factor_cell(factors: Sequence[FactorPlan]) -> str:
    return ";".join(f"{plan.code}:{plan.unit}:{plan.decimals}" for plan in factors)


def _extra_mns(count: int) -> list[str]:
    return [f"9900A1B2C3D4AA{number:010X}" for number in range(count)]


async def _passwords(api: ParkApi, extra_devices: int) -> dict[str, str]:
    known = {device["mn"]: device.get("password") for device in await api.all_items("/devices")}
    wanted = [site.mn for site in points()] + _extra_mns(extra_devices)
    return {mn: known.get(mn) or "".join(secrets.choice(_PASSWORD_LETTERS) for _ in range(6)) for mn in wanted}


def _device_rows(passwords: Mapping[str, str], extra_devices: int) -> Iterable[Row]:
    yield (
        "mn",
        "password",
        "point_code",
        "edition",
        "realtime_interval_s",
        "minute_interval_min",
        "manufacturer",
        "model",
    )
    for site in points():
        yield site.mn, passwords[site.mn], site.code, site.edition, 30, 10, "云澜仪表（虚构）", f"YL-{site.edition}"
    for number, mn in enumerate(_extra_mns(extra_devices)):
        yield mn, passwords[mn], f"LOAD-{number:05d}", "2017", 30, 10, "", "load"


async def _library_rows(api: ParkApi) -> dict[str, dict[str, Any]]:
    """Return the rows of the standards library that the plan names, by id. Raises SeedingFailed for one that is not there."""
    wanted = {row for site in points() for plan in site.plan.factors for row in plan.limits}
    factors = {plan.code for site in points() for plan in site.plan.factors if plan.limits}
    found: dict[str, dict[str, Any]] = {}
    for factor in sorted(factors):
        for row in await api.all_items("/standards/limits", {"factor": factor, "current": "true"}):
            if row["standard_limit_id"] in wanted:
                found[row["standard_limit_id"]] = row
    if missing := sorted(wanted - found.keys()):
        raise SeedingFailed("not in force in the archive's standards library:\n  " + "\n  ".join(missing))
    return found


def _limit_rows(library: Mapping[str, Mapping[str, Any]]) -> Iterable[Row]:
    yield "point_code", "factor", "standard_limit_id", "averaging", "valid_from"
    for site, plan, row in _planned(library):
        begin = max(_VALID_FROM, row["effective_from"] or _VALID_FROM)
        yield site.code, plan.code, row["standard_limit_id"], plan.averaging, begin


def _planned(
    library: Mapping[str, Mapping[str, Any]],
) -> Iterable[tuple[PointSite, FactorPlan, Mapping[str, Any]]]:
    for site in points():
        for plan in site.plan.factors:
            for limit_id in plan.limits:
                yield site, plan, library[limit_id]


def _limits_in_force(library: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    rows: dict[str, list[dict[str, Any]]] = {}
    for site, _, row in _planned(library):
        rows.setdefault(site.code, []).append(dict(row))
    return {code: strictest(listed) for code, listed in rows.items()}
