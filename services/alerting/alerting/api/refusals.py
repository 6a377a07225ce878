"""Refusals of a field: 422 with where and what, in Chinese and English."""

from park_chassis.errors import Refused


def refused(code: str, zh: str, en: str, where: str) -> Refused:
    """Return the answer to one wrong field."""
    return Refused(code, zh, en, status=422, errors=[{"where": where, "what": en, "what_zh": zh}])
