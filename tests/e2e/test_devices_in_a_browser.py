"""A device as people see it, on the real platform: its frames live, and a dangerous command that two people make.

The device is a real socket that obeys as HJ 212-2017 says. Without Chromium the test is skipped.
"""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hj212 import DeviceSession, Edition, Execute, Identity, Packet, Send
from playwright.async_api import Browser, Error, Page, async_playwright, expect

if TYPE_CHECKING:
    from conftest import DataLogger, Outlet, Stack

pytestmark = [pytest.mark.integration, pytest.mark.browser]

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
SLOW_MACHINE_MS = 60_000  # what any step may take where tests share two cores; none takes it on a free machine
PARK_TIME = timedelta(hours=8)


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next((found for name in names if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    async with async_playwright() as playwright:
        try:
            started = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        except Error as why:
            pytest.skip(f"Chromium does not start here: {why.message.splitlines()[0]}")
        yield started
        await started.close()


async def at_a_desk(chromium: Browser, stack: "Stack", username: str) -> Page:
    """Return the page of a person who has signed in."""
    context = await chromium.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(SLOW_MACHINE_MS)
    page = await context.new_page()
    await page.goto(f"{stack.access['console_url']}login")
    await page.fill("#username", username)
    await page.fill("#password", stack.access["password"])
    await page.click("button[type=submit]")
    await page.wait_for_url(lambda address: "/login" not in address)
    return page


async def obey(logger: "DataLogger", requests: list[Packet]) -> None:
    """Be the device: answer each request with 9011 and 9012 (done), and remember it."""
    side = DeviceSession(Identity(logger.outlet.mn, "32", logger.outlet.password, Edition.HJ_2017))
    while True:
        packet = await logger.answer(within_s=3600)
        if packet.cn.startswith("90"):
            logger.answered.add(str(packet.qn))
            continue
        requests.append(packet)
        at = (datetime.now(UTC) + PARK_TIME).replace(tzinfo=None)
        actions = side.receive(packet, 0.0)
        for action in list(actions):
            if isinstance(action, Execute):
                actions += side.finish(action.request, result=1, data=[], at=at, now=0.0)
        for action in actions:
            if isinstance(action, Send):
                logger.write(action.frame)


async def test_a_device_is_watched_live_and_a_dangerous_command_reaches_it_only_after_a_second_person(
    chromium: Browser, stack: "Stack", outlet: "Outlet", data_logger: "DataLogger"
) -> None:
    expect.set_options(timeout=SLOW_MACHINE_MS)
    await data_logger.report("31.4", datetime.now(UTC))
    requests: list[Packet] = []
    device = asyncio.create_task(obey(data_logger, requests))
    try:
        admin, officer = await asyncio.gather(
            at_a_desk(chromium, stack, "admin"), at_a_desk(chromium, stack, stack.access["username"])
        )
        await is_watched(admin, stack, outlet, data_logger)
        await is_commanded(admin, officer, stack, outlet, requests)
    finally:
        device.cancel()
        with suppress(asyncio.CancelledError):
            await device


async def is_watched(page: Page, stack: "Stack", outlet: "Outlet", logger: "DataLogger") -> None:
    """From the list to the device; a frame it sends now is there, decoded, without its password."""
    await page.goto(f"{stack.access['console_url']}devices?q={outlet.mn}")
    row = page.get_by_role("row", name=re.compile(outlet.mn))
    await expect(row).to_contain_text("在线")
    await row.get_by_role("link", name=outlet.mn).click()
    frames = page.get_by_role("listbox", name="实时报文").get_by_role("option")
    await expect(frames.filter(has_text="化学需氧量 31.4").first).to_be_visible()
    _, frame = logger.frame("32.5", datetime.now(UTC) + timedelta(seconds=1))
    logger.write(frame)
    await frames.filter(has_text="化学需氧量 32.5").first.click()
    detail = page.get_by_role("region", name="报文")
    await expect(detail).to_contain_text("化学需氧量")
    await expect(detail).to_contain_text("PW=******")
    assert outlet.password not in await detail.inner_text()


async def is_commanded(admin: Page, officer: Page, stack: "Stack", outlet: "Outlet", requests: list[Packet]) -> None:
    """A calibration: wrong at first, then asked for; sent only when the officer has approved it; done with transcript."""
    await admin.get_by_role("tab", name="反控").click()
    await admin.get_by_role("button", name=re.compile("^3011")).click()
    await admin.get_by_role("button", name="提交审批").click()
    await expect(admin.get_by_role("alert").first).to_be_visible()
    await admin.locator("#command-PolId-0").fill("w01018")
    await admin.get_by_label("原因").fill("季度零点校准")
    await admin.get_by_role("button", name="提交审批").click()
    await expect(admin.get_by_text("须由另一人批准。")).to_be_visible()
    await expect(admin.get_by_role("button", name="批准", exact=True)).to_have_count(0)
    assert requests == []

    await officer.goto(f"{stack.access['console_url']}devices?tab=commands&mn={outlet.mn}")
    await officer.get_by_role("row", name=re.compile("季度零点校准")).click()
    command = officer.get_by_role("dialog", name="命令详情")
    await command.get_by_role("button", name="批准", exact=True).click()
    await officer.get_by_role("dialog", name="批准").get_by_role("button", name="批准", exact=True).click()
    await expect(command.get_by_text("执行成功").first).to_be_visible()
    await expect(command.locator(".transcript li")).to_have_count(3)
    await expect(admin.get_by_text("执行成功").first).to_be_visible()
    assert [(one.cn, one.value("PolId")) for one in requests] == [("3011", "w01018")]
