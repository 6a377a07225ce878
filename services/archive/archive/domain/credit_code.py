"""Unified social credit code (统一社会信用代码): 18 characters, the last a check character.

Source: GB 32100-2015 clause 4 and appendix A (modulus 31, weights 3^(i-1) mod 31; letters I, O, S, V, Z are not used).
"""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, position, 31) for position in range(17))


def check_character(first_17: str) -> str:
    """Return the check character of the first 17 characters. Raises KeyError for a character outside the alphabet."""
    total = sum(_VALUE[character] * weight for character, weight in zip(first_17, _WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def flaw_of_credit_code(code: str) -> tuple[str, str] | None:
    """Return what is wrong with a code, in Chinese and English, or None when it is well formed."""
    if len(code) != 18:
        return f"应为18位，现为{len(code)}位", f"must have 18 characters, has {len(code)}"
    strangers = sorted({character for character in code if character not in _VALUE})
    if strangers:
        shown = " ".join(strangers)
        return f"含有不允许的字符 {shown}", f"contains characters that are not allowed: {shown}"
    expected = check_character(code[:17])
    if code[17] != expected:
        return (
            f"校验位应为 {expected}，现为 {code[17]}（GB 32100-2015）",
            f"the check character must be {expected}, is {code[17]} (GB 32100-2015)",
        )
    return None
