"""The command table as people and consoles read it."""

from typing import Any

from hj212 import codes

from hj212_gateway.domain.command_parameters import Parameter
from hj212_gateway.domain.command_table import RULES, Rule, is_repeatable

_PLAIN = (
    "name",
    "title_zh",
    "title_en",
    "required",
    "repeats",
    "minimum",
    "maximum",
    "pattern",
    "unit",
    "hint_zh",
    "hint_en",
)


def catalogue(edition: str | None, approval: frozenset[str]) -> list[dict[str, Any]]:
    """Return every command towards a device, of one edition or of all, with its parameters."""
    return [_shown(rule, approval) for rule in RULES if edition is None or edition in rule.editions]


def names_of(command: str) -> dict[str, str]:
    """Return the names of a command towards a device; empty when no edition has it."""
    for row in codes.command_forms(command):
        if row.direction == "platform->device":
            return {"name_zh": row.name_zh, "name_en": row.name_en}
    return {"name_zh": "", "name_en": ""}


def _shown(rule: Rule, approval: frozenset[str]) -> dict[str, Any]:
    row = rule.row
    return {
        "command": rule.command,
        "form": rule.name,
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "kind": row.kind,
        "editions": list(rule.editions),
        "needs_approval": rule.command in approval,
        "repeatable": is_repeatable(rule.command),
        "parameters": [_parameter(parameter) for parameter in rule.parameters],
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return (
        {name: getattr(parameter, name) for name in _PLAIN}
        | {"type": parameter.type.value}
        | {"choices": [choice._asdict() for choice in parameter.choices]}
    )
