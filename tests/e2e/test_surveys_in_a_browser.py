"""An officer plans a campaign, uploads the laboratory's workbook with a bad row, mends it, and sees verdict and alarm.

On the real platform, in a real browser: what a well shows over its class becomes a finding and an alarm as a frame's value does.
Without Chromium the test is skipped.
"""

import io
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import openpyxl
import pytest
from playwright.async_api import Browser, Error, Page, async_playwright, expect

if TYPE_CHECKING:
    from conftest import Outlet, Stack

pytestmark = [pytest.mark.integration, pytest.mark.browser]

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
SLOW_MACHINE_MS = 60_000  # what any step may take where tests share two cores; none takes it on a free machine
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
        context = await browser.new_context(viewport={"width": 1440, "height": 900})
        context.set_default_timeout(SLOW_MACHINE_MS)
        page = await context.new_page()
        await page.goto(f"{stack.access['console_url']}login")
        await page.fill("#username", "officer")
        await page.fill("#password", stack.access["password"])
        await page.click("button[type=submit]")
        await page.wait_for_url(lambda address: "/login" not in address)
        yield page
        await browser.close()


async def registered_well(stack: "Stack", code: str, until: Callable[..., Awaitable[Any]]) -> dict[str, Any]:
    """Register a station, from which the judging service learns of the park, and a well to be kept in class III."""
    station = {
        "code": f"SW{code}", "name_zh": f"断面{code}", "name_en": f"Section {code}", "medium": "surface-water",
        "longitude": 119.501, "latitude": 34.501, "factors": [{"factor": "w01018"}],
    }  # fmt: skip
    async with stack.signed_in("admin") as admin:
        answer = await admin.post("/points", json=station)
        assert answer.status_code == 201, answer.text
    form = {
        "code": code, "kind": "groundwater", "name_zh": f"监控井{code}", "name_en": f"Well {code}", "category": "Ⅲ",
        "longitude": 119.502, "latitude": 34.502,
    }  # fmt: skip
    async with stack.signed_in("officer") as officer:

        async def made() -> Any:
            answer: httpx.Response = await officer.post("/surveys/sites", json=form)
            return answer.json() if answer.status_code == 201 else None

        well: dict[str, Any] = await until(made, bool)
    return well


async def workbook(page: Page, stack: "Stack", well: str, day: str) -> bytes:
    """Fill in the platform's own template: a value over its class, one that keeps it, and an item nobody knows."""
    answer = await page.request.get(f"{stack.access['console_url']}api/v1/surveys/imports/template.xlsx?sheet=results")
    assert answer.ok, await answer.text()
    book = openpyxl.load_workbook(io.BytesIO(await answer.body()))
    sheet = book.worksheets[0]
    titles = [str(cell.value).rstrip("*").strip() for cell in sheet[1]]
    sheet.delete_rows(2, sheet.max_row)
    for item, value in (("氨氮", "0.62"), ("pH", "7.1"), ("幽灵素", "1.5")):
        texts = {"点位编码": well, "监测项目": item, "采样时间": f"{day} 10:00", "结果": value, "检出限": "0.025"}
        if item == "pH":
            texts.pop("检出限")
        else:
            texts["单位"] = "mg/L"
        sheet.append([texts.get(title, "") for title in titles])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


async def test_a_workbook_with_a_bad_row_becomes_verdicts_and_an_alarm(
    desk: Page, stack: "Stack", outlet: "Outlet", until: Callable[..., Awaitable[Any]]
) -> None:
    del outlet  # it brings the park into being
    code = f"GW-{uuid4().hex[:6].upper()}"
    well = await registered_well(stack, code, until)
    day = f"{datetime.now(UTC) - timedelta(days=2):%Y-%m-%d}"
    console = stack.access["console_url"]

    await desk.goto(f"{console}surveys")
    await desk.get_by_role("button", name="新建监测活动").click()
    form = desk.get_by_role("dialog")
    await form.get_by_label("类别").select_option("groundwater")
    await form.get_by_label(re.compile("^名称")).fill(f"地下水监测 {code}")
    await form.get_by_label("计划日期").fill(day)
    await form.get_by_label("检测机构").fill("某检测公司")
    await form.get_by_role("button", name="保存").click()
    await desk.get_by_role("link", name="导入 Excel").click()

    content = await workbook(desk, stack, code, day)
    await desk.set_input_files("input[type=file]", {"name": "结果.xlsx", "mimeType": XLSX, "buffer": content})
    await desk.get_by_role("button", name="校验").click()
    report = desk.get_by_role("region", name="导入结果")
    await expect(report).to_contain_text("校验完成，尚未导入", timeout=SLOW_MACHINE_MS)
    await expect(report).to_contain_text("未知的监测项目")
    await desk.get_by_role("button", name="正式导入").click()
    await expect(report).to_contain_text("已导入 2 行", timeout=SLOW_MACHINE_MS)

    await report.get_by_role("link", name="1 行有误的数据已搁置").click()
    row = desk.get_by_role("row").filter(has_text=code)
    await row.get_by_role("button", name="更正并重新运行").click()
    mending = desk.get_by_role("dialog")
    await mending.get_by_label("监测项目").fill("耗氧量")
    await mending.get_by_role("button", name="更正并重新运行").click()
    await expect(desk.get_by_role("status").filter(has_text="已更正并导入")).to_be_visible(timeout=SLOW_MACHINE_MS)

    await desk.goto(f"{console}surveys")
    await desk.get_by_role("link", name=f"地下水监测 {code}").click()
    verdicts = desk.get_by_label("点位评价")
    await expect(verdicts.get_by_role("row").filter(has_text=code)).to_contain_text("Ⅳ类", timeout=SLOW_MACHINE_MS)
    results = desk.get_by_label("结果", exact=True)
    await expect(results.get_by_role("row").filter(has_text="氨氮")).to_contain_text("GB/T 14848-2017")
    await expect(results.get_by_role("row").filter(has_text="耗氧量")).to_contain_text("达标")

    async with stack.signed_in("officer") as officer:

        async def raised() -> Any:
            answer = await officer.get("/alarms", params={"point_id": well["site_id"]})
            return answer.json()["items"]

        (alarm,) = await until(raised, bool, within_s=120)
    assert (alarm["rule"], alarm["factor"], "采样结果" in alarm["title_zh"]) == ("exceedance", "w21003", True)
    await results.get_by_role("button", name="氨氮").click()
    await desk.get_by_role("dialog").get_by_role("link", name="相关告警").click()
    await expect(desk.get_by_role("grid")).to_contain_text(well["name_zh"], timeout=SLOW_MACHINE_MS)
