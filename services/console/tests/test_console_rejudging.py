"""A station judged again from its page, in a real Chromium: asked for, followed, and what came out otherwise."""

import pytest
from console_mock_rejudging import ORDER, STATION
from console_visits import Visit, signed_in, violations
from playwright.sync_api import BrowserContext, expect

from conftest import RunningGateway

pytestmark = pytest.mark.browser

ADDRESS = f"/results?tab=station&point={STATION}"


@pytest.fixture
def officer(context: BrowserContext, front_door: RunningGateway) -> Visit:
    return signed_in(context, front_door.url, "officer")


def test_a_period_is_judged_again_and_followed_until_it_is_done(officer: Visit) -> None:
    officer.open(ADDRESS)
    page = officer.page
    page.get_by_role("button", name="重新判定").click()
    dialog = page.get_by_role("dialog")
    send = dialog.get_by_role("button", name="重新判定")
    dialog.get_by_label("起始日").fill("2026-10-10")
    dialog.get_by_label("截止日").fill("2026-10-09")
    send.click()
    expect(dialog.get_by_text("此项必填")).to_be_visible()
    dialog.get_by_label("截止日").fill("2026-10-12")
    dialog.get_by_label("理由").fill("冲突")
    send.click()
    expect(dialog.get_by_text("该站点有尚未完成的重新判定")).to_be_visible()
    dialog.get_by_label("理由").fill("功能区调整")
    send.click()
    row = page.get_by_role("row").filter(has_text="功能区调整")
    expect(row).to_contain_text("2026-10-10 – 2026-10-12")
    expect(row).to_contain_text("已完成")
    expect(page.get_by_role("button", name="重新判定")).to_be_enabled()


def test_the_differences_of_an_order_stand_in_the_address_and_pass_the_checks_of_access(officer: Visit) -> None:
    officer.open(f"{ADDRESS}&rejudged={ORDER}")
    page = officer.page
    expect(page.get_by_text("2026-10-01 至 2026-10-02 重新判定的差异")).to_be_visible()
    expect(page.get_by_text("121 轻度污染 → 98 良")).to_be_visible()
    expect(page.get_by_text("撤销 1 项")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("时段").last.select_option("day")
    expect(page.get_by_text("121 轻度污染 → 98 良")).to_be_visible()
    page.get_by_role("button", name="收起").click()
    expect(page.get_by_text("重新判定的差异")).to_have_count(0)


def test_who_may_not_judge_again_is_not_offered_it(context: BrowserContext, front_door: RunningGateway) -> None:
    inspector = signed_in(context, front_door.url, "inspector")
    inspector.open(ADDRESS)
    expect(inspector.page.get_by_role("heading", name="重新判定", exact=True)).to_be_visible()
    expect(inspector.page.get_by_role("button", name="重新判定")).to_have_count(0)
