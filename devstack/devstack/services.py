"""The table of the demo: which processes there are, what each needs, what runs once before them.

A new service is one line here. Everything is started as `python -m <package> ...`. Text in braces is filled in from
the running stack (see stack.py): http_host http_port hj212_host hj212_port console_url api_url username password
api_key kafka_bootstrap database_url (the administrator's) evidence_dir, and <package>_url for the address of a service.

Benches and tests run another table: a module of theirs with SERVICES and ONE_SHOTS, named by PARK_DEVSTACK_TABLE; or
this one without some lines, by PARK_DEMO_WITHOUT=simulator,console (what depends on a line left out does not wait for it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

DATABASE_NAME = "park"
DEMO_USERNAME = "officer"


@dataclass(frozen=True, slots=True)
class Service:
    """One long-running process.

    `database`: has a schema and login role of its own name, and is migrated before it starts.
    `http`: serves HTTP with /health/ready on a port of its own (`port` names a fixed one from the environment).
    `after`: services or one-shots that must be ready before.
    """

    package: str
    arguments: tuple[str, ...] = ()
    database: bool = True
    http: bool = True
    port: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    after: tuple[str, ...] = ()

    @property
    def dashed(self) -> str:
        """The name as in the layout: source_monitoring -> source-monitoring."""
        return self.package.replace("_", "-")


@dataclass(frozen=True, slots=True)
class OneShot:
    """A command that must have ended well before others start. `role`: gets this service's environment."""

    name: str
    module: str
    arguments: tuple[str, ...] = ()
    role: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    after: tuple[str, ...] = ()


SERVICES: tuple[Service, ...] = (
    Service("archive", after=("topics",)),
    Service(
        "hj212_gateway",
        environment={
            "PARK_HJ212_HOST": "{hj212_host}",
            "PARK_HJ212_PORT": "{hj212_port}",
            "PARK_SPOOL_DIR": "{folder}/spool",
        },
        after=("topics",),
    ),
    Service("source_monitoring", environment={"PARK_EVIDENCE_DIR": "{evidence_dir}"}, after=("topics",)),
    Service("quality", after=("topics",)),
    Service("alerting", environment={"PARK_WEBHOOK_ALLOW_PRIVATE": "true"}, after=("topics",)),
    Service("task_dispatch", environment={"PARK_EVIDENCE_DIR": "{evidence_dir}"}, after=("topics",)),
    Service("sharing_exchange", after=("topics",)),
    Service("console", database=False),
    Service("api_gateway", port="http_port", after=("topics",)),
    Service(
        "simulator",
        arguments=("run",),
        database=False,
        http=False,
        environment={
            "PARK_HJ212_HOST": "{hj212_host}",
            "PARK_HJ212_PORT": "{hj212_port}",
            "PARK_API_URL": "{api_url}",
            "PARK_ADMIN_USERNAME": "admin",
            "PARK_ADMIN_PASSWORD": "{password}",
            "PARK_SIMULATOR_DIR": "{folder}/simulator",
        },
        after=("seed-park", "hj212_gateway", "api_gateway"),
    ),
)

ONE_SHOTS: tuple[OneShot, ...] = (
    OneShot("topics", "park_chassis.topics", environment={"PARK_KAFKA_REPLICATION": "1"}),
    OneShot(
        "seed-park",
        "simulator",
        ("seed",),
        environment={
            "PARK_API_URL": "{api_url}",
            "PARK_ADMIN_USERNAME": "admin",
            "PARK_ADMIN_PASSWORD": "{password}",
            "PARK_ENTERPRISE_USERNAME": "enterprise",
            "PARK_ENTERPRISE_PASSWORD": "{password}",
            "PARK_SIMULATOR_DIR": "{folder}/simulator",
        },
        after=("archive", "api_gateway", "seed-account"),
    ),
    OneShot(
        "seed-account",
        "api_gateway",
        ("account",),
        role="api_gateway",
        environment={"PARK_DEMO_USERNAME": "{username}", "PARK_DEMO_PASSWORD": "{password}"},
        after=("migrate-api_gateway",),
    ),
    OneShot(
        "seed-client",
        "sharing_exchange",
        ("client",),
        role="sharing_exchange",
        environment={"PARK_DEMO_API_KEY": "{api_key}"},
        after=("migrate-sharing_exchange",),
    ),
)
