"""Keys of devices in a real Chromium over the mock gateway: the list, a hand-over by two people, one entered, one ended."""

import re
from collections.abc import Iterator

import pytest
from console_visits import signed_in
from playwright.sync_api import Browser, BrowserContext, expect

from conftest import RunningGateway

pytestmark = pytest.mark.browser
DEVICE = "88888880000003"
ANOTHER = "88888880000010"


@pytest.fixture
def contexts(browser: Browser) -> Iterator[list[BrowserContext]]:
    made = [browser.new_context(viewport={"width": 1440, "height": 900}) for _ in range(2)]
    yield made
    for one in made:
        one.close()


def test_the_list_counts_and_filters_and_opens_the_keys_of_a_device(
    contexts: list[BrowserContext], front_door: RunningGateway
) -> None:
    page = signed_in(contexts[0], front_door.url, "officer").page
    page.goto(f"{front_door.url}/devices?tab=keys")
    grid = page.get_by_role("grid", name="设备密钥")
    expect(grid.get_by_role("row", name=re.compile("使用中"))).to_have_count(2)
    page.get_by_role("button", name=re.compile("^应更换 1$")).click()
    expect(page).to_have_url(re.compile("keys=due"))
    expect(grid.get_by_role("row", name=re.compile("已过期"))).to_have_count(1)
    page.get_by_role("button", name=re.compile("^应更换")).click()
    expect(page).not_to_have_url(re.compile("keys="))
    page.get_by_label("搜索 MN").fill(DEVICE)
    expect(page).to_have_url(re.compile(f"q={DEVICE}"))
    expect(grid.get_by_role("link")).to_have_count(1)
    grid.get_by_role("link", name=DEVICE).click()
    table = page.locator("#device-panel table")
    expect(table.get_by_role("row")).to_have_count(3)  # the head, the key in use, the one before it
    expect(table).to_contain_text("新密钥启用后停用")
    expect(page.get_by_role("button", name="下发新密钥")).to_have_count(0)  # an officer operates no devices
    page.go_back()
    expect(page.get_by_label("搜索 MN")).to_have_value(DEVICE)


def test_a_new_key_is_handed_over_by_two_people_and_ends_the_old_one(
    contexts: list[BrowserContext], front_door: RunningGateway
) -> None:
    first = signed_in(contexts[0], front_door.url, "admin").page
    first.goto(f"{front_door.url}/devices/{DEVICE}?tab=keys")
    first.get_by_role("button", name="下发新密钥").click()
    dialog = first.get_by_role("dialog", name="下发新密钥（1014）")
    dialog.get_by_role("button", name="提交审批").click()
    expect(dialog.get_by_role("alert")).to_have_text("此项必填")
    dialog.get_by_label("原因").fill("满九十天更换")
    dialog.get_by_role("button", name="提交审批").click()
    waiting = first.get_by_role("status").filter(has_text="待审批")
    expect(waiting).to_be_visible()
    expect(first.get_by_role("button", name="下发新密钥")).to_be_disabled()

    second = signed_in(contexts[1], front_door.url, "officer").page
    second.goto(f"{front_door.url}/devices?tab=commands&state=awaiting-approval")
    second.get_by_role("row", name=re.compile("满九十天更换")).click()
    opened = second.get_by_role("dialog", name="命令详情")
    opened.get_by_role("button", name="批准").click()
    second.get_by_role("dialog", name="批准").get_by_role("button", name="批准").click()
    expect(opened.get_by_text("执行成功").first).to_be_visible()
    newest = first.locator("#device-panel tbody tr").first
    expect(newest).to_contain_text("满九十天更换")
    expect(newest).to_contain_text("使用中")
    expect(first.locator("#device-panel tbody tr")).to_have_count(3)
    expect(first.locator("#device-panel tbody tr").nth(1)).to_contain_text("已停用")
    expect(waiting).to_have_count(0)


def test_a_key_is_entered_without_ever_being_shown_and_ended_with_a_reason(
    contexts: list[BrowserContext], front_door: RunningGateway
) -> None:
    visit = signed_in(contexts[0], front_door.url, "admin")
    page = visit.page
    page.goto(f"{front_door.url}/devices/{ANOTHER}?tab=keys")
    expect(page.get_by_text("该设备还没有密钥，其报文以明文传输")).to_be_visible()
    page.get_by_role("button", name="登记密钥").click()
    dialog = page.get_by_role("dialog", name="登记随设备交付的密钥")
    dialog.get_by_label("密钥").fill("too short")
    dialog.get_by_label("原因").fill("设备验收")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.get_by_text("应为 16 位字母或数字，或 32 位十六进制数")).to_be_visible()
    dialog.get_by_label("密钥").fill("FirstKey01234567")
    dialog.get_by_role("button", name="保存").click()
    row = page.locator("#device-panel tbody tr")
    expect(row).to_contain_text("已确认，未启用")
    expect(row).to_contain_text("人工登记")
    expect(page.locator("body")).not_to_contain_text("FirstKey01234567")
    page.get_by_role("button", name="登记密钥").click()
    expect(dialog.get_by_label("密钥")).to_have_value("")
    dialog.get_by_role("button", name="取消").click()
    row.get_by_role("button", name="停用").click()
    asking = page.get_by_role("dialog", name="停用密钥")
    asking.get_by_label("停用原因").fill("密钥外泄")
    asking.get_by_role("button", name="停用").click()
    expect(row).to_contain_text("已停用")
    expect(row).to_contain_text("密钥外泄")
    expect(row.get_by_role("button", name="停用")).to_have_count(0)
    assert visit.complaints == []
