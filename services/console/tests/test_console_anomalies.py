"""Settings of anomaly rules and reductions in a real Chromium: a draft is tried and saved, a lack leads to its field, orders."""

import re
from collections.abc import Iterator

import pytest
from console_mock_park import identifier
from console_mock_reductions import ORDER
from console_visits import signed_in
from playwright.sync_api import Browser, BrowserContext, FilePayload, expect

from conftest import RunningGateway

pytestmark = pytest.mark.browser
OUTLET = identifier(1, 0)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1440, "height": 900})
    made.set_default_timeout(30_000)
    yield made
    made.close()


def test_a_draft_is_tried_without_telling_and_saved_with_a_reason(
    context: BrowserContext, front_door: RunningGateway
) -> None:
    page = signed_in(context, front_door.url, "admin").page
    page.goto(f"{front_door.url}/anomalies/rules/{OUTLET}")
    highest = page.get_by_label("AN12 含氧量上限", exact=True)
    highest.fill("99")
    expect(page.get_by_role("alert").filter(has_text="允许 5 至 25")).to_be_visible()
    highest.fill("18")
    page.get_by_label("AN06 启用").uncheck()
    page.get_by_label("AN06 停用原因").fill("批次生产")
    expect(page.get_by_text("草稿有 2 处修改")).to_be_visible()
    page.get_by_role("button", name="试算", exact=True).click()
    page.get_by_role("button", name=re.compile("试算最近")).click()
    expect(page.get_by_text("不再发现").first).to_be_visible()
    anomalies = front_door.gateway.anomalies
    assert (anomalies.tried, anomalies.versions) == (1, [])
    page.get_by_role("button", name="保存并生效").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="保存", exact=True).click()
    expect(dialog.get_by_text("此项必填").first).to_be_visible()
    dialog.get_by_label("修改原因").fill("按设计文件")
    dialog.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("草稿有")).to_have_count(0)
    (version,) = anomalies.versions
    assert version["body"]["rules"]["AN12"]["parameters"] == {"highest": "18"}
    assert version["body"]["rules"]["AN06"]["enabled"] is False
    page.get_by_role("tab", name="版本").click()
    expect(page.get_by_text("rules.AN12.parameters.highest")).to_be_visible()


def test_a_rule_that_does_not_apply_leads_to_the_field_that_it_lacks(
    context: BrowserContext, front_door: RunningGateway
) -> None:
    page = signed_in(context, front_door.url, "admin").page
    page.goto(f"{front_door.url}/anomalies/rules/{OUTLET}")
    page.get_by_role("row", name=re.compile("AN12")).get_by_role("button", name=re.compile("去填写")).click()
    field = page.get_by_role("textbox", name="基准氧含量")
    expect(field).to_be_focused()
    field.fill("3.5")
    expect(page.get_by_text("草稿有 1 处修改")).to_be_visible()
    page.get_by_role("tab", name="规则").click()
    page.get_by_role("row", name=re.compile("AN24")).get_by_role("button", name=re.compile("去填写")).click()
    page.get_by_label("生产设施用电或工况 因子编码").fill("z00001")
    expect(page.get_by_text("草稿有 2 处修改")).to_be_visible()


def test_somebody_elses_change_is_not_overwritten_and_mine_is_kept(
    context: BrowserContext, front_door: RunningGateway
) -> None:
    page = signed_in(context, front_door.url, "admin").page
    page.goto(f"{front_door.url}/anomalies/rules/{OUTLET}")
    page.get_by_label("AN12 含氧量上限", exact=True).fill("18")
    other = {"rules": {}, "signals": {}, "facts": {"baseline_oxygen": "6"}}
    front_door.gateway.anomalies.versions.insert(
        0, {"version": 1, "author": "chen", "reason": "备案", "made_at": "2026-11-22T01:00:00Z", "body": other}
    )
    page.get_by_role("button", name="保存并生效").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("修改原因").fill("按设计文件")
    dialog.get_by_role("button", name="保存", exact=True).click()
    dialog.get_by_role("button", name="读取新版本并保留我的修改").click()
    expect(dialog.get_by_text("设置已被他人修改，请核对差异后重新保存。")).to_have_count(0)
    dialog.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("草稿有")).to_have_count(0)
    body = front_door.gateway.anomalies.versions[0]["body"]
    assert (body["facts"], body["rules"]["AN12"]["parameters"]) == ({"baseline_oxygen": "6"}, {"highest": "18"})


def test_an_order_is_made_from_the_list_and_lifted_with_a_reason(
    context: BrowserContext, front_door: RunningGateway
) -> None:
    page = signed_in(context, front_door.url, "officer").page
    page.goto(f"{front_door.url}/reductions")
    page.get_by_role("button", name="下达指令").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="下达", exact=True).click()
    expect(dialog.get_by_role("alert").first).to_be_visible()
    dialog.get_by_label("级别").select_option("red")
    dialog.get_by_label("标题", exact=False).first.fill("红色预警第 4 号")
    dialog.get_by_label("英文标题").fill("Red warning no. 4")
    dialog.get_by_label("原因").fill("预测 AQI>300")
    dialog.get_by_role("button", name="下达", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile("红色预警第 4 号"))).to_be_visible()
    page.goto(f"{front_door.url}/reductions/{ORDER}")
    page.get_by_role("button", name=re.compile("^查看 ")).first.click()
    expect(page.get_by_role("link", name=re.compile("^20"))).to_be_visible()
    page.get_by_role("button", name="上报执行情况").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("现场结果").select_option("false")
    dialog.get_by_label("现场情况").fill("炉门开启,仍在投料")
    dialog.get_by_role("button", name="保存", exact=True).click()
    expect(dialog.get_by_role("alert").first).to_be_visible()
    dialog.get_by_role("textbox", name=re.compile("引用|编号|说明|来源")).first.fill("现场检查记录 7 号")
    dialog.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("cell", name=re.compile("未执行 · 证据 1 件"))).to_be_visible()
    page.get_by_role("button", name="解除").click()
    page.get_by_role("dialog").get_by_label("原因").fill("空气质量好转")
    page.get_by_role("dialog").get_by_role("button", name="解除").click()
    expect(page.get_by_text("已解除")).to_be_visible()


def test_a_line_that_is_there_already_is_refused_at_its_field_and_a_file_is_reported_row_by_row(
    context: BrowserContext, front_door: RunningGateway
) -> None:
    page = signed_in(context, front_door.url, "officer").page
    page.goto(f"{front_door.url}/reductions?tab=list")
    page.get_by_role("button", name="新增生产线").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("企业").select_option(index=1)
    dialog.get_by_label("生产线").fill("1 号线")
    dialog.get_by_label("绩效分级").select_option("C")
    dialog.get_by_role("button", name="保存", exact=True).click()
    expect(dialog.get_by_role("alert").filter(has_text="该企业已有同名生产线").first).to_be_visible()
    dialog.get_by_label("生产线").fill("新线")
    dialog.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("cell", name=re.compile("新线")).first).to_be_visible()
    page.get_by_role("tab", name="导入清单").click()
    content = FilePayload(name="list.csv", mimeType="text/csv", buffer=b"x")
    page.locator("input[type=file]").set_input_files(content)
    page.get_by_role("button", name="校验（不入库）").click()
    expect(page.get_by_text("校验完成，尚未入库")).to_be_visible()
    expect(page.get_by_role("cell", name="应为下列之一：A、B、C、D")).to_be_visible()
