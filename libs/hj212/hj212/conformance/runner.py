"""Runs the cases against a host, each on a connection of its own, and prints the table.

Requests of the host are answered as a device would on every connection (9011, data, 9012), and reported at the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from ..cli.link import Link, monotonic, wall_time
from ..cli.logger import finish_with_sample
from ..codes import COMMANDS
from ..decoder import Rejected
from ..deviations import Deviation
from ..editions import ANSWER_COMMANDS, RULES, Edition
from ..packet import Packet
from ..session import Execute, QnSequence, Send, referred_qn
from ..session_device import DeviceSession, Identity
from .cases import Case, Delivery, Part, all_cases
from .clauses import clause_of

# An answer echoes the credentials of the device, odd ones too.
_OWN: Final = frozenset(
    {Deviation.MN_FORMAT, Deviation.MN_EMPTY, Deviation.PW_FORMAT, Deviation.PW_EMPTY, Deviation.PW_MISSING}
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the host listens, who the devices are, how long to wait for an answer, and for silence (seconds)."""

    host: tuple[str, int]
    identities: dict[Edition, Identity]
    wait_s: float = 3.0
    silence_s: float = 0.5


class Result(NamedTuple):
    """One row: verdict is PASS, FAIL or SKIP."""

    name: str
    clause: str
    edition: Edition
    verdict: str
    detail: str
    milliseconds: float


class _Talk:
    """One connection during one case."""

    def __init__(self, link: Link, identity: Identity, asked: dict[tuple[str, Edition], int]) -> None:
        self._link = link
        self._session = DeviceSession(identity)
        self._asked = asked
        self.edition = identity.edition

    async def try_part(self, part: Part, settings: Settings) -> str | None:
        """Send one part; returns what is wrong with the host's behaviour, None if it is right."""
        if part.delivery is Delivery.DRIP:
            await self._link.drip(part.data)
        else:
            await self._link.send(part.data)
        end = monotonic() + (settings.wait_s if part.answer else settings.silence_s)
        while (event := await self._link.event(end - monotonic())) is not None:
            if isinstance(event, Rejected):
                return f"host sent bytes that are no frame ({event.reason.value}): {event.raw[:40]!r}"
            if event.cn in ANSWER_COMMANDS:
                return self._judge(event, part)
            await self._serve(event)
        if self._link.closed_by_peer:
            return "host closed the connection"
        return f"no {part.answer} within {settings.wait_s:g} s" if part.answer else None

    def _judge(self, answer: Packet, part: Part) -> str | None:
        if part.answer is None:
            return f"answered {answer.cn} where silence is due"
        if answer.cn != part.answer:
            return f"answered {answer.cn} instead of {part.answer}"
        if referred_qn(answer) != part.qn:
            return f"answer refers to QN {referred_qn(answer)}, not {part.qn}"
        if answer.st != "91":
            return f"answer has ST={answer.st}, not 91"
        bits = RULES[self.edition].version_bits
        if answer.flag is not None and answer.flag != (bits or 0) << 2:
            return f"answer has Flag={answer.flag}, edition {self.edition.value} calls for {(bits or 0) << 2}"
        odd = sorted(answer.deviations - _OWN)
        return f"answer departs from the standard: {', '.join(odd)}" if odd else None

    async def _serve(self, request: Packet) -> None:
        self._asked[request.cn, self.edition] = self._asked.get((request.cn, self.edition), 0) + 1
        for action in self._session.receive(request, monotonic()):
            if isinstance(action, Send):
                await self._link.send(action.frame)
            elif isinstance(action, Execute):
                for answer in finish_with_sample(self._session, action.request):
                    if isinstance(answer, Send):
                        await self._link.send(answer.frame)


async def run_all(settings: Settings, only: str = "") -> list[Result]:
    """Run every case whose name contains `only`; a host that cannot be reached raises OSError."""
    cases = [case for case in all_cases(settings.identities, QnSequence(), wall_time()) if only in case.name]
    asked: dict[tuple[str, Edition], int] = {}
    results = [await _run(settings, case, asked) for case in cases]
    return results + (list(_requests(asked)) if not only else [])


async def _run(settings: Settings, case: Case, asked: dict[tuple[str, Edition], int]) -> Result:
    start = monotonic()
    wrong: str | None = None
    async with Link(*settings.host) as link:
        talk = _Talk(link, settings.identities[case.edition], asked)
        try:
            for number, part in enumerate(case.parts, 1):
                wrong = await talk.try_part(part, settings)
                if wrong is not None:
                    wrong = f"message {number} of {len(case.parts)}: {wrong}" if len(case.parts) > 1 else wrong
                    break
        except OSError as error:
            wrong = f"connection lost: {error}"
    spent = (monotonic() - start) * 1000
    return Result(case.name, case.clause, case.edition, "FAIL" if wrong else "PASS", wrong or "", spent)


def _requests(asked: dict[tuple[str, Edition], int]) -> Iterable[Result]:
    """Report the requests the host made by itself; a kit cannot make a host ask, so the others are skipped."""
    for edition in (Edition.HJT_2005, Edition.HJ_2017, Edition.HJ_2025):
        for form in COMMANDS:
            if form.direction == "platform->device" and edition.value in form.editions:
                count = asked.get((form.cn, edition), 0)
                detail = f"served {count} times" if count else "the host sent none"
                name = f"{form.cn} {form.name_en}"
                verdict = "PASS" if count else "SKIP"
                yield Result(name, clause_of(form.cn, form.kind, edition), edition, verdict, detail, 0.0)


def table(results: list[Result]) -> str:
    """Return the results as text: verdict, edition, clause, name, and what is wrong."""
    lines = [f"{'':4}  {'edition':8} {'clause':22} {'':>6}  case"]
    for result in results:
        spent = f"{result.milliseconds:5.0f}ms" if result.milliseconds else ""
        detail = f": {result.detail}" if result.detail else ""
        lines.append(
            f"{result.verdict:4}  {result.edition.value:8} {result.clause:22} {spent:>7} {result.name}{detail}"
        )
    counts = {verdict: sum(result.verdict == verdict for result in results) for verdict in ("PASS", "FAIL", "SKIP")}
    lines.append(f"passed {counts['PASS']}, failed {counts['FAIL']}, skipped {counts['SKIP']}")
    return "\n".join(lines) + "\n"
