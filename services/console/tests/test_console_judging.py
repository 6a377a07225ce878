"""Pages of judging in a real Chromium over the mock gateway: replays, checks, marks, targets, quota cards, versions."""

import re
from collections.abc import Iterator

import pytest
from console_mock_reviews import park_day
from console_routes import CARD, OUTLET, STATION
from console_visits import Visit, signed_in
from playwright.sync_api import Browser, expect

from conftest import RunningGateway

pytestmark = pytest.mark.browser


@pytest.fixture
def officer(browser: Browser, front_door: RunningGateway) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(30_000)
    yield signed_in(context, front_door.url, "officer")
    context.close()


def test_a_replay_is_asked_for_worked_through_looked_at_and_adopted(officer: Visit, front_door: RunningGateway) -> None:
    page = officer.page
    officer.open(f"/reviews/{OUTLET}/{park_day(1)}")
    page.get_by_role("link", name="重算该日").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label(re.compile("起始日"))).to_have_value(park_day(1))
    dialog.get_by_role("button", name="发起重算").click()
    expect(dialog.get_by_role("alert").first).to_be_visible()
    dialog.get_by_label(re.compile("理由")).fill("限值更新后核对")
    dialog.get_by_role("button", name="发起重算").click()
    page.wait_for_url(re.compile(r"/replays/[0-9a-f-]{36}"))
    expect(page.get_by_text("待决定")).to_be_visible()
    differences = page.get_by_role("region", name="差异明细").or_(page.locator("[aria-label=差异明细]"))
    expect(differences.first).to_contain_text("50 → 40")
    expect(differences.first).to_contain_text("有效 · 达标 → 有效 · 超标")
    expect(page.get_by_text("其中 1 个已审批日将不再是最终数据。")).to_be_visible()
    page.get_by_role("button", name="采用", exact=True).click()
    asked = page.get_by_role("dialog")
    asked.get_by_role("button", name="采用").click()
    expect(asked.get_by_role("alert")).to_contain_text("必填")
    asked.get_by_label(re.compile("理由")).fill("差异正确")
    asked.get_by_role("button", name="采用").click()
    expect(page.get_by_text("已采用", exact=True)).to_be_visible()
    assert [one["steps"][-1]["reason"] for one in front_door.gateway.reviews.replays.values()][-1] == "差异正确"
    expect(page.get_by_role("button", name="采用", exact=True)).to_have_count(0)


def test_a_replay_without_differences_can_be_left_only(officer: Visit, front_door: RunningGateway) -> None:
    made = front_door.gateway.reviews.replays
    same = next(one for one in made.values() if not one["changed"])
    same["state"] = "done"
    officer.open(f"/replays/{same['replay_id']}")
    expect(officer.page.get_by_text("与现有数据完全一致")).to_be_visible()
    expect(officer.page.get_by_text("逐位一致")).to_be_visible()
    expect(officer.page.get_by_role("button", name="采用", exact=True)).to_have_count(0)
    expect(officer.page.get_by_role("button", name="不采用")).to_be_visible()


def test_a_check_is_recorded_by_its_reading_and_the_platform_judges_it(
    officer: Visit, front_door: RunningGateway
) -> None:
    page = officer.page
    officer.open(f"/reviews?tab=checks&point={OUTLET}")
    expect(page.get_by_role("button", name=re.compile("逾期"))).to_contain_text("1")
    page.get_by_role("row", name=re.compile("自动标样核查")).get_by_role("button", name="登记检查").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label(re.compile("检查项目"))).to_have_value("standard sample")
    dialog.get_by_label(re.compile("标准值")).fill("50")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.get_by_role("alert").first).to_be_visible()
    dialog.get_by_label(re.compile("测得值")).fill("57.5")
    expect(dialog.get_by_role("status")).to_contain_text("漂移 15.00 % 标准值")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog).to_be_hidden()
    recorded = page.locator("[aria-label=检查记录] tbody tr").first
    expect(recorded).to_contain_text("失控")
    expect(recorded).to_contain_text("测得值 57.5")
    made = front_door.gateway.checks.checks[0]
    assert (made["figures"]["reference"], made["figures"]["measured"], made["outcome"]) == (
        "50",
        "57.5",
        "out-of-control",
    )
    expect(page.locator("[aria-label=失控时段]")).to_contain_text("至今")


def test_the_calendar_shows_the_marks_of_an_outlet_and_how_much_of_a_cap_is_used(officer: Visit) -> None:
    officer.open(f"/reviews?tab=marks&point={OUTLET}")
    expect(officer.page.get_by_role("table", name=re.compile("标记日历")).locator("th")).to_have_count(7)
    expect(officer.page.get_by_text("已用 25.5 / 30 小时")).to_be_visible()
    expect(officer.page.get_by_text("接近上限")).to_be_visible()
    before = officer.page.get_by_role("heading", name=re.compile("标记日历")).inner_text()
    officer.page.get_by_role("button", name="上个月").click()
    expect(officer.page.get_by_role("heading", name=re.compile("标记日历"))).not_to_have_text(before)


def test_targets_are_set_with_a_reason_and_the_bars_follow(officer: Visit, front_door: RunningGateway) -> None:
    page = officer.page
    officer.open(f"/results?tab=station&point={STATION}")
    expect(page.get_by_text("该年没有目标")).to_be_visible()
    page.get_by_role("button", name="设定目标").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("指标")).to_have_value("index")
    dialog.get_by_label("综合指数 目标").fill("3.0")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.get_by_role("alert").first).to_be_visible()
    dialog.get_by_label(re.compile("理由")).fill("年度考核")
    front_door.gateway.results.targets[STATION, front_door.gateway.results.year] = [
        {
            "version": 1,
            "bounds": {"index": "4"},
            "author": "admin",
            "reason": "先行",
            "made_at": "2026-01-01T00:00:00+08:00",
        }
    ]
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.get_by_role("alert").last).to_contain_text("目标已被他人修改")
    dialog.get_by_role("button", name="取消").click()
    page.get_by_role("button", name="设定目标").click()
    dialog.get_by_label("综合指数 目标").fill("3.0")
    dialog.get_by_label(re.compile("理由")).fill("年度考核")
    dialog.get_by_role("button", name="保存").click()
    expect(page.locator(".bar.missed")).to_have_count(1)
    expect(page.get_by_text("目标第 2 版，历次版本")).to_be_visible()


def test_a_quota_card_is_charged_by_a_document_once(officer: Visit, front_door: RunningGateway) -> None:
    page = officer.page
    officer.open(f"/results?tab=cards&card={CARD}")
    card = front_door.gateway.checks.cards[CARD]
    expect(page.get_by_text(re.compile("与平台核算不符"))).to_be_visible()
    page.get_by_role("button", name="充值", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(re.compile("数量")).fill("200")
    dialog.get_by_label(re.compile("文号")).fill(card["charges"][0]["document_number"])
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.get_by_role("alert")).to_contain_text("该文号已登记")
    dialog.get_by_label(re.compile("文号")).fill("环总量〔2026〕88")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("[aria-label=充值记录] tbody tr").first).to_contain_text("环总量〔2026〕88")
    expect(page.locator("tr.picked")).to_contain_text("270 kg")
    page.locator("[aria-label=充值记录] tbody tr").first.get_by_role("button", name="撤销").click()
    asked = page.get_by_role("dialog")
    asked.get_by_label(re.compile("理由")).fill("重复")
    asked.get_by_role("button", name="撤销").click()
    expect(page.locator("tr.picked")).to_contain_text("70 kg")


def test_a_month_tells_its_versions_and_leads_to_its_lost_hours(officer: Visit) -> None:
    page = officer.page
    officer.open(f"/results?tab=outlet&point={OUTLET}")
    row = page.locator("[aria-label=排口月季年] tbody tr").first
    row.get_by_role("button", name=re.compile("版本")).click()
    expect(page.get_by_role("heading", name=re.compile("的版本与差异"))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("30.10"))).to_contain_text("31.25")
    row.get_by_role("link", name="缺失小时").click()
    page.wait_for_url(re.compile(rf"tab=transmission.*point={OUTLET}"))
    expect(page.locator("[aria-label=传输有效率] tbody tr").first).to_be_visible()


def test_many_days_are_reviewed_at_once(officer: Visit, front_door: RunningGateway) -> None:
    page = officer.page
    officer.open("/reviews?state=checked")
    page.get_by_role("button", name="全选已加载").click()
    page.get_by_role("button", name=re.compile(r"^复核")).click()
    page.get_by_role("dialog").get_by_role("button", name="复核").click()
    expect(page.get_by_text(re.compile(r"完成 \d+ 天"))).to_be_visible()
    assert not [one for one in front_door.gateway.reviews.days.values() if one["state"] == "checked"]
