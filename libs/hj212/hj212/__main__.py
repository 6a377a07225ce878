"""``python -m hj212``: decode, encode, lint, simulate, replay, lookup, conformance."""

from __future__ import annotations

import sys

from .cli.arguments import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
