"""Which way Kafka is fetched, and what is said when there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from devstack.kafka_jars import KafkaUnavailable, cache_folder, java_major

from devstack import kafka, kafka_jars


def brings_kafka(target: Path) -> None:
    (target / kafka_jars._PROOF).touch()


def brings_something_else(target: Path) -> None:
    (target / "readme.txt").touch()


def is_offline(_target: Path) -> None:
    raise OSError("no route to host")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PARK_KAFKA_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("PARK_BROKER", raising=False)
    return tmp_path / "cache"


def test_second_way_is_taken_when_the_first_fails_and_the_cache_then_serves(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_jars, "_FETCHERS", {"mvn": brings_something_else, "jgo": brings_kafka})
    assert kafka_jars.kafka_jars() == cache / "jars"
    monkeypatch.setattr(kafka_jars, "_FETCHERS", {"mvn": is_offline})
    assert kafka_jars.kafka_jars() == cache / "jars"
    assert sorted(path.name for path in cache.iterdir()) == ["fetch.lock", "jars"]


def test_every_reason_is_told_when_no_way_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_jars, "_FETCHERS", {"mvn": is_offline, "jgo": brings_something_else})
    with pytest.raises(KafkaUnavailable, match=r"mvn: no route to host; jgo: brought no kafka_2\.13"):
        kafka_jars.kafka_jars()
    assert not (cache_folder() / "jars").exists()


def test_fallback_can_be_forbidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_jars, "_FETCHERS", {"mvn": is_offline})
    monkeypatch.setenv("PARK_BROKER", "apache-kafka")
    with pytest.raises(KafkaUnavailable, match="no route to host"):
        kafka.prepare(tmp_path / "kafka")


@pytest.mark.parametrize(
    ("printed", "major"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('java version "1.8.0_412"', 8),
        ('openjdk version "25" 2025-09-16', 25),
        ("no version here", None),
    ],
)
def test_major_version_is_read_from_what_java_prints(tmp_path: Path, printed: str, major: int | None) -> None:
    fake = tmp_path / "java"
    fake.write_text(f"#!/bin/sh\ncat >&2 <<'E'\n{printed}\nE\n")
    fake.chmod(0o755)
    assert java_major(fake) == major
    assert java_major(tmp_path / "nowhere") is None
