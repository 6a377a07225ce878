"""An officer writes a duty roster and a plan of inspections by their forms, on the real platform.

What the browser shows is asked of the platform too: who is on duty, which task will be made when. Without Chromium the test
is skipped. What is made is taken away again, so that the shared stack is as it was.
"""

import re
import shutil
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from playwright.async_api import Browser, Error, Locator, Page, async_playwright, expect

if TYPE_CHECKING:
    from conftest import Stack

pytestmark = [pytest.mark.integration, pytest.mark.browser]

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
SLOW_MACHINE_MS = 60_000  # what any step may take where tests share two cores; none takes it on a free machine
WRITES = {"X-Requested-With": "park-console"}


@pytest.fixture
async def desk(stack: "Stack") -> AsyncIterator[Page]:
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next((found for name in names if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    async with async_playwright() as playwright:
        try:
            browser: Browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        except Error as why:
            pytest.skip(f"Chromium does not start here: {why.message.splitlines()[0]}")
        yield await signed_in(browser, stack)
        await browser.close()


async def signed_in(browser: Browser, stack: "Stack") -> Page:
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, timezone_id="America/New_York")
    context.set_default_timeout(SLOW_MACHINE_MS)
    page = await context.new_page()
    await page.goto(f"{stack.access['console_url']}login")
    await page.fill("#username", "officer")
    await page.fill("#password", stack.access["password"])
    await page.click("button[type=submit]")
    await page.wait_for_url(lambda address: "/login" not in address)
    return page


async def asked(page: Page, stack: "Stack", path: str) -> Any:
    """Return what the platform answers the person who is signed in."""
    answer = await page.request.get(f"{stack.access['console_url']}api/v1{path}")
    assert answer.ok, await answer.text()
    return await answer.json()


async def add_first_person(team: Locator) -> str:
    """Put the first person offered into a team; return the user name."""
    offered = team.locator("option").nth(1)
    await expect(offered).to_be_attached(timeout=SLOW_MACHINE_MS)
    username = str(await offered.get_attribute("value"))
    await team.select_option(username)
    return username


async def test_a_roster_with_a_hole_is_refused_then_mended_and_shown_by_week(desk: Page, stack: "Stack") -> None:
    code = f"roster-{uuid4().hex[:8]}"
    await desk.goto(f"{stack.access['console_url']}duty")
    await desk.get_by_role("button", name="新建值班表").click()
    form = desk.get_by_role("dialog")
    await form.get_by_label("名称").first.fill(f"应急值班 {code}")
    await form.get_by_label("编码").fill(code)
    day_team, night_team = (form.get_by_label("第 1 组 添加人员").nth(at) for at in (0, 1))
    on_duty = await add_first_person(day_team)
    await add_first_person(night_team)

    await form.get_by_label("开始").nth(1).fill("22:00")
    await form.get_by_label("开始").nth(1).press("Tab")
    await form.get_by_role("button", name="检查空缺").click()
    await expect(form.get_by_text("20:00 至", exact=False).first).to_be_visible(timeout=SLOW_MACHINE_MS)

    await form.get_by_label("开始").nth(1).fill("20:00")
    await form.get_by_label("开始").nth(1).press("Tab")
    await form.get_by_role("button", name="保存").click()
    await expect(form).to_be_hidden(timeout=SLOW_MACHINE_MS)
    await expect(desk.locator(".block").first).to_be_visible(timeout=SLOW_MACHINE_MS)

    rosters = (await asked(desk, stack, "/duty-rosters"))["items"]
    made = next(one for one in rosters if one["roster"]["code"] == code)
    try:
        assert made["holes"] == []
        assert made["roster"]["shifts"][0]["teams"] == [[on_duty]]
    finally:
        address = f"{stack.access['console_url']}api/v1/duty-rosters/{made['roster_id']}"
        assert (await desk.request.delete(address, headers=WRITES)).ok


async def test_a_plan_for_a_key_enterprise_shows_its_quarters_before_they_come_and_is_paused(
    desk: Page, stack: "Stack"
) -> None:
    name = f"季度检查 {uuid4().hex[:8]}"
    await desk.goto(f"{stack.access['console_url']}plans")
    await desk.get_by_role("button", name="新建计划").click()
    form = desk.get_by_role("dialog")
    await form.get_by_label("计划名称").fill(name)
    await expect(form.get_by_label("周期")).to_be_disabled()
    # Far enough ahead that no task of it is made while the stack runs.
    first_due = (await form.get_by_label("首次完成日期").input_value()).replace("-", "")
    await form.get_by_label("首次完成日期").fill(f"{int(first_due[:4]) + 1}-02-01")
    await form.get_by_role("button", name="保存").click()
    await expect(form).to_be_hidden(timeout=SLOW_MACHINE_MS)

    row = desk.get_by_role("row").filter(has_text=name)
    await expect(row).to_contain_text("每季度", timeout=SLOW_MACHINE_MS)
    plans = (await asked(desk, stack, f"/plans?q={name}"))["items"]
    assert [(one["cycle"], one["enterprise_class"], one["active"]) for one in plans] == [("quarter", "A", True)]

    await desk.get_by_role("tab", name="即将生成").click()
    await desk.get_by_label("预览范围").select_option("24")
    coming = desk.get_by_role("row").filter(has_text=name)
    await expect(coming.first).to_contain_text(re.compile(r"\d{4}-01-25 06:00"), timeout=SLOW_MACHINE_MS)

    await desk.get_by_role("tab", name="计划").click()
    await row.get_by_role("button", name="停用").click()
    await expect(row).to_contain_text("已停用", timeout=SLOW_MACHINE_MS)
    assert not (await asked(desk, stack, f"/plans?q={name}"))["items"][0]["active"]
