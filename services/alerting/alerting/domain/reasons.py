"""Why an alarm has its level, in words, where the finding alone does not say it: former episodes, other alarms beside it."""

from collections.abc import Iterator, Sequence

from alerting.domain.circumstances import Circumstances, beside_of
from alerting.domain.levels_in_words import LEVEL_ZH
from alerting.domain.policy import PolicyEntry
from alerting.domain.titles import RULE_NAMES


def because(raised_by: Sequence[str], entry: PolicyEntry, around: Circumstances | None) -> tuple[str, str]:
    """Return (Chinese, English), each empty or beginning with a semicolon, to be added to what is told of a level."""
    reasons = [*_history(raised_by, entry), *_beside(raised_by, entry, around)]
    return "".join(f"; {zh}" for zh, _ in reasons), "".join(f"; {en}" for _, en in reasons)


def _history(raised_by: Sequence[str], entry: PolicyEntry) -> Iterator[tuple[str, str]]:
    for step in entry.episode_steps if "history" in raised_by else ():
        days = f"{step.within_hours / 24:g}"
        yield (
            f"{days} 天内再次达到{LEVEL_ZH[step.base]}, 升为{LEVEL_ZH[step.level]}",
            f"{step.base.value} again within {days} d makes it {step.level.value}",
        )


def _beside(raised_by: Sequence[str], entry: PolicyEntry, around: Circumstances | None) -> Iterator[tuple[str, str]]:
    for step in entry.circumstance_steps:
        if around is None or step.name not in raised_by or not (others := beside_of(step, around)):
            continue
        hours = f"{step.beside_within_hours:g}"
        names = [(one.number, *RULE_NAMES.get(one.rule, (one.rule, one.rule))) for one in others]
        zh, en = (", ".join(f"{one[0]} {one[language]}" for one in names) for language in (1, 2))
        yield (
            f"同一点位 {hours} 小时内另有告警 {zh}, 升为{LEVEL_ZH[step.level]}",
            f"beside {en} at this point within {hours} h, hence {step.level.value}",
        )
