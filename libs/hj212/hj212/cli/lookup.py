"""``lookup``: what a code means."""

from __future__ import annotations

import argparse
import sys

from ..code_types import CommandForm, Factor, InfoCode, Mark, SystemType
from ..codes import Row, current_code, lookup


def lines_of(row: Row) -> list[str]:
    """Return the lines that explain one row."""
    title = f"{row[0]}  {row.name_zh}  {row.name_en}"
    facts: list[str] = []
    if isinstance(row, Factor):
        title = f"factor {title}"
        facts += [f"medium {row.medium}", f"edition {row.edition}"]
        facts += [f"unit {row.unit}"] if row.unit else []
        facts += [f"-Cou in {row.unit_total}"] if row.unit_total else []
        facts += [f"format {row.format}"] if row.format else []
        facts += [f"2005 code {row.legacy_code}"] if row.edition == "2017" and row.legacy_code else []
        newer = current_code(row.code, row.medium) if row.edition != "2017" else None
        facts += [f"2017 code {newer}"] if newer else []
    elif isinstance(row, CommandForm):
        title = f"command {title}"
        facts += [row.direction, row.kind, f"editions {' '.join(row.editions)}", f"answered by {row.answers}"]
        facts += [f"CP {'; '.join(row.cp_fields)}"] if row.cp_fields else []
    elif isinstance(row, InfoCode):
        title = f"information code {title}"
        facts += [row.device_class, row.info_class, f"edition {row.edition}"]
        facts += [f"unit {row.unit}"] if row.unit else []
        facts += ["  ".join(f"{value}={meaning}" for value, meaning in row.values)] if row.values else []
    elif isinstance(row, Mark):
        title = f"mark {title}"
        facts.append(f"edition {row.edition}")
    elif isinstance(row, SystemType):
        title = f"ST {title}"
        facts.append(f"since {row.since}")
    notes: str = getattr(row, "notes", "")
    return [title, *(f"    {fact}" for fact in facts), *([f"    note: {notes}"] if notes else [])]


def run(options: argparse.Namespace) -> int:
    """Print every row that fits; 1 if none does."""
    rows = lookup(options.text)
    for row in rows:
        sys.stdout.write("\n".join(lines_of(row)) + "\n")
    if not rows:
        sys.stderr.write(f"{options.text!r} is in no table\n")
    return 0 if rows else 1
