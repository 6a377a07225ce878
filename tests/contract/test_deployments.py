"""Compose and Kubernetes files against the services themselves, without Docker and without a cluster."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from devstack.services import SERVICES

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
PLATFORM = [service for service in SERVICES if service.package != "simulator"]
NAMES = {service.dashed for service in PLATFORM}


def compose(*files: str) -> dict[str, Any]:
    """Return the services of the compose files, merged as Docker does it for ours: by name."""
    merged: dict[str, Any] = {}
    for file in files:
        merged |= yaml.safe_load((DEPLOY / "compose" / file).read_text())["services"]
    return merged


def manifests(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield every object that a kustomization lists, its bases first."""
    kustomization = yaml.safe_load((folder / "kustomization.yaml").read_text())
    for resource in kustomization["resources"]:
        place = folder / resource
        assert place.exists(), f"{folder.name} lists {resource}, which is not there"
        if place.is_dir():
            yield from manifests(place)
        else:
            yield from yaml.safe_load_all(place.read_text())


BASE = list(manifests(DEPLOY / "k8s" / "base"))


def workload(name: str) -> dict[str, Any]:
    return next(item for item in BASE if item["kind"] == "StatefulSet" and item["metadata"]["name"] == name)


def image_environment() -> dict[str, str]:
    """Return what the image sets: the ENV lines of its last stage."""
    last_stage = (DEPLOY / "Dockerfile").read_text().rpartition("\nFROM ")[2]
    text = re.sub(r"\\\n", " ", last_stage)
    lines = [line.removeprefix("ENV ") for line in text.splitlines() if line.startswith("ENV ")]
    return dict(re.findall(r"(\S+?)=(\S+)", " ".join(lines)))


def check_settings(package: str, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the settings of a service from exactly this environment: nothing may be missing, nothing may be refused."""
    for name, value in environment.items():
        if name.startswith("PARK_") and value != "":
            monkeypatch.setenv(name, value)
    settings_class = importlib.import_module(f"{package}.settings").Settings
    settings_class()


@pytest.mark.parametrize("service", PLATFORM, ids=lambda service: service.dashed)
def test_compose_gives_each_service_the_settings_it_needs(service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    described = compose("compose.yaml")[service.dashed]
    environment = {**image_environment(), **described["environment"]}
    filled = {name: re.sub(r"\$\{[^}]*:-[^}]*\}", "", str(value)) for name, value in environment.items()}
    filled = {name: re.sub(r"\$\{[^}]*\}", "x" * 40, value) for name, value in filled.items()}
    check_settings(service.package, filled, monkeypatch)
    assert f"python -m {service.package}" in described["command"][-1]


@pytest.mark.parametrize("service", PLATFORM, ids=lambda service: service.dashed)
def test_kubernetes_gives_each_service_the_settings_it_needs(service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (container,) = workload(service.dashed)["spec"]["template"]["spec"]["containers"]
    configuration = next(item for item in BASE if item["kind"] == "ConfigMap")
    environment = {**image_environment(), **configuration["data"]}
    environment |= {entry["name"]: entry.get("value", "x" * 40) for entry in container["env"]}
    check_settings(service.package, environment, monkeypatch)
    assert container["command"] == ["python", "-m", service.package]
    assert {container["readinessProbe"]["httpGet"]["path"], container["livenessProbe"]["httpGet"]["path"]} == {
        "/health/ready",
        "/health/live",
    }


def test_every_service_of_the_demo_is_in_compose_and_on_kubernetes_and_none_is_there_that_is_not() -> None:
    infrastructure = {"postgres", "kafka", "provision", "topics"}
    assert set(compose("compose.yaml")) == NAMES | infrastructure
    assert {item["metadata"]["name"] for item in BASE if item["kind"] == "StatefulSet"} == NAMES


def test_each_role_is_provisioned_where_a_service_logs_in() -> None:
    roles = {f"PARK_ROLE_PASSWORD_{service.package.upper()}" for service in PLATFORM if service.database}
    in_compose = compose("compose.yaml")["provision"]["environment"]
    job = next(item for item in BASE if item["kind"] == "Job" and item["metadata"]["name"] == "provision")
    (container,) = job["spec"]["template"]["spec"]["containers"]
    for names in (set(in_compose), {entry["name"] for entry in container["env"]}):
        assert {name for name in names if name.startswith("PARK_ROLE_PASSWORD_")} == roles


def test_no_secret_has_a_default() -> None:
    text = (DEPLOY / "compose" / "compose.yaml").read_text()
    for secret in ("PARK_AUTH_SECRET", "PARK_POSTGRES_PASSWORD", "PARK_ROLE_PASSWORD"):
        assert f"${{{secret}:?" in text
        assert f"${{{secret}:-" not in text
    example = (DEPLOY / "compose" / "park.env.example").read_text()
    assert re.findall(r"^PARK_\w*(?:SECRET|PASSWORD)=(.+)$", example, re.M) == []


def test_scaled_objects_follow_topics_their_service_reads_and_stay_within_the_partitions() -> None:
    from park_schemas.catalogue import TOPICS

    for item in (item for item in BASE if item["kind"] == "ScaledObject"):
        (trigger,) = item["spec"]["triggers"]
        topic = TOPICS[trigger["metadata"]["topic"]]
        name = item["spec"]["scaleTargetRef"]["name"]
        assert trigger["metadata"]["consumerGroup"] == name
        assert name in topic.consumers
        assert item["spec"]["maxReplicaCount"] <= topic.partitions


def test_the_overlay_of_a_park_patches_only_what_the_base_has() -> None:
    overlay = DEPLOY / "k8s" / "parks" / "example"
    objects = {(item["kind"], item["metadata"]["name"]): item for item in manifests(overlay)}
    kustomization = yaml.safe_load((overlay / "kustomization.yaml").read_text())
    for patch in kustomization["patches"]:
        target = objects[patch["target"]["kind"], patch["target"]["name"]]
        for operation in yaml.safe_load(patch["patch"]):
            *parents, last = operation["path"].strip("/").split("/")
            place: Any = target
            for step in parents:
                place = place[int(step)] if isinstance(place, list) else place[step]
            assert operation["op"] == "add" or last in place or last.isdigit()
    images = {container["image"] for item in objects.values() for container in _containers(item)}
    assert images == {image["name"] for image in kustomization["images"]}


def _containers(item: dict[str, Any]) -> list[dict[str, Any]]:
    pod = item.get("spec", {}).get("template", {}).get("spec", {})
    return [*pod.get("initContainers", []), *pod.get("containers", [])]


def test_the_image_installs_every_package_of_ours() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    for project in [*ROOT.glob("libs/*/pyproject.toml"), *ROOT.glob("services/*/pyproject.toml")]:
        folder = project.parent.relative_to(ROOT).as_posix()
        assert f"./{folder}" in dockerfile, f"{folder} is not in the image"
