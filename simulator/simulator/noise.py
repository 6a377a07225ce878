"""Smooth random curves that are functions of time: the same place and instant always give the same number.

That is what lets a logger send an hour again, answer a history request, or be restarted, and never contradict itself.
"""

from math import cos, pi

_MASK = 0xFFFF_FFFF_FFFF_FFFF


def mixed(seed: int, index: int) -> int:
    """Return 64 well-mixed bits (splitmix64)."""
    value = (seed + (index & _MASK) * 0x9E3779B97F4A7C15) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


def uniform(seed: int, index: int) -> float:
    """Return a number in [0, 1)."""
    return mixed(seed, index) / 18446744073709551616.0


def smooth(seed: int, at_s: float, scale_s: float) -> float:
    """Return a curve in [-1, 1] that changes over about `scale_s` seconds; `at_s` is seconds since the epoch."""
    place = at_s / scale_s
    index = int(place // 1)
    blend = (1 - cos((place - index) * pi)) / 2
    before = uniform(seed, index) * 2 - 1
    after = uniform(seed, index + 1) * 2 - 1
    return before + (after - before) * blend


def seed_of(text: str) -> int:
    """Return a seed for a name (FNV-1a), the same on every machine."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = ((value ^ byte) * 0x100000001B3) & _MASK
    return value
