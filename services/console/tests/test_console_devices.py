"""The device pages in a real Chromium over the mock gateway: list, strangers, live frames, a command that two people make."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from conftest import RunningGateway

pytestmark = pytest.mark.browser
DEVICE = "88888880000003"
WITHIN_MS = 30_000


def signed_in(context: BrowserContext, url: str, username: str) -> Page:
    page = context.new_page()
    page.set_default_timeout(WITHIN_MS)
    page.goto(f"{url}/login")
    page.fill("#username", username)
    page.fill("#password", "park")
    page.click("button[type=submit]")
    page.wait_for_url(lambda address: "/login" not in address)
    return page


@pytest.fixture
def contexts(browser: Browser) -> Iterator[list[BrowserContext]]:
    made = [browser.new_context(viewport={"width": 1440, "height": 900}) for _ in range(2)]
    yield made
    for one in made:
        one.close()


def test_devices_are_filtered_sorted_and_saved_as_they_are_shown(
    contexts: list[BrowserContext], front_door: RunningGateway
) -> None:
    page = signed_in(contexts[0], front_door.url, "officer")
    page.goto(f"{front_door.url}/devices")
    grid = page.get_by_role("grid")
    expect(grid).to_contain_text(DEVICE, timeout=WITHIN_MS)
    page.get_by_role("button", name=re.compile("从未上线")).click()
    expect(page).to_have_url(re.compile("state=never-seen"))
    expect(grid.locator(".row").first).to_contain_text("从未上线")
    page.get_by_role("button", name=re.compile("从未上线")).click()
    grid.get_by_role("button", name="报文数").click()
    grid.get_by_role("button", name="报文数").click()
    expect(grid.get_by_role("columnheader", name="报文数")).to_have_attribute("aria-sort", "descending")
    with page.expect_download() as saving:
        page.get_by_role("button", name="导出 CSV").click()
    lines = saving.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("设备编号 MN,点位,")
    assert len(lines) == 1 + len(front_door.gateway.park.points)
    frames = [int(line.split(",")[7]) for line in lines[1:]]
    assert frames == sorted(frames, reverse=True)
    page.get_by_label("搜索 MN / 点位 / 企业 / 来源地址").fill(DEVICE)
    grid.get_by_role("link", name=DEVICE).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(DEVICE)


def test_a_stranger_is_set_aside_with_a_reason_put_back_and_registered_to_a_point(
    contexts: list[BrowserContext], front_door: RunningGateway
) -> None:
    page = signed_in(contexts[0], front_door.url, "admin")
    page.goto(f"{front_door.url}/devices?tab=unknown")
    page.get_by_role("button", name="搁置", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="搁置").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label("搁置原因").fill("调试设备")
    dialog.get_by_role("button", name="搁置").click()
    expect(page.get_by_text("没有未登记设备")).to_be_visible()
    page.get_by_label("只看已搁置").check()
    expect(page.get_by_role("cell", name=re.compile("调试设备"))).to_be_visible()
    page.get_by_role("button", name="恢复").click()
    page.get_by_label("只看已搁置").uncheck()
    page.get_by_role("button", name="登记", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("查找点位").fill("P002")
    dialog.locator("#register-point").select_option(index=0)
    dialog.get_by_role("button", name="登记").click()
    page.wait_for_url(re.compile("/devices/99990000000001"))


def test_frames_come_live_are_explained_and_held_while_paused(
    contexts: list[BrowserContext], front_door: RunningGateway
) -> None:
    page = signed_in(contexts[0], front_door.url, "officer")
    page.goto(f"{front_door.url}/devices/{DEVICE}")
    rows = page.get_by_role("listbox", name="实时报文").get_by_role("option")
    expect(rows.first).to_be_visible(timeout=WITHIN_MS)
    before = rows.count()
    expect(page.locator(f"#frame-{before}")).to_be_attached(timeout=WITHIN_MS)
    page.get_by_role("button", name="暂停").click()
    expect(page.get_by_text(re.compile("暂停期间收到 [1-9]"))).to_be_visible(timeout=WITHIN_MS)
    page.get_by_label("内容").select_option("deviating")
    rows.first.click()
    detail = page.get_by_role("region", name="报文")
    expect(detail).to_contain_text("CRC 为小写十六进制")
    expect(detail.locator("mark")).to_have_count(1)
    expect(detail).to_contain_text("PW=******")
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_role("button", name="暂停")).to_be_visible()


def test_a_dangerous_command_goes_only_after_a_second_person_has_approved_it(
    contexts: list[BrowserContext], front_door: RunningGateway
) -> None:
    first = signed_in(contexts[0], front_door.url, "admin")
    first.goto(f"{front_door.url}/devices/{DEVICE}?tab=commands")
    first.get_by_role("button", name=re.compile("3011")).click()
    first.get_by_role("button", name="提交审批").click()
    expect(first.get_by_text("此项必填")).to_be_visible()
    first.get_by_label(re.compile("监测因子")).fill("w01018")
    expect(first.get_by_text("CP=&&PolId=w01018&&")).to_be_visible()
    first.get_by_label("原因").fill("季度校准")
    first.get_by_role("button", name="提交审批").click()
    expect(first.get_by_text("须由另一人批准。")).to_be_visible()
    expect(first.get_by_role("button", name="批准")).to_have_count(0)

    second = signed_in(contexts[1], front_door.url, "officer")
    second.goto(f"{front_door.url}/devices?tab=commands&state=awaiting-approval")
    second.get_by_role("row", name=re.compile("季度校准")).click()
    dialog = second.get_by_role("dialog", name="命令详情")
    dialog.get_by_role("button", name="批准").click()
    second.get_by_role("dialog", name="批准").get_by_role("button", name="批准").click()
    expect(dialog.get_by_text("执行成功").first).to_be_visible(timeout=WITHIN_MS)
    expect(dialog.locator(".transcript li")).to_have_count(2)
    expect(first.get_by_text("执行成功").first).to_be_visible(timeout=WITHIN_MS)
