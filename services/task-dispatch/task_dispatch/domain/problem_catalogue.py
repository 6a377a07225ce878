"""The list of problems an inspection can find: classes and items with their codes (1a ... 7c).

Source: T/GXAS 710-2024, table G.1 (form for problems of enterprises and their rectification).
"""

from functools import cache
from importlib import resources
from typing import Any

import msgspec
from msgspec import Struct

from task_dispatch.domain.forms import FormError


class ProblemItem(Struct, frozen=True, forbid_unknown_fields=True):
    """One item; `code` is class number and letter."""

    code: str
    name_zh: str
    name_en: str


class ProblemClass(Struct, frozen=True, forbid_unknown_fields=True):
    """One class with its items, in the order of the form."""

    number: str
    name_zh: str
    name_en: str
    items: list[ProblemItem]


class ProblemCatalogue(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole form."""

    source: str
    note: str
    classes: list[ProblemClass]


@cache
def problem_catalogue() -> ProblemCatalogue:
    """Return the list shipped with the service."""
    text = (resources.files("task_dispatch") / "policies" / "problem_catalogue.json").read_bytes()
    return msgspec.json.decode(text, type=ProblemCatalogue)


def unknown_problem_items(answers: dict[str, Any], *, where: str) -> list[FormError]:
    """Return a fault for each row of `problem_list` whose item is not in the list; call it after form_errors found none."""
    known = {item.code for one in problem_catalogue().classes for item in one.items}
    return [
        FormError(
            f"{where}.problem_list.{number}.item",
            f"{row['item']!r} is not an item of the problem list (1a ... 7c)",
            f"{row['item']} 不是问题清单(表 G.1)中的编号",
        )
        for number, row in enumerate(answers.get("problem_list") or [])
        if row["item"] not in known
    ]
