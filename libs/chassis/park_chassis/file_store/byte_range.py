"""Range requests for one range of bytes (RFC 9110 14.1.2, 14.2). Several ranges, other units and nonsense are ignored."""

import re

_ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class Unsatisfiable(Exception):
    """The range begins after the end of the file."""


def byte_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Return (start, length) of what is asked for, None for the whole file. Raises Unsatisfiable."""
    found = _ONE_RANGE.fullmatch(header.strip()) if header else None
    if found is None or found.group(0) == "bytes=-":
        return None
    first, last = found.groups()
    if first == "":
        length = min(int(last), size)
        if length == 0:
            raise Unsatisfiable
        return size - length, length
    start = int(first)
    end = min(int(last), size - 1) if last else size - 1
    if last and int(last) < start:
        return None
    if start >= size:
        raise Unsatisfiable
    return start, end - start + 1
