"""The README says what is there: every setting, and every test it names."""

import re
from pathlib import Path

from park_chassis.settings import ServiceSettings
from sharing_exchange.settings import Settings

HOME = Path(__file__).parents[1]
README = (HOME / "README.md").read_text(encoding="utf-8")


def test_every_setting_of_our_own_is_in_the_table_with_its_words() -> None:
    for name, field in Settings.model_fields.items():
        if name not in ServiceSettings.model_fields:
            assert f"| `PARK_{name.upper()}` |" in README
            assert str(field.description) in README


def test_every_test_the_crash_list_names_exists() -> None:
    written = "".join(path.read_text(encoding="utf-8") for path in (HOME / "tests").glob("test_*.py"))
    named = re.findall(r"`(test_\w+)`", README)
    assert len(named) >= 7
    assert [name for name in named if f"def {name}(" not in written] == []
