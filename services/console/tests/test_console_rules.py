"""The page of alarm rules in a real Chromium: nothing goes live that was not run over the last 30 days as it stands."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from conftest import RunningGateway

pytestmark = pytest.mark.browser
WITHIN_MS = 30_000


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(WITHIN_MS)
    yield context.new_page()
    context.close()


def sign_in(page: Page, url: str, username: str) -> None:
    page.goto(f"{url}/login")
    page.fill("#username", username)
    page.fill("#password", "park")
    page.click("button[type=submit]")
    page.wait_for_url(lambda address: "/login" not in address)


def test_a_draft_goes_live_only_after_a_dry_run_of_exactly_that_draft(page: Page, front_door: RunningGateway) -> None:
    sign_in(page, front_door.url, "admin")
    page.goto(f"{front_door.url}/rules")
    page.get_by_role("button", name=re.compile("废气与环境空气超标")).click()
    above = page.get_by_label("高于").first
    expect(page.get_by_role("button", name="试算近 30 天")).to_be_disabled()
    above.fill("0.9")
    above.press("Tab")
    expect(page.get_by_text("草稿有 1 处修改")).to_be_visible()
    expect(page.get_by_role("button", name="生效", exact=True)).to_have_count(0)
    page.get_by_role("button", name="试算近 30 天").click()
    expect(page.get_by_text("近 30 天共 10 条告警")).to_be_visible()
    above.fill("0.8")
    above.press("Tab")
    expect(page.get_by_text("请重新试算")).to_be_visible()
    expect(page.get_by_role("button", name="生效", exact=True)).to_have_count(0)
    page.get_by_role("button", name="试算近 30 天").click()
    page.get_by_role("button", name="生效", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("请填写修改说明")
    page.get_by_label("修改说明").fill("废气按八成预警")
    page.get_by_role("button", name="生效", exact=True).click()
    expect(page.get_by_text("生效版本 2")).to_be_visible()
    (_, live) = front_door.gateway.rules.versions
    gas = next(entry for entry in live["policy"]["entries"] if entry["name"] == "emission-gas")
    assert (gas["ratio_steps"][0], live["note"]) == ({"above": 0.8, "level": "blue"}, "废气按八成预警")
    page.get_by_role("button", name="版本", exact=True).click()
    page.get_by_role("button", name="作为草稿打开").click()
    expect(page.get_by_text("草稿有 1 处修改")).to_be_visible()


def test_who_may_not_change_rules_reads_them(page: Page, front_door: RunningGateway) -> None:
    sign_in(page, front_door.url, "officer")
    page.goto(f"{front_door.url}/rules")
    expect(page.get_by_text("生效版本 1")).to_be_visible()
    page.get_by_role("button", name=re.compile("废气与环境空气超标")).click()
    expect(page.get_by_label("高于").first).to_be_disabled()
    expect(page.get_by_role("button", name="试算近 30 天")).to_have_count(0)


def test_what_a_release_brings_is_adopted_or_left_out_in_the_draft(page: Page, front_door: RunningGateway) -> None:
    sign_in(page, front_door.url, "admin")
    page.goto(f"{front_door.url}/rules")
    fresh = page.get_by_role("region", name=re.compile("本版本新增 2 条规则"))
    noise, fraud = (fresh.get_by_role("listitem").nth(number) for number in (0, 1))
    expect(noise).to_contain_text("噪声超标")
    expect(fraud).to_contain_text("疑似弄虚作假")
    fraud.get_by_role("button", name="不采纳", exact=True).click()
    page.get_by_role("button", name="采纳", exact=True).click()
    expect(page.get_by_role("region", name=re.compile("本版本新增"))).to_have_count(0)
    page.get_by_role("button", name="试算近 30 天").click()
    page.get_by_label("修改说明").fill("采纳噪声规则")
    page.get_by_role("button", name="生效", exact=True).click()
    expect(page.get_by_text("生效版本 2")).to_be_visible()
    policy = front_door.gateway.rules.versions[-1]["policy"]
    assert [entry["name"] for entry in policy["entries"][-2:]] == ["noise", "any-other"]
    assert policy["left_out"] == ["fraud-suspicion"]
