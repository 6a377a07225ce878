"""Running a program as an unprivileged user when we are root, without making users or opening up folders.

Postgres refuses to run as root. We start it as `nobody`, an account every Linux has. That account must reach the
program and the data folder, and either may lie below a 0700 home: then a place under /var/tmp is used instead.
The permissions of folders that are not ours are never changed.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

_REACHABLE_ROOT = Path("/var/tmp")  # noqa: S108 - survives a reboot, unlike /tmp; our folder's owner is checked


class PlaceNotOurs(Exception):
    """A folder we need exists but belongs to somebody else."""


_READ, _ENTER = 0o4, 0o1  # permission bits of one class (owner, group or others)


@dataclass(frozen=True, slots=True)
class Account:
    """The user a program runs as; None ids mean "as we are"."""

    uid: int | None
    gid: int | None

    def owns(self, path: Path) -> None:
        """Give `path` (not its parents) to this account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


def account_for_servers() -> Account:
    """Return `nobody` when we are root, else ourselves."""
    if os.geteuid() != 0:
        return Account(None, None)
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


def can_reach(path: Path, account: Account) -> bool:
    """Say whether the account may enter `path` and every folder above it, as far as they exist."""
    path = path.resolve()
    return all(_permits(part, account, _ENTER) for part in (*path.parents, path) if part.exists())


def _permits(path: Path, account: Account, wanted: int) -> bool:
    if account.uid is None:
        return True
    status = path.stat()
    shift = 6 if status.st_uid == account.uid else 3 if status.st_gid == account.gid else 0
    return (status.st_mode >> shift) & wanted == wanted


def reachable_place(wanted: Path, account: Account) -> Path:
    """Return `wanted`, or a folder of ours under /var/tmp standing for it when the account cannot reach it.

    The same wish always gets the same place, so data survive a restart. Raises PlaceNotOurs.
    """
    if can_reach(wanted, account):
        return wanted
    name = hashlib.sha256(str(wanted.resolve()).encode()).hexdigest()[:16]
    return _own_folder(_REACHABLE_ROOT / f"park-platform-{os.geteuid()}") / name


def reachable_copy(tree: Path, name: str, account: Account) -> Path:
    """Return `tree`, or a world-readable copy of it when the account cannot reach it.

    The copy is made once for each `name` (a relative path, with the version in it). Raises PlaceNotOurs.
    """
    if _readable_throughout(tree, account):
        return tree
    target = _own_folder(_REACHABLE_ROOT / f"park-platform-{os.geteuid()}") / name
    if target.exists():
        return target
    make_enterable_folders(target.parent)
    half_done = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.copytree(tree, half_done, symlinks=True)
    _open_to_all(half_done)
    try:
        half_done.rename(target)
    except OSError:  # another process of ours was quicker
        shutil.rmtree(half_done)
    return target


def _readable_throughout(tree: Path, account: Account) -> bool:
    if not can_reach(tree, account):
        return False
    for folder, _, files in os.walk(tree):
        if not _permits(Path(folder), account, _READ | _ENTER):
            return False
        paths = (Path(folder, file) for file in files)
        if not all(path.is_symlink() or _permits(path, account, _READ) for path in paths):
            return False
    return True


def _open_to_all(tree: Path) -> None:
    for folder, _, files in os.walk(tree):
        Path(folder).chmod(0o755)
        for file in files:
            copied = Path(folder, file)
            if not copied.is_symlink():
                copied.chmod(0o755 if copied.stat().st_mode & 0o100 else 0o644)


def make_enterable_folders(path: Path) -> None:
    """Make `path` and its missing parents, open for every user to enter; existing ones stay as they are."""
    if not path.exists():
        make_enterable_folders(path.parent)
        path.mkdir(exist_ok=True)
        path.chmod(0o755)  # whatever the umask


def _own_folder(path: Path) -> Path:
    path.mkdir(mode=0o755, exist_ok=True)
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise PlaceNotOurs(f"{path} 不属于当前用户，拒绝使用 / {path} does not belong to us, refusing to use it")
    path.chmod(0o755)
    return path
