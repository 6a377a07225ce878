"""Each service is killed with -9 once while frames flow: every answered frame is stored exactly once, nothing is stuck."""

import asyncio
import os
import signal
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import DataLogger, Outlet, Stack

pytestmark = [pytest.mark.integration, pytest.mark.chaos]

VICTIMS = (
    "hj212_gateway",
    "source_monitoring",
    "quality",
    "alerting",
    "task_dispatch",
    "sharing_exchange",
    "archive",
    "api_gateway",
)


async def test_what_was_answered_is_stored_once_although_every_service_is_killed(
    stack: "Stack", outlet: "Outlet", data_logger: "DataLogger", until: Any
) -> None:
    began = datetime.now(UTC).replace(microsecond=0)
    stop = asyncio.Event()
    answered: list[int] = []

    async def keep_reporting() -> None:
        second = 0
        while not stop.is_set():
            second += 1
            value = second % 40 + 1
            while True:  # as a logger does: the same report again until it is answered
                with suppress(TimeoutError, OSError):
                    await data_logger.report(str(value), began + timedelta(seconds=second), within_s=3)
                    answered.append(value)
                    break
                await data_logger.close()
                await asyncio.sleep(0.3)
                with suppress(OSError):
                    await data_logger.connect()
            await asyncio.sleep(0.02)

    reporting = asyncio.create_task(keep_reporting())
    killed: dict[str, int] = {}
    for victim in VICTIMS:
        await until(lambda victim=victim: _is_up(stack, victim), bool, within_s=180)
        killed[victim] = stack.pid_of(victim)
        os.kill(killed[victim], signal.SIGKILL)
        await asyncio.sleep(2)
    await asyncio.sleep(5)

    async def number_answered() -> int:
        return len(answered)

    await until(number_answered, lambda number: number > 50, within_s=180)
    stop.set()
    await reporting

    async def restarted() -> Any:
        return {name: stack.pid_of(name) for name in VICTIMS if _runs(stack, name)}

    now_running = await until(restarted, lambda pids: len(pids) == len(VICTIMS), within_s=180)
    assert all(now_running[name] != killed[name] for name in VICTIMS)

    async def values() -> Any:
        return await stored(stack, outlet, began, len(answered))

    found = await until(values, lambda found: len(found) >= len(answered), within_s=180)
    assert found == answered

    await a_new_exceedance_still_becomes_an_alarm(stack, outlet, data_logger, began, until)


async def _is_up(stack: "Stack", name: str) -> bool:
    return _runs(stack, name)


def _runs(stack: "Stack", name: str) -> bool:
    try:
        return stack.pid_of(name) > 0
    except KeyError:
        return False


async def stored(stack: "Stack", outlet: "Outlet", began: datetime, expected: int) -> list[float]:
    """Return every realtime frame's COD value in the store, oldest first, frames with revisions counted as they stand."""
    async with stack.signed_in() as officer:
        answer = await officer.get(
            f"/points/{outlet.point_id}/series",
            params={
                "factor": "w01018",
                "period": "realtime",
                "from": began.isoformat(),
                "to": (began + timedelta(hours=2)).isoformat(),
                "points": max(5000, expected * 4),
            },
        )
    if answer.status_code != 200:
        return []
    return [value for series in answer.json()["series"] for _, value, _ in series["values"]]


async def a_new_exceedance_still_becomes_an_alarm(
    stack: "Stack", outlet: "Outlet", data_logger: "DataLogger", began: datetime, until: Any
) -> None:
    await data_logger.report("130", began + timedelta(hours=1, minutes=30))
    async with stack.signed_in() as officer:

        async def alarms() -> Any:
            found = (await officer.get("/alarms", params={"point_id": outlet.point_id})).json()["items"]
            return [one for one in found if one["rule"] == "exceedance"]

        (alarm,) = await until(alarms, bool, within_s=180)
    assert alarm["observed"] is not None
