"""The table of services of the demo commands' tests: the fake service, seeded, behind the public port."""

from devstack.services import OneShot, Service

SERVICES = (Service("fake_park_service", port="http_port", after=("seed",)),)
ONE_SHOTS = (
    OneShot("topics", "park_chassis.topics"),
    OneShot(
        "seed",
        "fake_park_service",
        ("seed",),
        role="fake_park_service",
        after=("migrate-fake_park_service", "topics"),
    ),
)
