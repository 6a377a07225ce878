"""What a rule yields: an `Anomaly` with its window, severity, sentence and evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from park_standards.errors import UnknownStandard
from park_standards.limit import Confidence
from park_standards.rounding import plain
from park_standards.tables import rows_of


class Severity(StrEnum):
    """Severity of an anomaly; not the level of an alarm, which alerting decides."""

    INFO = "info"
    WARN = "warn"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the rule table; logic, threshold and window are the table's words."""

    rule_id: str
    name_zh: str
    name_en: str
    domain: str
    inputs: str
    logic: str
    default_threshold: str
    window: str
    severity: Severity
    basis: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Anomaly:
    """An anomaly of one point (and factor, both known to the caller) in [start, end]; equal for an event.

    `evidence` holds the numbers that were compared and the thresholds used, as decimal text.
    """

    rule_id: str
    start: datetime
    end: datetime
    severity: Severity
    sentence_en: str
    sentence_zh: str
    evidence: Mapping[str, str]


@lru_cache(maxsize=1)
def rules() -> Mapping[str, Rule]:
    """Return the 46 rules by id."""
    return MappingProxyType(
        {
            row["rule_id"]: Rule(
                row["rule_id"], row["name_cn"], row["name_en"], row["domain"], row["inputs"], row["logic"],
                row["default_threshold"], row["window"], Severity(row["severity"]), row["basis"],
                Confidence(row["confidence"]),
            )
            for _, row in rows_of("anomaly_rules.csv")
        }
    )  # fmt: skip


def rule(rule_id: str) -> Rule:
    """Return one rule. Raises UnknownStandard for an id the table does not hold."""
    try:
        return rules()[rule_id]
    except KeyError:
        raise UnknownStandard(f"no anomaly rule has the id {rule_id!r}") from None


def found(
    rule_id: str,
    start: datetime,
    end: datetime,
    english: str,
    chinese: str,
    *,
    severity: Severity | None = None,
    **evidence: Decimal | int | str,
) -> Anomaly:
    """Build an anomaly with the rule's severity unless another is given."""
    shown = {name: plain(value) if isinstance(value, Decimal) else str(value) for name, value in evidence.items()}
    return Anomaly(rule_id, start, end, severity or rule(rule_id).severity, english, chinese, MappingProxyType(shown))
