"""Months of an outlet: their versions with what changed, and as a file."""

from datetime import datetime

import pytest
from park_judging.testing import factor, point, readings
from park_schemas.codes import Period
from park_schemas.park_time import at_park
from source_monitoring.testing import DAY, ENTERPRISE, HOUR, OFFICER, Laboratory, Person

pytestmark = pytest.mark.integration

START = at_park(datetime(2026, 11, 10))  # noqa: DTZ001 - read as park time


async def test_late_data_makes_a_new_version_of_the_month_with_what_changed(laboratory: Laboratory) -> None:
    of = point(factors=[factor("w00000", "L/s", 2), factor()])
    laboratory.registry.put(of)
    officer, path = Person(*OFFICER), f"/points/{of.point_id}/results"
    await laboratory.minutes(of, START, 24, {"w01018": "40", "w00000": "10", "w00000-Cou": "6"})
    await laboratory.take(readings(of, START + DAY + 2 * HOUR, {"w01018": "40"}))
    await laboratory.close()
    asked = {"period": "month", "start": "2026-11-01"}
    (first,) = (await laboratory.ask(officer, "GET", f"{path}/versions", None, **asked)).json()["items"]
    assert first["revision"] == 1
    await laboratory.take(
        *[
            readings(of, START + 5 * HOUR + step * (HOUR / 6), {"w01018": "80"}, period=Period.MINUTE)
            for step in range(6)
        ]
    )
    await laboratory.close()
    made = (await laboratory.ask(officer, "GET", f"{path}/versions", None, **asked)).json()["items"]
    assert [one["revision"] for one in made] == list(range(1, len(made) + 1))
    changed = {one["field"] for version in made[1:] for one in version["differences"] if one["factor"] == "w01018"}
    assert {"mean", "emission"} <= changed
    table = (await laboratory.ask(officer, "GET", f"{path}/export", period="month", factor="w01018")).text.splitlines()
    assert len(table) == 2
    assert "化学需氧量" in table[1]
    stranger = Person(*ENTERPRISE, enterprise_id=of.point_id)
    assert (await laboratory.ask(stranger, "GET", f"{path}/versions", None, **asked)).status_code == 404
    assert (await laboratory.ask(stranger, "GET", f"{path}/export")).status_code == 404
