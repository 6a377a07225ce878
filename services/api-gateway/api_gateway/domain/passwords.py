"""What a password must be, and how long it lasts.

Source: GB/T 22239-2019 8.1.4.1 asks for complexity and regular change; it gives no figures.
ASSUMPTION: 10 characters of three classes and 90 days are the usual reading in park operations; both are settings.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

_CLASSES_WANTED = 3
MAXIMUM_LENGTH = 128
"""Longer input is refused unread: argon2 over megabytes would be a way to stop us."""


@dataclass(frozen=True)
class PasswordPolicy:
    minimum_length: int = 10
    maximum_age: timedelta = timedelta(days=90)


@dataclass(frozen=True)
class PasswordProblem:
    """One broken rule, said in both languages."""

    code: str
    zh: str
    en: str


def problems_of(password: str, username: str, policy: PasswordPolicy) -> list[PasswordProblem]:
    """Return every rule the password breaks, empty when it is good."""
    problems = []
    if len(password) < policy.minimum_length:
        problems.append(
            PasswordProblem(
                "too-short",
                f"密码至少 {policy.minimum_length} 个字符",
                f"at least {policy.minimum_length} characters",
            )
        )
    if len(password) > MAXIMUM_LENGTH:
        problems.append(
            PasswordProblem("too-long", f"密码最多 {MAXIMUM_LENGTH} 个字符", f"at most {MAXIMUM_LENGTH} characters")
        )
    if _character_classes(password) < _CLASSES_WANTED:
        problems.append(
            PasswordProblem(
                "too-simple",
                "须含大写、小写、数字、符号中的三类",
                "three of: upper case, lower case, digit, symbol",
            )
        )
    if username and username.lower() in password.lower():
        problems.append(PasswordProblem("contains-username", "密码不得包含用户名", "must not contain the user name"))
    return problems


def is_expired(changed_at: datetime, now: datetime, policy: PasswordPolicy) -> bool:
    """True once the password is older than the policy allows; both instants are aware."""
    return now - changed_at > policy.maximum_age


def _character_classes(password: str) -> int:
    tests = (str.isupper, str.islower, str.isdigit, lambda letter: not letter.isalnum())
    return sum(any(test(letter) for letter in password) for test in tests)
