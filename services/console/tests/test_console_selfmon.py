"""Manual monitoring in a real Chromium: a plan, an explanation, a sample entered and accepted, a comparison, a row mended."""

import re

import pytest
from console_visits import Visit, signed_in, violations
from playwright.sync_api import BrowserContext, expect

from conftest import RunningGateway

pytestmark = pytest.mark.browser


@pytest.fixture
def officer(context: BrowserContext, front_door: RunningGateway) -> Visit:
    return signed_in(context, front_door.url, "officer")


def test_what_is_overdue_is_explained_and_the_explanation_accepted(officer: Visit) -> None:
    officer.open("/self-monitoring")
    page = officer.page
    late = page.get_by_role("row").filter(has_text="逾期")
    late.get_by_role("button", name="说明原因").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.get_by_text("此项必填")).to_have_count(2)
    dialog.get_by_label("原因").fill("采样设备故障")
    dialog.get_by_label("材料编号或链接").fill("维修单 12")
    assert violations(page) == []
    dialog.get_by_role("button", name="保存").click()
    expect(late.get_by_text("采样设备故障")).to_be_visible()
    late.get_by_role("button", name="通过", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="通过", exact=True).click()
    expect(late.get_by_text("已审核")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)  # a dialog that fades out has no contrast
    page.get_by_label("显示方式").select_option("calendar")
    expect(page.get_by_role("group", name="日历")).to_contain_text("周一")
    assert violations(page) == []


def test_a_plan_needs_its_outlet_factors_and_basis(officer: Visit, front_door: RunningGateway) -> None:
    officer.open("/self-monitoring?tab=plans")
    page = officer.page
    page.get_by_role("button", name="新建方案").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.get_by_text("此项必填")).to_have_count(4)
    dialog.get_by_label("点位").last.select_option(index=1)
    dialog.get_by_label(re.compile("^名称")).fill("雨水每月监测")
    dialog.get_by_label(re.compile("^监测因子")).select_option(index=1)
    dialog.get_by_label(re.compile("^频次")).select_option("month")
    dialog.get_by_label(re.compile("^依据")).fill("HJ 819-2017 5.3")
    dialog.get_by_role("button", name="保存").click()
    expect(page.get_by_role("cell", name="HJ 819-2017 5.3")).to_be_visible()
    (first, *_) = front_door.gateway.self_monitoring.plans
    assert (first["name_zh"], first["frequency"]) == ("雨水每月监测", "month")


def test_a_sample_is_entered_with_its_fault_at_the_field_and_then_accepted(officer: Visit) -> None:
    officer.open("/self-monitoring?tab=results")
    page = officer.page
    page.get_by_role("button", name="录入结果").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("点位").last.select_option(index=1)
    dialog.get_by_label(re.compile("^采样时间")).fill("2026-11-20T10:00")
    dialog.get_by_label("第 1 行 监测因子").select_option(index=1)
    dialog.get_by_label("第 1 行 结果").fill("many")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.get_by_role("cell", name=re.compile("不是数字"))).to_be_visible()
    assert violations(page) == []
    dialog.get_by_label("第 1 行 结果").fill("42.5")
    dialog.get_by_role("button", name="保存").click()
    expect(page.get_by_role("cell", name="42.5 mg")).to_be_visible()
    row = page.get_by_role("row").filter(has_text="61")
    row.get_by_role("button").click()
    page.get_by_role("button", name="审核通过").click()
    page.get_by_role("dialog").last.get_by_role("button", name="审核通过").click()
    expect(page.get_by_role("definition").filter(has_text="已审核")).to_be_visible()


def test_a_comparison_opens_its_pairs_and_curve(officer: Visit) -> None:
    officer.open("/self-monitoring?tab=comparisons")
    page = officer.page
    page.get_by_role("button", name=re.compile(r"^\d{4}-\d\d-\d\d$")).click()
    expect(page.get_by_role("cell", name="44.2", exact=True)).to_be_visible()
    expect(page.locator("canvas")).to_be_visible()
    assert violations(page) == []


def test_a_row_set_aside_is_mended(officer: Visit) -> None:
    officer.open("/self-monitoring?tab=setAside")
    page = officer.page
    page.get_by_role("button", name="更正并重新运行").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("未检出时须给出检出限")).to_be_visible()
    dialog.get_by_label(re.compile("^结果")).fill("0.025L")
    dialog.get_by_role("button", name="更正并重新运行").click()
    expect(page.get_by_role("status").filter(has_text="已更正并导入")).to_be_visible()
