"""A disk of the spool that can be full: a small tmpfs where we may mount one, else a limit of file size on the process."""

import os
import resource
import subprocess
from pathlib import Path

TMPFS_BYTES = 3 * 1024 * 1024
_BALLAST = "ballast"


class SmallDisk:
    """`kind` is "tmpfs" (real ENOSPC, needs root) or "rlimit" (EFBIG from the kernel, for everybody)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={TMPFS_BYTES}", "park-chaos", str(folder)]
        is_mounted = os.geteuid() == 0 and subprocess.run(mount, capture_output=True, check=False).returncode == 0
        self.kind = "tmpfs" if is_mounted else "rlimit"

    def fill(self, pid: int) -> None:
        """From now on the process can write nothing there."""
        if self.kind == "rlimit":
            self._limit(pid, 0)
            return
        with (self.folder / _BALLAST).open("wb", buffering=0) as ballast:
            try:
                while ballast.write(bytes(4096)):
                    pass
            except OSError:
                pass  # full

    def free(self, pid: int) -> None:
        """There is room again."""
        if self.kind == "rlimit":
            self._limit(pid, resource.RLIM_INFINITY)
        else:
            (self.folder / _BALLAST).unlink(missing_ok=True)

    @staticmethod
    def _limit(pid: int, most: int) -> None:
        try:
            _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard if most == resource.RLIM_INFINITY else most, hard))
        except ProcessLookupError:
            pass  # it was killed meanwhile; the next one has no limit

    def used(self) -> int:
        """Return the bytes of all spool segments."""
        return sum(_size(path) for path in self.folder.rglob("*.spool"))

    def close(self) -> None:
        if self.kind == "tmpfs":
            subprocess.run(["umount", "-l", str(self.folder)], capture_output=True, check=False)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
