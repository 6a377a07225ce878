"""From a form to a checked record, and what a refusal looks like."""

from typing import Any

from park_chassis.errors import Refused
from park_chassis.sheets.problems import Problem

from archive.domain.import_plan import record_of
from archive.domain.records import Kind, Record
from archive.domain.row_rules import Surroundings


def checked_record(kind: Kind, texts: dict[str, str], around: Surroundings) -> Record:
    """Return the record of a form. Raises Refused (422) with every problem of every field."""
    record, problems = record_of(kind, texts, around)
    if record is None:
        raise invalid_form(problems)
    return record


def invalid_form(problems: list[Problem], prefix: str = "") -> Refused:
    """Return the refusal that lists all problems, each with field, value and reason in both languages."""
    errors: list[dict[str, Any]] = [
        {
            "where": prefix + problem.column,
            "value": problem.value,
            "what": problem.what_en,
            "what_zh": problem.what_zh,
            "what_en": problem.what_en,
        }
        for problem in problems
    ]
    return Refused("invalid-form", "表单有误", "the form has errors", status=422, errors=errors)
