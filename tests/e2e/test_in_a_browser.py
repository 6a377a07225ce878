"""The main job as people see it: officer at a desk, inspector with a phone, real Chromium on the real platform.

Screenshots of every step go to the test's own folder; a failure says where. Without Chromium the tests are skipped.
"""

import asyncio
import io
import re
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import openpyxl
import pytest
from PIL import Image, ImageDraw
from playwright.async_api import Browser, BrowserContext, Error, Page, Response, async_playwright, expect

if TYPE_CHECKING:
    from conftest import DataLogger, Outlet, Stack

pytestmark = [pytest.mark.integration, pytest.mark.browser]

# Flags that work without GPU; measured in the project's UI study. Never --use-gl=swiftshader: it makes WebGL null.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SLOW_MACHINE_MS = 60_000  # what any step may take where tests share two cores; none takes it on a free machine
expect.set_options(timeout=SLOW_MACHINE_MS)
OUTLET_PLACE = (119.501, 34.501)
SOON_MS = 60_000  # from a frame to what it causes on a screen; seconds when the machine is free

# Pixels of a canvas near a colour, within a box (x, y, width, height in CSS pixels) or everywhere.
INK = """([canvases, colour, box]) => [...document.querySelectorAll(canvases)].reduce((sum, canvas) => {
  const scale = canvas.width / canvas.getBoundingClientRect().width
  const [x, y, w, h] = box ? box.map((one) => Math.round(one * scale)) : [0, 0, canvas.width, canvas.height]
  const data = canvas.getContext('2d').getImageData(x, y, w, h).data
  let near = 0
  for (let i = 0; i < data.length; i += 4)
    if (data[i + 3] > 200 && colour.every((part, index) => Math.abs(data[i + index] - part) < 24)) near += 1
  return sum + near
}, 0)"""
YELLOW, CURVE, LIMIT, PLOT = [255, 210, 0], [11, 92, 171], [179, 0, 33], [236, 239, 243]


@pytest.fixture(scope="session")
def chromium_program() -> str:
    """Path of the machine's Chromium; comes before the stack, so that nothing is started in vain."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.skip("no Chromium on this machine (apt-get install chromium)")


@pytest.fixture
async def browser(chromium_program: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        try:
            started = await playwright.chromium.launch(executable_path=chromium_program, args=FLAGS)
        except Error as why:
            pytest.skip(f"Chromium does not start here: {why.message.splitlines()[0]}")
        yield started
        await started.close()


@dataclass
class Visit:
    """One person's page, what it did wrong, and its pictures."""

    page: Page
    home: str
    folder: Path
    who: str
    complaints: list[str] = field(default_factory=list)
    pictures: int = 0

    def listen(self) -> None:
        self.page.on("request", lambda request: self._on_address(request.url))
        self.page.on("websocket", lambda socket: self._on_address(socket.url))
        self.page.on("response", self._on_response)
        self.page.on("requestfailed", lambda request: self._on_failure(request.url, request.failure))
        self.page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        self.page.on("console", lambda said: self._on_words(said.type, said.text))

    def _on_address(self, url: str) -> None:
        address = urlsplit(url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.netloc != urlsplit(self.home).netloc:
            self.complaints.append(f"request to another origin: {url}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} {response.request.method} {response.url}")

    def _on_failure(self, url: str, why: str | None) -> None:
        if why != "net::ERR_ABORTED":  # a page that was left asks no more
            self.complaints.append(f"failed: {url} {why}")

    def _on_words(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"} and "willReadFrequently" not in text:  # that one is of our own reading of ink
            self.complaints.append(f"console {kind}: {text}")

    async def sign_in(self, username: str, password: str) -> None:
        """Sign in by the form."""
        await self.page.goto(f"{self.home}login")
        await self.page.fill("#username", username)
        await self.page.fill("#password", password)
        await self.picture("sign-in")
        await self.page.click("button[type=submit]")
        await self.page.wait_for_url(lambda address: "/login" not in address)

    async def picture(self, name: str) -> None:
        self.pictures += 1
        await self.page.screenshot(path=self.folder / f"{self.who}-{self.pictures:02}-{name}.png")

    async def ink(self, canvases: str, colour: list[int], box: list[float] | None = None) -> int:
        return int(await self.page.evaluate(INK, [canvases, colour, box]))

    async def is_painted(self, canvases: str, colour: list[int], *, over: int, box: list[float] | None = None) -> None:
        """Wait until more than so many pixels are near a colour: canvases are painted frames after what they show is there."""
        drawn = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(SLOW_MACHINE_MS / 1000):
                while (drawn := await self.ink(canvases, colour, box)) <= over:
                    await asyncio.sleep(0.2)
        assert drawn > over, f"{drawn} pixels near {colour} on {canvases}"

    async def button(self, name: str) -> None:
        await self.page.get_by_role("button", name=name, exact=True).first.click()


@dataclass
class People:
    """Opens pages for people and, when the test fails, keeps a last picture of each."""

    browser: Browser
    stack: "Stack"
    folder: Path
    visits: list[Visit] = field(default_factory=list)

    async def comes(self, username: str, **context: Any) -> Visit:
        made: BrowserContext = await self.browser.new_context(**context)
        made.set_default_timeout(SLOW_MACHINE_MS)
        visit = Visit(await made.new_page(), self.stack.access["console_url"], self.folder, username)
        self.visits.append(visit)
        visit.listen()
        await visit.sign_in(username, self.stack.access["password"])
        return visit

    async def at_a_desk(self, username: str) -> Visit:
        return await self.comes(username, viewport={"width": 1440, "height": 900}, timezone_id="America/New_York")

    async def with_a_phone(self, username: str) -> Visit:
        place = {"longitude": OUTLET_PLACE[0], "latitude": OUTLET_PLACE[1]}
        return await self.comes(
            username,
            viewport={"width": 390, "height": 844},
            device_scale_factor=2,
            is_mobile=True,
            has_touch=True,
            geolocation=place,
            permissions=["geolocation"],
        )

    def complaints(self) -> dict[str, list[str]]:
        return {visit.who: visit.complaints for visit in self.visits if visit.complaints}


@pytest.fixture
async def people(
    browser: Browser, stack: "Stack", tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[People]:
    made = People(browser, stack, tmp_path)
    failed = request.session.testsfailed
    yield made
    for visit in made.visits:
        await visit.picture("at-the-end")
        await visit.page.context.close()
    if request.session.testsfailed > failed:
        print(f"screenshots: {tmp_path}; complaints: {made.complaints()}")  # noqa: T201 - shown with the failure


def photo() -> bytes:
    """Return a JPEG as a phone takes it: larger than what is sent."""
    picture = Image.new("RGB", (2400, 1800), (96, 128, 152))
    drawing = ImageDraw.Draw(picture)
    drawing.rectangle((0, 1100, 2400, 1800), fill=(88, 104, 92))
    drawing.ellipse((700, 1200, 1700, 1600), fill=(52, 74, 84))
    content = io.BytesIO()
    picture.save(content, "JPEG")
    return content.getvalue()


async def draw_a_park_around_the_outlet(stack: "Stack") -> None:
    """Give the park a ground to be seen on the map: a boundary and the outlet's plot."""

    x, y = OUTLET_PLACE
    features = [
        {
            "type": "Feature",
            "properties": {"kind": kind, "name_zh": name_zh, "name_en": name_en},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[x - d, y - d], [x + d, y - d], [x + d, y + d], [x - d, y + d], [x - d, y - d]]],
            },
        }
        for kind, name_zh, name_en, d in (("boundary", "边界", "Boundary", 0.01), ("plot", "地块一", "Plot 1", 0.004))
    ]
    ground = {"type": "FeatureCollection", "features": features}
    park = {"code": "E2E", "name_zh": "端到端园区", "name_en": "End-to-end park", "centre": list(OUTLET_PLACE)}
    async with stack.signed_in("admin") as admin:
        answer = await admin.put("/park", json={**park, "map": ground})
        assert answer.status_code == 200, answer.text


async def send(data_logger: "DataLogger", *values: str, ago: timedelta = timedelta(), every_s: int = 1) -> None:
    """Send realtime reports, the newest of `ago`, the others before it."""
    last = datetime.now(UTC) - ago
    for index, value in enumerate(values):
        await data_logger.report(value, last - timedelta(seconds=every_s * (len(values) - 1 - index)))


async def see_the_alarm_arise_on_the_map(officer: Visit, outlet: "Outlet", data_logger: "DataLogger") -> None:
    page, name = officer.page, outlet.code.removeprefix("DW")
    await page.goto(f"{officer.home}map")
    item = page.locator(".side-panel .item").filter(has_text=f"{name}总排口")
    await expect(item).to_contain_text("端到端化工")
    await expect(page.locator(".live")).to_have_attribute("data-state", "live")
    await page.evaluate("window.notReloaded = true")
    history = [str(18 + minute % 7) for minute in range(20)]
    await send(data_logger, *history, "20.0", ago=timedelta(minutes=1), every_s=60)
    await expect(item.locator(".live-value")).to_have_text("20.0 mg/L", timeout=SOON_MS)
    await officer.picture("map-before")

    await send(data_logger, "90.0", "90.0", "90.0", "90.0")
    await expect(item).to_contain_text("黄色", timeout=SOON_MS)
    await expect(item.locator(".live-value")).to_have_class(re.compile("over"))
    await page.get_by_label("搜索企业 / 点位 / 编码").fill(outlet.code)
    await expect(page.locator(".side-panel .item")).to_have_count(1)
    await item.click()
    await expect(page.locator(".map-pulse").first).to_be_attached()
    box = await page.locator(".canvas").bounding_box()
    assert box is not None
    around = [box["width"] / 2 - 30, box["height"] / 2 - 30, 60.0, 60.0]
    await officer.is_painted(
        ".ol-viewport canvas", YELLOW, over=100, box=around
    )  # after the flight: the alarm's triangle
    await officer.is_painted(".ol-viewport canvas", PLOT, over=10_000)
    census = await page.evaluate("window.__console.map()")
    assert census["base"] == 2
    assert census["alarms"] >= 1
    assert 1 <= census["pulses"] <= 3
    motion = await page.locator(".map-pulse").first.evaluate("one => getComputedStyle(one).animationName")
    assert motion.startswith("pulse")
    await officer.picture("map-alarm")


async def see_the_live_value_change(officer: Visit, data_logger: "DataLogger") -> None:
    card = officer.page.locator("section.card")
    await expect(card.locator("tbody tr").first).to_contain_text("化学需氧量 mg/L")
    for value in ("91.5", "92.5"):
        await asyncio.sleep(1.1)  # a second of its own: with the same DataTime it would be a revision
        sent = time.monotonic()
        await send(data_logger, value)
        await expect(card.locator("td.live-value").first).to_have_text(value, timeout=SOON_MS)
        await expect(officer.page.locator(".side-panel .live-value")).to_have_text(f"{value} mg/L", timeout=SOON_MS)
        print(f"frame written -> value on the screen: {time.monotonic() - sent:.2f} s")  # noqa: T201 - a figure
    assert await officer.page.evaluate("window.notReloaded"), "the page was loaded anew"


async def read_the_alarm_and_acknowledge(officer: Visit, stack: "Stack", outlet: "Outlet") -> str:
    page = officer.page
    await officer.button("告警详情")
    await page.wait_for_url(re.compile(r"/alarms/[0-9a-f-]{36}$"))
    async with stack.signed_in() as client:  # an anomaly rule may have spoken of the outlet too
        found = (await client.get("/alarms", params={"point_id": outlet.point_id})).json()["items"]
    (over,) = [one["alarm_id"] for one in found if one["rule"] == "exceedance"]
    if not page.url.endswith(over):
        await page.goto(f"{officer.home}alarms/{over}")
    await expect(page.locator("h1")).to_contain_text("化学需氧量")
    await page.wait_for_selector(".limit-chart canvas")
    await officer.is_painted(".limit-chart canvas", CURVE, over=100)
    await officer.is_painted(".limit-chart canvas", LIMIT, over=100)
    assert (await page.evaluate("window.__console.chart()"))["values"] >= 4
    basis = page.locator("dl.kv").first
    await expect(basis).to_contain_text("GB 18918-2002")
    await expect(basis).to_contain_text(re.compile(r"表\s*1"))
    await expect(page.locator(".facts")).to_contain_text("50")
    await officer.picture("alarm")

    await officer.button("确认")
    dialog = page.get_by_role("dialog")
    await dialog.locator("textarea").fill("已电话通知企业,请说明原因")
    await officer.picture("acknowledge")
    await dialog.get_by_role("button", name="确认", exact=True).click()
    await expect(dialog).to_be_hidden()
    await expect(page.locator(".facts")).to_contain_text("已确认")
    await expect(page.locator(".timeline")).to_contain_text("已电话通知企业,请说明原因")
    return page.url


async def hand_the_task_to_the_inspector(officer: Visit) -> str:
    page = officer.page
    await page.locator("a.task").click(timeout=SOON_MS)
    await page.wait_for_url(re.compile(r"/tasks/[0-9a-f-]{36}$"))
    await expect(page.locator(".actions .buttons button").first).to_be_visible()
    await officer.picture("task")
    offered = await page.locator(".actions .buttons button").all_inner_texts()
    action = "派发" if "派发" in offered else "转办"
    await officer.button(action)
    form = page.locator(".actions form")
    await form.locator("select").select_option("inspector")
    if action == "转办":
        await form.locator("textarea").fill("改派网格员现场核查")
    await officer.picture("task-dispatch")
    await form.locator("button[type=submit]").click()
    await expect(form).to_be_hidden()
    await expect(page.locator(".timeline")).to_contain_text(re.compile("派发|转办"))
    return page.url.rsplit("/", 1)[-1]


async def work_on_the_phone(inspector: Visit, outlet: "Outlet", task_id: str) -> None:
    page = inspector.page
    await page.wait_for_url(re.compile("/m$"))
    entry = page.locator(f'a[href="/m/tasks/{task_id}"]')
    await expect(entry).to_contain_text("端到端化工")
    await inspector.picture("tasks")
    await entry.click()
    now = page.locator(".bar .now")
    for button, state in (("签收", "已签收"), ("到场", "处置中")):
        await inspector.button(button)
        if button == "到场":
            await inspector.button("获取位置")
            await expect(page.locator(".place")).to_contain_text("119.50100, 34.50100")
            await inspector.picture("arrive")
            await page.locator(".actions form button[type=submit]").click()
        await expect(now).to_contain_text(state)
    await page.set_input_files("input[type=file]", {"name": "site.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    await expect(page.locator(".photos img")).to_have_count(1)
    assert await page.locator(".photos img").first.evaluate("one => one.decode().then(() => one.naturalWidth)") > 100
    await inspector.button("提交反馈")
    await fill_the_report(inspector)
    await inspector.picture("report")
    await page.locator(".actions form button[type=submit]").click()
    await expect(now).to_contain_text("已反馈")
    await expect(page.locator(".letters li")).to_have_count(0)
    wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")
    assert not wide, "the phone page scrolls sideways"
    await inspector.picture("reported")


async def fill_the_report(inspector: Visit) -> None:
    """Fill in every field the form has, whatever the kind of task asks for."""
    form = inspector.page.locator(".actions form")
    await form.get_by_label("现场情况").fill("曝气池风机跳停,出水化学需氧量升高")
    await form.get_by_label("采取措施").fill("停止排放,恢复曝气,加密采样")
    await form.get_by_text("情况属实").click()
    await form.get_by_label("复测值").fill("41.0")
    for choice in await form.locator("select").all():
        await choice.select_option(index=1)


async def verify_and_close(officer: Visit) -> None:
    page = officer.page
    await expect(page.locator(".bar .now")).to_contain_text("已反馈")  # without a reload
    await expect(page.locator("article.report")).to_contain_text("曝气池风机跳停")
    picture = page.locator(".photos img").first
    await expect(picture).to_be_visible()
    assert await picture.evaluate("one => one.decode().then(() => one.naturalWidth)") > 100
    await officer.picture("task-reported")
    await officer.button("复核通过")
    form = page.locator(".actions form")
    await form.locator("textarea").fill("复测达标")
    await form.locator("button[type=submit]").click()
    await expect(page.locator(".bar .now")).to_contain_text(re.compile("已复核|已办结"))
    if "已复核" in await page.locator(".bar .now").inner_text():
        await officer.button("办结")
        await form.locator("textarea").fill("办结")
        await form.locator("button[type=submit]").click()
    await expect(page.locator(".bar .now")).to_contain_text("已办结")
    await officer.picture("task-closed")


async def see_the_alarm_closed_in_both_languages(officer: Visit, alarm_page: str) -> None:
    page = officer.page
    await page.goto(alarm_page)
    await expect(page.locator(".facts")).to_contain_text("已关闭", timeout=SOON_MS)
    timeline = page.locator(".timeline")
    for words in ("告警产生", "确认", "关闭"):
        await expect(timeline).to_contain_text(words)
    await officer.picture("alarm-closed")
    await page.get_by_role("button", name="切换语言").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page.locator(".facts")).to_contain_text("Closed")
    await expect(page.locator("nav.side")).to_contain_text("Alarms")
    for part in ("nav.side", "h1", ".facts", ".panel-head", "dl.kv dt", ".timeline li > span"):
        said = " ".join(await page.locator(part).all_inner_texts())
        assert not re.search(r"[一-鿿]", said), f"Chinese words on an English page: {part}: {said}"
    await officer.picture("alarm-english")
    await page.get_by_role("button", name=re.compile("language", re.IGNORECASE)).click()


async def test_people_see_the_alarm_arise_work_its_task_and_see_it_closed(
    people: People, stack: "Stack", outlet: "Outlet", data_logger: "DataLogger"
) -> None:
    await draw_a_park_around_the_outlet(stack)
    officer = await people.at_a_desk("officer")
    await expect(officer.page.locator(".skeleton")).to_have_count(0)
    await officer.picture("workbench")
    await see_the_alarm_arise_on_the_map(officer, outlet, data_logger)
    await see_the_live_value_change(officer, data_logger)
    alarm_page = await read_the_alarm_and_acknowledge(officer, stack, outlet)
    task_id = await hand_the_task_to_the_inspector(officer)

    inspector = await people.with_a_phone("inspector")
    await work_on_the_phone(inspector, outlet, task_id)
    await verify_and_close(officer)
    await see_the_alarm_closed_in_both_languages(officer, alarm_page)
    assert people.complaints() == {}


async def test_a_bad_sheet_is_told_row_by_row_on_the_import_page(people: People, stack: "Stack") -> None:
    async with stack.signed_in("admin") as admin:
        template = await admin.get("/imports/template.xlsx", params={"kind": "enterprises"})
    book = openpyxl.load_workbook(io.BytesIO(template.content))
    sheet = book.active
    assert sheet is not None
    for row in range(sheet.max_row + 1, sheet.max_row + 13):
        for column in range(1, sheet.max_column + 1):
            sheet.cell(row, column, "错" if column % 2 else "-1e999")
    content = io.BytesIO()
    book.save(content)

    officer = await people.at_a_desk("officer")
    page = officer.page
    await page.goto(f"{officer.home}import")
    await page.set_input_files(
        "input[type=file]",
        {"name": "坏表.xlsx", "mimeType": "application/octet-stream", "buffer": content.getvalue()},
    )
    await page.get_by_role("button", name="校验").click()
    report = page.locator("section[aria-live]")
    await expect(report).to_contain_text("尚未入库")
    bad = report.locator("tbody tr")
    await expect(bad.first).to_contain_text("有误")
    assert await bad.count() >= 12
    for line in (await bad.all())[:12]:
        assert (await line.locator("td").last.inner_text()).strip(), "an error without words"
    await officer.picture("import-report")
    assert people.complaints() == {}
