"""A registered park for tests that need no archive: every limited factor has the same round limit."""

from simulator.park_plan import PointSite, points
from simulator.registered_park import RegisteredPark
from simulator.signal_model import Bounds

UPPER = 100.0


def plain_park() -> RegisteredPark:
    """Return passwords and limits of all points: 100 everywhere, pH 6 to 9."""
    return RegisteredPark(
        passwords={site.mn: "123456" for site in points()},
        limits={site.code: _limits(site) for site in points()},
        extra_devices=[],
    )


def _limits(site: PointSite) -> dict[str, Bounds]:
    return {
        plan.code: Bounds(9.0, 6.0) if plan.code == "w01001" else Bounds(UPPER)
        for plan in site.plan.factors
        if plan.limits
    }
