"""Warnings at set shares of an amount that belongs to a period (a year, the time of a card): what is told of them. Pure.

A share is told once. It stands until the amount falls below it, or until the period is over: then there is nothing left to
act on, and the alarm ends. What is reached only after the end (late data, a correction) is told too, and ended at once, so
that it is on record.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Ended(StrEnum):
    """Why a warning stands no more."""

    BELOW = "below"
    PERIOD_OVER = "period-over"
    TAKEN_AWAY = "taken-away"
    """The quantity itself was taken back."""


@dataclass(frozen=True, slots=True)
class Following:
    """What follows: shares to tell, shares to forget, and the end of them all with the lowest share that had stood."""

    tell: tuple[Decimal, ...]
    forget: tuple[Decimal, ...]
    standing: frozenset[Decimal]
    """The shares that stand told from now on."""
    ended: Ended | None
    ended_share: Decimal | None


def following(told: Mapping[Decimal, bool], reached: Collection[Decimal], *, over: bool) -> Following:
    """Return what follows from the shares reached now. `told`: those told before, and whether each still stands."""
    new = {share for share in reached if share not in told or (not told[share] and not over)}
    forget = tuple(sorted(share for share in told if share not in reached))
    stood = {share for share, stands in told.items() if stands} | new
    standing = frozenset() if over else frozenset(share for share in stood if share in reached)
    ended = None if standing or not stood else Ended.PERIOD_OVER if over and reached else Ended.BELOW
    return Following(tuple(sorted(new)), forget, standing, ended, min(stood) if ended else None)


ENDED_WORDS: Mapping[Ended, tuple[str, str]] = {
    Ended.BELOW: ("已回到提醒线以下,提醒结束", "it is below the warning again: the warning ends"),
    Ended.PERIOD_OVER: ("本期已结束,提醒结束", "its period is over: the warning ends"),
    Ended.TAKEN_AWAY: ("该许可量已撤销,提醒结束", "the quantity was taken away: the warning ends"),
}
