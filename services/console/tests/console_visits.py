"""What browser tests share: a signed-in page that notes what it does wrong, and axe-core."""

import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Response, expect

from conftest import WEB

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]


@dataclass
class Visit:
    """A signed-in page and what it did wrong."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)
    sent_bytes: int = 0

    def open(self, path: str) -> None:
        """Go to an address and wait until its content stands."""
        self.page.goto(self.url + path)
        self.page.wait_for_load_state("networkidle")
        expect(self.page.locator("h1").first).to_be_attached()
        expect(self.page.locator(".skeleton")).to_have_count(0)


def watch(page: Page, url: str) -> Visit:
    """Note requests to other origins, refused requests, errors of the page and of the console."""
    visit = Visit(page, url)

    def on_request(request: Any) -> None:
        target = urlsplit(request.url)
        if target.scheme in {"http", "https", "ws", "wss"} and f"//{target.netloc}" != url.removeprefix("http:"):
            visit.complaints.append(f"request to another origin: {request.url}")

    def on_response(response: Response) -> None:
        if response.status >= 400:
            visit.complaints.append(f"{response.status} {response.url}")
        visit.sent_bytes += int(response.headers.get("content-length", 0)) if "/api/" not in response.url else 0

    page.on("request", on_request)
    page.on("response", on_response)
    page.on("pageerror", lambda error: visit.complaints.append(f"page error: {error}"))
    page.on("console", lambda said: visit.complaints.append(f"console: {said.text}") if said.type == "error" else None)
    return visit


def sign_in(visit: Visit, username: str) -> None:
    """Sign in by the form."""
    visit.page.goto(visit.url + "/login")
    visit.page.fill("#username", username)
    visit.page.fill("#password", "park")
    visit.page.click("button[type=submit]")
    visit.page.wait_for_url(lambda address: "/login" not in address)


def signed_in(context: BrowserContext, url: str, username: str) -> Visit:
    """Return a visit of somebody who signed in before; of "nobody" who did not."""
    if username != "nobody":
        context.add_cookies([{"name": "mock-user", "value": username, "url": url}])
    return watch(context.new_page(), url)


def until(page: Page, condition: str, within_s: float = 60.0) -> None:
    """Wait until an expression holds in the page.

    Asked anew from outside each time: Playwright's own wait_for_function evaluates text within the page, which the pages'
    content security policy forbids, from the second look on.
    """
    deadline = time.monotonic() + within_s
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, f"never came true: {condition}"
        page.wait_for_timeout(100)


_AT_REST = """() => !document.querySelector('[class*="-enter-active"], [class*="-leave-active"]')
    && document.getAnimations().every((one) => one.playState !== 'running'
        || one.effect?.getComputedTiming().iterations === Infinity)"""


def violations(page: Page) -> list[str]:
    """What axe-core finds, one line each, once nothing fades in or out: what is half there has no contrast."""
    until(page, _AT_REST)
    page.evaluate((WEB / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", AXE_TAGS)
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found["violations"]]
