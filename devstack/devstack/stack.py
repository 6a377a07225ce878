"""Turns the table of services into the processes to run: servers, one-shots, services, each with its environment."""

from __future__ import annotations

import http.client
import importlib
import importlib.util
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TypeVar
from urllib.parse import urlsplit

from devstack import containers, kafka, postgres
from devstack.ports import LOOPBACK, free_port
from devstack.process import CannotStart, ProcessSpec
from devstack.provisioning import platform_url, provision_spec, role_url
from devstack.secrets_file import DemoSecrets, load_or_make
from devstack.services import DEMO_USERNAME, OneShot, Service
from devstack.settings import DemoSettings, address_to_call

_HEALTH = "/health/ready"
_HEALTH_TIMEOUT_S = 2.0
_ONE_SHOT_TIMEOUT_S = 300.0


@dataclass(frozen=True, slots=True)
class DemoAccess:
    """How a person or a program reaches the running demo; written to demo.json under these names."""

    console_url: str
    api_url: str
    hj212_host: str
    hj212_port: int
    username: str
    password: str
    api_key: str
    kafka_bootstrap: str
    database_url: str


@dataclass(frozen=True, slots=True)
class Stack:
    """Everything to run. `after_stop` is called once all was stopped."""

    specs: tuple[ProcessSpec, ...]
    access: DemoAccess
    broker: kafka.Kind
    after_stop: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Table:
    """The services and one-shots of one run."""

    services: tuple[Service, ...]
    one_shots: tuple[OneShot, ...]

    def without(self, names: frozenset[str]) -> Table:
        """Leave out what is named, and the waiting for it. Raises CannotStart for a name that is not in the table."""
        known = {service.package for service in self.services} | {step.name for step in self.one_shots}
        if unknown := sorted(names - known):
            raise CannotStart(
                f"PARK_DEMO_WITHOUT：没有 {', '.join(unknown)}；有 {', '.join(sorted(known))} / "
                f"PARK_DEMO_WITHOUT: no {', '.join(unknown)}; there are {', '.join(sorted(known))}"
            )
        gone = names | {f"migrate-{name}" for name in names}
        return Table(
            tuple(_not_after(each, gone) for each in self.services if each.package not in names),
            tuple(_not_after(each, gone) for each in self.one_shots if each.name not in names),
        )

    def missing_packages(self) -> list[str]:
        """Return the packages of the table that cannot be imported here."""
        modules = {service.package for service in self.services}
        modules |= {step.module.partition(".")[0] for step in self.one_shots}
        return sorted(name for name in modules if importlib.util.find_spec(name) is None)


Line = TypeVar("Line", Service, OneShot)


def _not_after(line: Line, gone: frozenset[str]) -> Line:
    return replace(line, after=tuple(name for name in line.after if name not in gone))


def load_table(settings: DemoSettings) -> Table:
    """Return the table to run. Raises CannotStart (unknown names left out, packages not installed)."""
    module = importlib.import_module(settings.table)
    table = Table(tuple(module.SERVICES), tuple(module.ONE_SHOTS)).without(settings.without)
    if missing := table.missing_packages():
        names = ", ".join(missing)
        raise CannotStart(f"缺少 Python 包 {names}，请先运行 make setup / not installed: {names}; run make setup")
    return table


def assemble(settings: DemoSettings) -> Stack:
    """Prepare the data folder and return the processes to run.

    Raises CannotStart (packages missing, data folder in use), KafkaUnavailable, PlaceNotOurs.
    """
    table = load_table(settings)
    services = table.services
    roles = [service.package for service in services if service.database]
    secrets = load_or_make(settings.folder / "secrets.json", roles)
    database, broker = _database(settings), _broker(settings)
    servers = [server.spec for server in (database, broker) if server.spec is not None]
    needs = tuple(spec.name for spec in servers)
    access = _access(settings, secrets, broker.address, database.address)
    plan = _Plan(settings, secrets, access, broker.kind, services, needs)
    steps = [provision_spec(database.address, secrets.role_passwords, depends_on=needs)]
    steps += [plan.migration(service) for service in services if service.database]
    steps += [plan.one_shot(step) for step in table.one_shots]

    def after_stop() -> None:
        broker.after_stop()
        database.after_stop()

    processes = (*servers, *steps, *(plan.service(service) for service in services))
    return Stack(processes, access, broker.kind, after_stop)


@dataclass(frozen=True, slots=True)
class _Server:
    """A database or broker: run by the supervisor (`spec`), or running already."""

    spec: ProcessSpec | None
    address: str
    kind: kafka.Kind = "external"
    after_stop: Callable[[], None] = lambda: None


def _database(settings: DemoSettings) -> _Server:
    if external := os.environ.get("DATABASE_URL"):
        return _Server(None, external)
    if containers.wanted():
        container, url = containers.postgres(free_port())
        container.start()
        return _Server(None, url, after_stop=container.stop)
    prepared = postgres.prepare(settings.folder / "postgres")
    return _Server(prepared.spec, prepared.admin_url)


def _broker(settings: DemoSettings) -> _Server:
    if external := os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        return _Server(None, external)
    if containers.wanted():
        broker = kafka.Broker(settings.folder / "kafka").start()
        return _Server(None, broker.bootstrap_servers, broker.kind, broker.stop)
    prepared = kafka.prepare(settings.folder / "kafka")
    return _Server(prepared.spec, prepared.bootstrap_servers, prepared.kind, prepared.after_clean_stop)


def _access(settings: DemoSettings, secrets: DemoSecrets, bootstrap: str, admin_url: str) -> DemoAccess:
    front_door = f"http://{address_to_call(settings.http_host)}:{settings.http_port}"
    return DemoAccess(
        console_url=f"{front_door}/",
        api_url=f"{front_door}/api/v1",
        hj212_host=address_to_call(settings.hj212_host),
        hj212_port=settings.hj212_port,
        username=DEMO_USERNAME,
        password=secrets.password,
        api_key=secrets.api_key,
        kafka_bootstrap=bootstrap,
        database_url=platform_url(admin_url),
    )


class _Plan:
    """Fills in the table for one run: ports, addresses, environment."""

    def __init__(
        self,
        settings: DemoSettings,
        secrets: DemoSecrets,
        access: DemoAccess,
        kind: kafka.Kind,
        services: Sequence[Service],
        needs: tuple[str, ...],
    ) -> None:
        self._settings, self._secrets, self._access, self._needs = settings, secrets, access, needs
        fixed = {"http_port": settings.http_port, "hj212_port": settings.hj212_port}
        self._ports = {
            service.package: fixed[service.port] if service.port else free_port()
            for service in services
            if service.http
        }
        urls = {name: f"http://{self._host_to_call(name)}:{port}" for name, port in self._ports.items()}
        self._values = {name: str(value) for name, value in asdict(access).items()}
        self._values |= {"folder": str(settings.folder)}
        self._values |= {"http_host": settings.http_host, "http_port": str(settings.http_port)}
        self._values |= {f"{name}_url": url for name, url in urls.items()}
        self._values |= {"hj212_host": settings.hj212_host, "evidence_dir": str(settings.folder / "evidence")}
        self._common = {
            "PARK_KAFKA_BOOTSTRAP_SERVERS": access.kafka_bootstrap,
            "PARK_AUTH_SECRET": secrets.auth_secret,
            "PARK_LOG_FORMAT": os.environ.get("PARK_LOG_FORMAT", "json"),
            "PYTHONUNBUFFERED": "1",
            **{f"PARK_SERVICES_{name.upper()}_URL": url for name, url in urls.items()},
            **(_FOR_THE_FALLBACK if kind == "tansu-fallback" else {}),
        }
        self._fixed_port = {service.package: service.port is not None for service in services}

    def migration(self, service: Service) -> ProcessSpec:
        """Return the one-shot that brings a service's schema up to date."""
        return ProcessSpec(
            name=f"migrate-{service.package}",
            argv=(sys.executable, "-m", service.package, "migrate"),
            env=self._environment(service.package, service.environment),
            one_shot=True,
            start_timeout_s=_ONE_SHOT_TIMEOUT_S,
            depends_on=("provision",),
        )

    def one_shot(self, step: OneShot) -> ProcessSpec:
        """Return a step of the table."""
        return ProcessSpec(
            name=step.name,
            argv=(sys.executable, "-m", step.module, *self._filled(step.arguments)),
            env=self._environment(step.role, step.environment),
            one_shot=True,
            start_timeout_s=_ONE_SHOT_TIMEOUT_S,
            depends_on=(*self._needs, *step.after),
        )

    def service(self, service: Service) -> ProcessSpec:
        """Return a long-running service; it is ready when its health page says so."""
        migrated = (f"migrate-{service.package}",) if service.database else ()
        spec = ProcessSpec(
            name=service.package,
            argv=(sys.executable, "-m", service.package, *self._filled(service.arguments)),
            env=self._environment(service.package, service.environment),
            depends_on=(*self._needs, *migrated, *service.after),
        )
        if not service.http:
            return spec
        url = f"http://{self._host_to_call(service.package)}:{self._ports[service.package]}{_HEALTH}"
        return replace(spec, health_url=url, ready=lambda _pid: is_healthy(url))

    def _host_to_call(self, package: str) -> str:
        fixed = self._ports[package] == self._settings.http_port
        return address_to_call(self._settings.http_host) if fixed else LOOPBACK

    def _environment(self, package: str | None, own: Mapping[str, str]) -> dict[str, str]:
        environment = dict(self._common)
        if package is not None and package in self._secrets.role_passwords:
            password = self._secrets.role_passwords[package]
            environment["PARK_DATABASE_URL"] = role_url(self._access.database_url, package, password)
        if package is not None and package in self._ports:
            port = self._ports[package]
            environment["PARK_HTTP_PORT"] = str(port)
            environment["PARK_HTTP_HOST"] = self._settings.http_host if self._fixed_port[package] else LOOPBACK
            environment["PARK_INSTANCE_ID"] = f"{package}-0"
        return environment | dict(zip(own, self._filled(tuple(own.values())), strict=True))

    def _filled(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(text.format_map(self._values) for text in texts)


_FOR_THE_FALLBACK = {
    "PARK_KAFKA_IDEMPOTENCE": "false",  # Tansu refuses idempotent producers
    "PARK_REPUBLISH_ON_START": "true",  # it forgets its topics, the registry among them
}


def is_healthy(url: str) -> bool:
    """Say whether GET on the URL answers 200 within two seconds; no proxy is asked."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or LOOPBACK, parts.port, timeout=_HEALTH_TIMEOUT_S)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
