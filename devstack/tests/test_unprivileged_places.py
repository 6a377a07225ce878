"""Places a server's account can reach: found without ever changing the permissions of folders that are not ours."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from devstack.unprivileged import Account, PlaceNotOurs, can_reach, reachable_copy, reachable_place

from devstack import unprivileged

OTHER = Account(65_533, 65_533)  # owns nothing here
OURSELVES = Account(None, None)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="park-places-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture
def elsewhere(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = open_folder / "elsewhere"
    root.mkdir()
    monkeypatch.setattr(unprivileged, "_REACHABLE_ROOT", root)
    return root


@pytest.fixture
def private_home(open_folder: Path) -> Path:
    home = open_folder / "home"
    home.mkdir()
    home.chmod(0o700)
    return home


def test_open_place_is_used_as_it_is(open_folder: Path) -> None:
    assert reachable_place(open_folder / "data", OTHER) == open_folder / "data"


def test_place_below_a_private_home_moves_and_stays_the_same(private_home: Path, elsewhere: Path) -> None:
    wanted = private_home / "repo" / ".local"
    moved = reachable_place(wanted, OTHER)
    assert moved.is_relative_to(elsewhere)
    assert moved == reachable_place(wanted, OTHER)
    assert moved != reachable_place(private_home / "other", OTHER)
    assert stat.S_IMODE(private_home.stat().st_mode) == 0o700
    assert reachable_place(wanted, OURSELVES) == wanted


def test_programs_below_a_private_home_are_copied_once_and_stay_programs(private_home: Path, elsewhere: Path) -> None:
    tree = private_home / "install"
    (tree / "bin").mkdir(parents=True)
    program = tree / "bin" / "postgres"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    (tree / "bin" / "alias").symlink_to("postgres")

    copy = reachable_copy(tree, "postgres-1/install", OTHER)

    assert copy.is_relative_to(elsewhere)
    assert can_reach(copy / "bin", OTHER)
    assert stat.S_IMODE((copy / "bin" / "postgres").stat().st_mode) == 0o755
    assert (copy / "bin" / "alias").is_symlink()
    program.write_text("changed")
    assert (reachable_copy(tree, "postgres-1/install", OTHER) / "bin" / "postgres").read_text() == "#!/bin/sh\n"


def test_file_the_account_may_not_read_makes_a_copy_needed(open_folder: Path, elsewhere: Path) -> None:
    tree = open_folder / "install"
    tree.mkdir()
    (tree / "library.so").touch(mode=0o600)
    assert reachable_copy(tree, "libraries-1", OTHER).is_relative_to(elsewhere)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder that belongs to somebody else")
def test_folder_somebody_else_made_in_our_name_is_refused(private_home: Path, elsewhere: Path) -> None:
    trap = elsewhere / f"park-platform-{os.geteuid()}"
    trap.mkdir()
    os.chown(trap, 65_533, 65_533)
    with pytest.raises(PlaceNotOurs, match="does not belong to us"):
        reachable_place(private_home / "data", OTHER)
