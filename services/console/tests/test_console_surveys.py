"""Manual campaigns in a real Chromium: entry as a table, a file with a bad row, mending it, correction, withdrawal, a plot."""

import re

import pytest
from console_mock_surveys import PLOT, WATER
from console_visits import Visit, signed_in, until, violations
from playwright.sync_api import BrowserContext, expect

from conftest import RunningGateway

pytestmark = pytest.mark.browser


@pytest.fixture
def officer(context: BrowserContext, front_door: RunningGateway) -> Visit:
    return signed_in(context, front_door.url, "officer")


def test_a_campaign_is_planned_and_opens(officer: Visit) -> None:
    officer.open("/surveys")
    page = officer.page
    page.get_by_role("button", name="新建监测活动").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.get_by_text("此项必填")).to_have_count(4)
    dialog.get_by_label("类别").select_option("groundwater")
    dialog.get_by_label(re.compile("^名称")).fill("四季度地下水监测")
    dialog.get_by_label("计划日期").fill("2026-11-20")
    dialog.get_by_label("检测机构").fill("某检测公司")
    dialog.get_by_role("button", name="保存").click()
    page.wait_for_url("**/surveys/campaigns/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("四季度地下水监测")
    expect(page.get_by_text("还没有结果，请录入或导入")).to_be_visible()


def test_a_row_says_its_faults_while_it_is_typed_and_the_platform_s_at_their_field(
    officer: Visit, front_door: RunningGateway
) -> None:
    officer.open(f"/surveys/campaigns/{WATER}")
    page = officer.page
    page.get_by_role("button", name="录入结果").click()
    entry = page.get_by_role("region", name="录入结果")

    def cell(row: int, name: str, text: str) -> None:
        field = entry.get_by_label(f"第 {row} 行 {name}")
        field.fill(text)
        field.press("Tab")

    expect(page.locator("#survey-items option")).to_have_count(2)
    cell(1, "点位编码", "GW-99")
    cell(1, "监测项目", "氨氮")
    cell(1, "采样时间", "昨天")
    cell(1, "结果", "ND")
    expect(entry.get_by_text("没有该点位")).to_be_visible()
    expect(entry.get_by_text("写作 2026-03-01 14:30")).to_be_visible()
    expect(entry.get_by_text("未检出时须填检出限")).to_be_visible()
    assert violations(page) == []
    cell(1, "点位编码", "GW-01")
    cell(1, "采样时间", "2026-11-01 10:00")
    cell(1, "结果", "0.71")
    cell(1, "单位", "kg")
    expect(entry.locator("[aria-invalid]")).to_have_count(0)
    entry.get_by_role("button", name="保存 1 个结果").click()
    expect(entry.get_by_text("单位不能换算")).to_be_visible()
    officer.complaints.clear()
    cell(1, "单位", "mg/L")
    entry.get_by_role("button", name="添加一行").click()
    expect(entry.get_by_label("第 2 行 点位编码")).to_have_value("GW-01")
    entry.get_by_role("button", name="保存 1 个结果").click()
    expect(page.get_by_role("status").filter(has_text="已保存 1 个结果")).to_be_visible()
    expect(page.get_by_role("cell", name="0.71 mg/L")).to_be_visible()
    assert [one["text"] for one in front_door.gateway.surveys.results.values()].count("0.71") == 1
    assert officer.complaints == []


def test_a_file_with_a_bad_row_is_reported_and_the_row_is_mended(officer: Visit, front_door: RunningGateway) -> None:
    officer.open(f"/surveys?tab=import&campaign={WATER}")
    page = officer.page
    page.set_input_files("input[type=file]", {"name": "r.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"})
    page.get_by_role("button", name="校验").click()
    report = page.get_by_role("region", name="导入结果")
    expect(report).to_contain_text("校验完成，尚未导入")
    expect(report).to_contain_text("未知的监测项目")
    page.get_by_label("全部或不导入").check()
    page.get_by_role("button", name="正式导入").click()
    expect(report).to_contain_text("未导入：有 1 行有误")
    page.get_by_label("全部或不导入").uncheck()
    page.get_by_role("button", name="正式导入").click()
    expect(report).to_contain_text("已导入 1 行")
    report.get_by_role("link", name="1 行有误的数据已搁置").click()
    page.get_by_role("button", name="更正并重新运行").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("未知的监测项目")).to_be_visible()
    assert violations(page) == []
    dialog.get_by_label("监测项目").fill("还是幽灵")
    dialog.get_by_role("button", name="更正并重新运行").click()
    expect(dialog.get_by_role("alert").first).to_contain_text("未知的监测项目")
    dialog.get_by_label("监测项目").fill("氨氮")
    dialog.get_by_role("button", name="更正并重新运行").click()
    expect(page.get_by_role("status").filter(has_text="已更正并导入")).to_contain_text("符合限值 0.50")
    expect(page.get_by_text("没有搁置的行")).to_be_visible()
    assert front_door.gateway.surveys.set_aside[0]["state"] == "mended"


def test_a_result_is_corrected_with_a_reason_and_withdrawn(officer: Visit, front_door: RunningGateway) -> None:
    officer.open("/surveys?tab=results&outcome=over&kind=groundwater")
    page = officer.page
    page.get_by_role("button", name="氨氮").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("已核对原文")
    expect(dialog.get_by_role("link", name="相关告警")).to_be_visible()
    dialog.get_by_role("button", name="更正").click()
    dialog.get_by_label(re.compile("^结果")).fill("0.12")
    dialog.get_by_role("button", name="更正").last.click()
    expect(dialog.get_by_text("此项必填")).to_be_visible()
    assert violations(page) == []
    dialog.get_by_label("原因").fill("抄写错误")
    dialog.get_by_role("button", name="更正").last.click()
    expect(page.get_by_text("没有监测结果")).to_be_visible()
    corrected = next(one for one in front_door.gateway.surveys.results.values() if one["text"] == "0.12")
    assert (corrected["version"], corrected["reason"], corrected["verdict"]["outcome"]) == (2, "抄写错误", "compliant")
    page.get_by_label("评价").select_option("compliant")
    page.get_by_role("button", name="氨氮").first.click()
    dialog.get_by_role("button", name="撤销").click()
    asking = page.get_by_role("dialog").last
    asking.locator("textarea").fill("样品污染")
    asking.get_by_role("button", name="撤销").click()
    expect(dialog.get_by_text("已撤销").first).to_be_visible()
    assert [one["reason"] for one in front_door.gateway.surveys.results.values() if one["withdrawn"]] == ["样品污染"]


def test_a_plot_tells_verdicts_wells_and_trend_and_its_state_is_changed_with_a_reason(officer: Visit) -> None:
    officer.open(f"/surveys/plots/{PLOT}")
    page = officer.page
    expect(page.get_by_text("超筛选值")).to_be_visible()
    expect(page.get_by_text("点位不在地块边界内")).to_be_visible()
    until(page, "window.__console?.surveyMap?.().plots === 1")
    census = page.evaluate("window.__console.surveyMap()")
    assert (census["sites"], census["plots"]) == (4, 1)
    wells = page.get_by_label("上下游水井对比")
    expect(wells.get_by_role("columnheader").nth(1)).to_contain_text("背景井")
    page.get_by_role("button", name="车间下游井").click()
    expect(page.get_by_role("dialog")).to_contain_text("0.62")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="更正地块").click()
    dialog = page.get_by_role("dialog", name="更正地块")
    dialog.get_by_label("边界").fill("118.9,32.2\nsomewhere")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.get_by_text("不是有效的 GeoJSON 或坐标")).to_be_visible()
    dialog.get_by_label("边界").fill('{"type":"Polygon","coordinates":[]}')
    dialog.get_by_label("原因").fill("边界复测")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.get_by_text("应为非空数组").first).to_be_visible()
    assert violations(page) == []
    dialog.get_by_label("边界").fill("118.618,32.21\n118.623,32.21\n118.623,32.214")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog).to_be_hidden()


def test_who_may_not_write_campaigns_reads_them_only(context: BrowserContext, front_door: RunningGateway) -> None:
    visit = signed_in(context, front_door.url, "inspector")
    visit.open("/surveys")
    expect(visit.page.get_by_role("tab")).to_have_count(4)
    expect(visit.page.get_by_role("button", name="新建监测活动")).to_have_count(0)
    visit.open(f"/surveys/campaigns/{WATER}")
    expect(visit.page.get_by_role("button", name="录入结果")).to_have_count(0)
