"""What the stack tells the person at the terminal: Chinese first, English beside it."""

from __future__ import annotations

import sys


def say(chinese: str, english: str) -> None:
    """Print one progress line to stderr, so that stdout stays free for what a program may read."""
    print(f"  {chinese}  /  {english}", file=sys.stderr, flush=True)
