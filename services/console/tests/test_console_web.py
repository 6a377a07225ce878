"""What the web folder checks of itself: its types and its rules (vitest), run with the same Node.js as the build."""

import importlib.util
import json
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

HERE = Path(__file__).resolve().parent
WEB = HERE.parent / "web"


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("console_build", HERE.parent / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run_node(builder: ModuleType, *arguments: str) -> subprocess.CompletedProcess[str]:
    node, _ = builder.node_and_npm()
    return subprocess.run(
        [node, *arguments],
        cwd=WEB,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
        env={"CI": "1", "PATH": "/usr/bin:/bin"},
    )


def test_rules_of_the_pages_hold(built_pages: Path, builder: ModuleType) -> None:
    done = run_node(builder, "node_modules/vitest/vitest.mjs", "run")
    assert done.returncode == 0, done.stdout + done.stderr


def test_pages_are_well_typed(built_pages: Path, builder: ModuleType) -> None:
    done = run_node(builder, "node_modules/vue-tsc/bin/vue-tsc.js", "--noEmit")
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_is_built_twice(built_pages: Path, builder: ModuleType) -> None:
    assert builder.build() is False


def test_a_changed_source_is_noticed(builder: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "WEB", tmp_path)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.ts").write_text("a", encoding="utf-8")
    before = builder.hash_of(builder.source_files())
    (tmp_path / "src" / "main.ts").write_text("b", encoding="utf-8")
    assert builder.hash_of(builder.source_files()) != before


def test_the_lock_file_names_no_download_address() -> None:
    lock = json.loads((WEB / "package-lock.json").read_text(encoding="utf-8"))
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    assert [name for name, package in lock["packages"].items() if name and "integrity" not in package] == []


def test_every_direct_dependency_is_pinned_to_one_version() -> None:
    package = json.loads((WEB / "package.json").read_text(encoding="utf-8"))
    versions = {**package["dependencies"], **package["devDependencies"]}
    assert [name for name, version in versions.items() if not version[0].isdigit()] == []
