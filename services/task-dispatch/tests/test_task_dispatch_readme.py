"""The README is held against the code: settings table, tests of the crash list."""

import re
from pathlib import Path

from park_chassis.settings import ServiceSettings
from task_dispatch.settings import Settings

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
SERVICES = Path(__file__).parents[2]


def settings_table() -> str:
    """Return the table of this service's own settings."""
    own = {name: field for name, field in Settings.model_fields.items() if name not in ServiceSettings.model_fields}
    rows = [
        f"| `PARK_{name.upper()}` | {'required' if field.is_required() else f'`{field.default}`'} | {field.description} |"
        for name, field in own.items()
    ]
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows])


def test_the_table_of_settings_is_the_settings() -> None:
    assert settings_table() in README


def test_every_test_the_crash_list_names_exists() -> None:
    named = re.findall(r"`(test_\w+)`", README)
    code = "".join(path.read_text("utf-8") for path in SERVICES.glob("*/tests/test_*.py"))
    assert named
    assert [name for name in named if f"def {name}(" not in code] == []
