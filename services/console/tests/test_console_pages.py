"""The pages in a real Chromium over the mock gateway: small, alive, honest. Every route: test_console_routes.py."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from console_mock_park import identifier
from console_mock_surveys import PLOT
from console_routes import ALARM, POINT, TASK
from console_visits import Visit, sign_in, until, violations, watch
from playwright.sync_api import Browser, BrowserContext, expect

from conftest import RunningGateway

pytestmark = pytest.mark.browser

FIRST_LOAD_KB = {"desk": 400, "phone": 150}
PRECACHE_KB = 500


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1440, "height": 900}, timezone_id="America/New_York")
    yield made
    made.close()


@pytest.fixture
def officer(context: BrowserContext, front_door: RunningGateway) -> Visit:
    visit = watch(context.new_page(), front_door.url)
    sign_in(visit, "officer")
    return visit


@pytest.fixture
def inspector(browser: Browser, front_door: RunningGateway) -> Iterator[Visit]:
    phone = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    visit = watch(phone.new_page(), front_door.url)
    sign_in(visit, "inspector")
    yield visit
    phone.close()


def test_the_sign_in_page_is_accessible_and_a_wrong_password_is_said_in_words(
    context: BrowserContext, front_door: RunningGateway
) -> None:
    page = context.new_page()
    page.goto(front_door.url + "/login")
    expect(page.locator("#username")).to_be_visible()
    assert violations(page) == []
    page.fill("#username", "officer")
    page.fill("#password", "wrong")
    page.click("button[type=submit]")
    expect(page.get_by_role("alert")).to_contain_text("用户名或密码不正确")


def test_a_deep_link_survives_the_sign_in(context: BrowserContext, front_door: RunningGateway) -> None:
    page = context.new_page()
    page.goto(f"{front_door.url}/alarms/{ALARM}")
    page.wait_for_url(re.compile("/login\\?next="))
    page.fill("#username", "officer")
    page.fill("#password", "park")
    page.click("button[type=submit]")
    expect(page).to_have_url(f"{front_door.url}/alarms/{ALARM}")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "desk"), ("/map", "desk"), (f"/points/{POINT}", "desk"), ("/alarms", "desk"), ("/surveys", "desk"),
        (f"/surveys/plots/{PLOT}", "desk"), ("/m", "phone"),
    ],
)  # fmt: skip
def test_the_first_load_stays_small(browser: Browser, front_door: RunningGateway, path: str, kind: str) -> None:
    with_cookie = browser.new_context(service_workers="block")
    with_cookie.add_cookies([{"name": "mock-user", "value": "officer", "url": front_door.url}])
    visit = watch(with_cookie.new_page(), front_door.url)
    visit.open(path)
    visit.page.wait_for_timeout(500)
    with_cookie.close()
    assert 20 < visit.sent_bytes / 1024 <= FIRST_LOAD_KB[kind]


def test_what_the_phone_keeps_for_offline_is_small_and_all_there(built_pages: Path) -> None:
    listed = re.findall(r'"(/assets/[^"]+)"', (built_pages / "sw.js").read_text(encoding="utf-8"))
    assert any("PhoneTask-" in name for name in listed)
    assert not any("LimitChart" in name or "MapPage" in name for name in listed)
    files = [built_pages / name.lstrip("/") for name in listed]
    sizes = [
        (one.with_name(one.name + ".gz") if one.with_name(one.name + ".gz").exists() else one).stat().st_size
        for one in files
    ]
    assert sum(sizes) / 1024 <= PRECACHE_KB


def test_nothing_of_the_mock_is_shipped(built_pages: Path) -> None:
    assert not [file for file in built_pages.rglob("*.js") if "mock-user" in file.read_text(encoding="utf-8")]


def test_the_map_draws_the_park_points_and_at_most_three_pulses(officer: Visit) -> None:
    officer.open("/map")
    # The ground, the points and the alarms arrive by three ways, and the canvas is painted a frame later.
    until(
        officer.page,
        """() => {
          const {base, calm, alarms, pulses} = window.__console?.map?.() ?? {}
          return base >= 16 && calm + alarms === 70 && alarms >= 5 && pulses > 0
        }""",
    )
    assert officer.page.evaluate("window.__console.map().pulses") == 3
    until(
        officer.page,
        """() => [...document.querySelectorAll('.ol-viewport canvas')].reduce((sum, canvas) => {
          const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
          let painted = 0
          for (let i = 3; i < data.length; i += 4) if (data[i] > 0) painted += 1
          return sum + painted
        }, 0) > 20_000""",
    )


def test_the_chart_draws_its_values_and_the_table_says_the_same(officer: Visit) -> None:
    officer.open(f"/points/{POINT}")
    until(officer.page, "window.__console?.chart?.()?.values > 150")
    assert officer.page.evaluate("window.__console.chart().panels") == 2
    until(
        officer.page,
        """() => { const canvas = document.querySelector('.limit-chart canvas')
          const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
          let blue = 0
          for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 200 && data[i] < 40 && data[i + 2] > 150) blue += 1
          return blue > 300 }""",
    )
    officer.page.get_by_role("button", name="表格").click()
    expect(officer.page.locator(".table-scroll tbody tr").first).to_be_visible()


def test_times_are_park_time_on_a_pc_of_another_zone(officer: Visit) -> None:
    officer.open("/points")
    shown = officer.page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    assert shown == "America/New_York"
    now = datetime.now(UTC) + timedelta(hours=8)
    # The hour may turn between here and the screen; New York is twelve or thirteen hours away.
    hours = "|".join(f"{now + timedelta(hours=turn):%H}" for turn in (-1, 0, 1))
    expect(
        officer.page.get_by_role("gridcell").filter(has_text=re.compile(rf"^({hours}):\d\d:\d\d")).first
    ).to_be_visible()


def test_a_live_value_changes_on_the_screen_without_a_reload(officer: Visit) -> None:
    officer.open("/points?over=1")
    cell = officer.page.locator(".live-value").first
    before = cell.inner_text()
    expect(cell).not_to_have_text(before)


def test_only_the_visible_rows_are_in_the_document(officer: Visit) -> None:
    officer.open("/points")
    expect(officer.page.get_by_role("grid")).to_have_attribute("aria-rowcount", "257")
    assert officer.page.locator(".live-grid .row").count() < 60


def test_an_alarm_is_acknowledged_with_a_note_by_keyboard(officer: Visit, front_door: RunningGateway) -> None:
    officer.open("/alarms?level=red")
    officer.page.locator(".live-grid .row").first.focus()
    officer.page.keyboard.press("a")
    dialog = officer.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.locator("textarea").fill("已电话核实")
    dialog.get_by_role("button", name="确认", exact=True).click()
    expect(dialog).to_be_hidden()
    expect(officer.page.locator(".live-grid .row").first).to_contain_text("已确认")
    acknowledged = [
        one
        for one in front_door.gateway.park.alarms.values()
        if one["level"] == "red" and one["state"] == "acknowledged"
    ]
    assert len(acknowledged) == 1
    assert front_door.gateway.park.timelines[acknowledged[0]["alarm_id"]][-1]["detail_zh"] == "已电话核实"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_all_actions_of_an_alarm_fit_beside_its_title(
    officer: Visit, front_door: RunningGateway, language: str
) -> None:
    for alarm in front_door.gateway.park.alarms.values():
        alarm["task_id"] = None
    officer.page.evaluate("language => localStorage.setItem('park-console-locale', language)", language)
    officer.open("/alarms?state=active")
    overflow = officer.page.locator(".live-grid").evaluate("grid => grid.scrollWidth - grid.clientWidth")
    assert overflow <= 0
    cut = officer.page.locator(".live-grid .acts").evaluate_all(
        "cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth).length"
    )
    assert cut == 0
    expect(officer.page.locator(".live-grid .row .acts").first.locator("button")).to_have_count(3)


def test_recovered_alarms_are_counted_apart_and_listed_when_asked_for(officer: Visit) -> None:
    officer.open("/")
    level_row = officer.page.locator(".level-cell b")
    expect(officer.page.locator(".levels .resolved b")).to_have_text("4")
    expect(level_row).to_have_text([re.compile(r"^\d+$")] * 4)
    shown = [int(text) for text in level_row.all_inner_texts()]
    expect(officer.page.locator("header .counts .level b")).to_have_text([str(count) for count in shown])
    officer.page.locator(".levels .resolved").click()
    officer.page.wait_for_url("**/alarms?state=resolved")
    expect(officer.page.locator(".live-grid .row")).to_have_count(4)
    officer.open("/alarms")
    expect(officer.page.get_by_role("grid")).to_have_attribute("aria-rowcount", str(sum(shown) + 1))


def test_the_map_card_knows_the_limit_of_a_point_first_heard_over_the_stream(
    officer: Visit, front_door: RunningGateway
) -> None:
    front_door.gateway.points.unheard.add(POINT)
    officer.open(f"/map?point={POINT}")
    expect(officer.page.locator(".card tbody tr").first).to_contain_text("≤")


def test_a_message_of_success_leaves_the_title_uncovered(officer: Visit) -> None:
    officer.open(f"/alarms/{identifier(3, 3)}")
    # It goes by itself after three seconds: the page itself watches where it stood.
    officer.page.evaluate(
        """() => { window.stood = []; setInterval(() => {
          const message = document.querySelector('.el-message')
          if (message) window.stood.push(message.getBoundingClientRect().y) }, 50) }"""
    )
    officer.page.get_by_role("button", name="确认", exact=True).click()
    officer.page.get_by_role("dialog").get_by_role("button", name="确认", exact=True).click()
    until(officer.page, "window.stood.length > 0")
    assert officer.page.evaluate("Math.min(...window.stood)") > 600


def test_the_filter_of_the_alarm_list_lives_in_the_address(officer: Visit) -> None:
    officer.open("/alarms")
    officer.page.locator(".counter").nth(1).click()
    officer.page.wait_for_url("**/alarms?level=orange")
    expect(officer.page.locator(".live-grid .row").first).to_contain_text("橙色")
    officer.page.reload()
    expect(officer.page.locator(".live-grid .row").first).to_contain_text("橙色")


def test_a_cut_stream_is_said_and_the_values_turn_grey(officer: Visit, front_door: RunningGateway) -> None:
    officer.open("/points")
    expect(officer.page.locator(".live")).to_have_attribute("data-state", "live")
    front_door.gateway.paused = True
    expect(officer.page.locator(".live")).to_have_attribute("data-state", "stale", timeout=60_000)
    expect(officer.page.get_by_role("alert")).to_contain_text("不是当前值")
    expect(officer.page.locator(".live-value").first).to_have_css("color", "rgb(107, 116, 128)")
    front_door.gateway.paused = False
    expect(officer.page.locator(".live")).to_have_attribute("data-state", "live", timeout=60_000)


def test_an_expired_access_token_is_renewed_without_a_word(officer: Visit) -> None:
    officer.open("/alarms")
    officer.page.context.clear_cookies(name="mock-user")
    officer.page.locator(".counter").nth(1).click()
    expect(officer.page.locator(".live-grid .row").first).to_contain_text("橙色")
    assert "/login" not in officer.page.url


def test_a_session_that_is_over_leads_to_the_sign_in_and_back(officer: Visit) -> None:
    officer.open("/alarms?level=red")
    officer.page.context.clear_cookies()
    officer.page.locator(".counter").nth(1).click()
    officer.page.wait_for_url(re.compile("/login\\?next="))
    expect(officer.page.get_by_role("status")).to_contain_text("登录已失效")
    officer.page.fill("#username", "officer")
    officer.page.fill("#password", "park")
    officer.page.click("button[type=submit]")
    officer.page.wait_for_url("**/alarms?level=orange")


def test_a_page_without_permission_says_so_and_is_not_in_the_menu(officer: Visit) -> None:
    officer.open("/admin/users")
    expect(officer.page.get_by_role("alert")).to_contain_text("没有权限")
    expect(officer.page.get_by_role("navigation").filter(has_text="用户管理")).to_have_count(0)


def test_an_error_of_the_platform_is_shown_in_the_language_of_the_reader(officer: Visit) -> None:
    officer.page.goto(f"{officer.url}/alarms/{identifier(3, 999)}")
    expect(officer.page.get_by_role("alert")).to_contain_text("没有这条告警")
    officer.page.get_by_role("button", name="切换语言").click()
    expect(officer.page.get_by_role("alert")).to_contain_text("There is no such alarm")
    assert officer.page.locator("html").get_attribute("lang") == "en"


def test_english_pages_have_no_chinese_interface_words(officer: Visit) -> None:
    officer.page.evaluate("localStorage.setItem('park-console-locale', 'en')")
    officer.open("/alarms")
    words = officer.page.locator("nav.side, .page-head, .live-grid .head, .counters").all_inner_texts()
    assert "Alarms" in " ".join(words)
    assert not re.search(r"[\u4e00-\u9fff]", " ".join(words))


def test_a_task_goes_from_on_site_to_reported_on_the_phone(inspector: Visit, front_door: RunningGateway) -> None:
    inspector.open(f"/m/tasks/{TASK}")
    inspector.page.get_by_role("button", name="提交反馈").first.click()
    inspector.page.locator("textarea").first.fill("曝气机跳停，已恢复")
    inspector.page.locator("textarea").nth(1).fill("加密采样")
    inspector.page.locator("form .submit").click()
    expect(inspector.page.locator(".now")).to_contain_text("已反馈")
    assert front_door.gateway.park.reports[TASK][-1]["findings_text"] == "曝气机跳停，已恢复"


def test_a_photo_and_a_report_written_offline_are_sent_when_the_network_is_back(
    inspector: Visit, front_door: RunningGateway
) -> None:
    page = inspector.page
    inspector.open("/m")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    inspector.open(f"/m/tasks/{TASK}")
    until(page, "caches.keys().then(names => names.some(name => name.startsWith('park-phone-')))")
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("h1")).to_contain_text("核查")
    picture = page.evaluate(
        """() => new Promise(done => { const canvas = document.createElement('canvas'); canvas.width = 2400; canvas.height = 1800
          canvas.getContext('2d').fillRect(10, 10, 900, 900)
          canvas.toBlob(async blob => done([...new Uint8Array(await blob.arrayBuffer())]), 'image/jpeg') })"""
    )
    page.set_input_files("input[type=file]", {"name": "site.jpg", "mimeType": "image/jpeg", "buffer": bytes(picture)})
    page.get_by_role("button", name="提交反馈").first.click()
    page.locator("textarea").first.fill("离线填写")
    page.locator("form .submit").click()
    expect(page.locator(".letters li")).to_have_count(2)
    assert front_door.gateway.park.evidence[TASK] == []
    page.context.set_offline(False)
    expect(page.locator(".letters li")).to_have_count(0, timeout=60_000)
    assert len(front_door.gateway.park.evidence[TASK]) == 1
    assert front_door.gateway.park.reports[TASK][-1]["findings_text"] == "离线填写"


def test_an_import_is_checked_and_every_error_of_a_row_is_told(officer: Visit) -> None:
    officer.open("/import")
    officer.page.set_input_files("input[type=file]", {"name": "e.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"})
    officer.page.get_by_role("button", name="校验").click()
    expect(officer.page.locator("section[aria-live] tbody tr")).to_have_count(3)
    expect(officer.page.locator("section[aria-live]")).to_contain_text("应为 18 位")
    expect(officer.page.locator("section[aria-live] tbody tr").first).to_contain_text("统一社会信用代码")
    expect(officer.page.locator("section[aria-live]")).to_contain_text("尚未入库")


def test_going_round_the_pages_leaves_one_socket_and_little_memory(officer: Visit) -> None:
    session = officer.page.context.new_cdp_session(officer.page)
    officer.open("/")

    def heap() -> float:
        session.send("HeapProfiler.collectGarbage")
        used: float = session.send("Runtime.getHeapUsage")["usedSize"]
        return used

    def round_trip() -> None:
        for label in ("一张图", "实时数据", "告警中心", "任务闭环", "工作台"):
            officer.page.locator("nav.side a", has_text=label).click()
            officer.page.wait_for_timeout(250)

    round_trip()
    before = heap()
    for _ in range(6):
        round_trip()
    grown = (heap() - before) / 1_048_576
    assert grown < 6, f"{grown:.1f} MiB more after 30 changes of page"
