"""Evidence in a real Chromium: a file is uploaded on each form, shown with size and hash, refused with its reason."""

import hashlib
import re
from collections.abc import Iterator

import pytest
from console_mock_evidence import PIXEL
from console_visits import Visit, signed_in, violations
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from conftest import RunningGateway

pytestmark = pytest.mark.browser
REPORT = b"%PDF-1.7 a laboratory's report %%EOF"
HASH = hashlib.sha256(REPORT).hexdigest()[:10]


def file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


@pytest.fixture
def officer(browser: Browser, front_door: RunningGateway) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(30_000)
    yield signed_in(context, front_door.url, "officer")
    context.close()


def uploaded(page: Page, dialog: Locator, name: str = "监测报告.pdf", content: bytes = REPORT) -> None:
    dialog.get_by_label("上传文件").set_input_files(file(name, content))
    expect(dialog.get_by_role("link", name=name, exact=True)).to_be_visible()


def test_a_report_goes_with_a_result_and_is_shown_with_it(officer: Visit) -> None:
    page = officer.page
    officer.open("/self-monitoring?tab=results")
    page.get_by_role("button", name="录入结果").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("点位").last.select_option(index=1)
    dialog.get_by_label(re.compile("^采样时间")).fill("2026-11-20T10:00")
    dialog.get_by_label("第 1 行 监测因子").select_option(index=1)
    dialog.get_by_label("第 1 行 结果").fill("17.5")
    uploaded(page, dialog)
    expect(dialog.get_by_role("group", name="证明材料")).to_contain_text(HASH)
    expect(dialog.get_by_role("group", name="证明材料").get_by_role("combobox")).to_have_value("laboratory")
    assert violations(page) == []
    dialog.get_by_role("button", name="保存").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("row").filter(has_text="17.5").get_by_role("button").click()
    shown = page.get_by_role("dialog").get_by_role("list", name="证明材料")
    expect(shown.get_by_role("link", name="监测报告.pdf", exact=True)).to_have_attribute(
        "href", re.compile("/api/v1/evidence-files/.*/content")
    )
    expect(shown).to_contain_text(HASH)
    assert violations(page) == []


def test_a_refused_file_says_why_and_holds_the_form_until_it_is_dropped(officer: Visit) -> None:
    page = officer.page
    officer.open("/self-monitoring")
    page.get_by_role("row").filter(has_text="逾期").get_by_role("button", name="说明原因").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("原因").fill("采样设备故障")
    dialog.get_by_label("上传文件").set_input_files(file("报告.pdf", b"MZ a program under a false name"))
    expect(dialog.get_by_role("status")).to_contain_text("只接受 JPEG、PNG 或 WebP 照片")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.get_by_role("group", name="证明材料").get_by_role("alert")).to_contain_text("还有文件未上传完成")
    dialog.get_by_role("button", name="去掉").click()
    uploaded(page, dialog, "照片.png", PIXEL)
    dialog.get_by_role("button", name="保存").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("list", name="证明材料").get_by_role("link", name="照片.png", exact=True)).to_be_visible()


def test_an_upload_that_failed_is_sent_again(officer: Visit, front_door: RunningGateway) -> None:
    page = officer.page
    front_door.gateway.evidence.away = True
    officer.open("/reviews?tab=marks")
    page.get_by_role("button", name="补充材料").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("上传文件").set_input_files(file("泵.png", PIXEL))
    expect(dialog.get_by_role("status")).to_contain_text("暂时无法保存文件")
    front_door.gateway.evidence.away = False
    dialog.get_by_role("button", name="重试").click()
    expect(dialog.get_by_role("link", name="泵.png", exact=True)).to_be_visible()
    dialog.get_by_role("button", name="保存").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("link", name="泵.png", exact=True)).to_be_visible()
    assert violations(page) == []
