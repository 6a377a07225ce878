"""Every route of the router, in a real Chromium: quiet and accessible on a PC; on a phone in English it neither scrolls
sideways nor says anything in Chinese that is not data."""

import re
from collections.abc import Iterator

import pytest
from console_routes import AREAS
from console_visits import Visit, signed_in, violations
from playwright.sync_api import Browser, BrowserContext

from conftest import WEB, RunningGateway

ROUTER = WEB / "src" / "app" / "router.ts"
PATHS = re.compile(r"\{ path: '(?P<path>[^']*)',(?= name:)")
INTERFACE_WORDS = "nav.side, th, h2, dt, [role=tab], .toolbar > label, .toolbar > button, .page-head button, .state"


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Give each named path of the router, with the addresses it stands for."""
    text = ROUTER.read_text(encoding="utf-8")
    phone = text.index("path: '/m'")
    for found in PATHS.finditer(text):
        path = found["path"]
        if path.startswith(":rest"):
            yield path, re.compile("/no-such-page")
            continue
        under = "" if path.startswith("/") else "/m/" if found.start() > phone else "/"
        whole = (under + path).rstrip("/") or "/"
        yield whole, re.compile(re.sub(r":\w+", "[^/]+", whole))


def test_every_route_of_the_router_has_a_row() -> None:
    visited = [address.split("?")[0] for rows in AREAS.values() for _, address in rows]
    known = list(patterns())
    assert len(known) > 30
    assert [path for path, pattern in known if not any(pattern.fullmatch(address) for address in visited)] == []


def test_every_row_is_a_route_of_the_router() -> None:
    known = [pattern for _, pattern in patterns()]
    strange = [
        address
        for rows in AREAS.values()
        for _, address in rows
        if not any(pattern.fullmatch(address.split("?")[0]) for pattern in known)
    ]
    assert strange == []


@pytest.fixture
def contexts(browser: Browser) -> Iterator[list[BrowserContext]]:
    made: list[BrowserContext] = []
    yield made
    for one in made:
        one.close()


def visits_of(
    area: str, contexts: list[BrowserContext], browser: Browser, url: str, **kinds: object
) -> dict[str, Visit]:
    """Return a visit for each person of an area."""
    people = {who for who, _ in AREAS[area]}
    visits = {}
    for who in sorted(people):
        contexts.append(browser.new_context(timezone_id="America/New_York", reduced_motion="reduce", **kinds))  # type: ignore[arg-type]
        visits[who] = signed_in(contexts[-1], url, who)
    return visits


@pytest.mark.browser
@pytest.mark.parametrize("area", AREAS)
def test_pages_are_quiet_and_accessible(
    area: str, contexts: list[BrowserContext], browser: Browser, front_door: RunningGateway
) -> None:
    visits = visits_of(area, contexts, browser, front_door.url, viewport={"width": 1440, "height": 900})
    trouble = {}
    for who, path in AREAS[area]:
        visit = visits[who]
        visit.open(path)
        trouble[path] = violations(visit.page) + [one for one in visit.complaints if not _expected(who, one)]
        visit.complaints.clear()
    assert {path: found for path, found in trouble.items() if found} == {}


@pytest.mark.browser
@pytest.mark.parametrize("area", AREAS)
def test_pages_fit_a_phone_and_speak_english(
    area: str, contexts: list[BrowserContext], browser: Browser, front_door: RunningGateway
) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    visits = visits_of(area, contexts, browser, front_door.url, **phone)
    for context in contexts:
        context.add_init_script("localStorage.setItem('park-console-locale', 'en')")
    trouble = {}
    for who, path in AREAS[area]:
        visit = visits[who]
        visit.open(path)
        trouble[path] = sideways(visit) + chinese(visit) + [one for one in visit.complaints if not _expected(who, one)]
        visit.complaints.clear()
    assert {path: found for path, found in trouble.items() if found} == {}


def sideways(visit: Visit) -> list[str]:
    """Whether the page itself is wider than the screen; tables may scroll in their own frame."""
    wide = visit.page.evaluate(
        "[document.documentElement, document.querySelector('#main')].some(one => one && one.scrollWidth > one.clientWidth + 1)"
    )
    return ["scrolls sideways"] if wide else []


def chinese(visit: Visit) -> list[str]:
    """Words of the interface that are left in Chinese."""
    words = visit.page.locator(INTERFACE_WORDS).all_inner_texts()
    return [f"Chinese: {word}" for word in words if re.search(r"[\u4e00-\u9fff]", word)]


def _expected(who: str, complaint: str) -> bool:
    """Who is not signed in is told so when the page asks who it is."""
    return who == "nobody" and "401" in complaint
