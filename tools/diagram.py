"""Draws the architecture in the READMEs from contracts/asyncapi.yaml: who says what on which topic, and who listens.

python tools/diagram.py            writes the block between the markers of README.md and README.zh-CN.md
python tools/diagram.py --check    exit 1 when a README differs from the contract
"""

import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")
BEGIN, END = "<!-- architecture: drawn by tools/diagram.py -->", "<!-- /architecture -->"


def topics() -> dict[str, dict[str, Any]]:
    """Return {topic: its channel} of the AsyncAPI document."""
    document = yaml.safe_load((ROOT / "contracts" / "asyncapi.yaml").read_text())
    return {channel["address"]: channel for channel in document["channels"].values()}


def services_of(channel: dict[str, Any], role: str) -> list[str]:
    """Return the producers or consumers that a channel names."""
    return sorted(channel.get(f"x-{role}", []))


def block() -> str:
    """Return the Mermaid block."""
    lines = [BEGIN, "```mermaid", "flowchart LR"]
    names = sorted({name for channel in topics().values() for role in _ROLES for name in services_of(channel, role)})
    lines += [f"  {_node(name)}[{name}]" for name in names]
    lines += ["  loggers((data loggers)) -- HJ 212 over TCP --> hj212_gateway"]
    lines += [
        "  people((people)) -- console, API --> api_gateway",
        "  platforms((platforms above)) -- pull --> sharing_exchange",
    ]
    for topic, channel in sorted(topics().items()):
        for producer in services_of(channel, "producers"):
            for consumer in services_of(channel, "consumers"):
                lines.append(f"  {_node(producer)} -- {topic} --> {_node(consumer)}")
    return "\n".join([*lines, "```", END])


_ROLES = ("producers", "consumers")


def _node(name: str) -> str:
    return name.replace("-", "_")


def drawn(text: str) -> str:
    """Return a README with the block drawn anew. Raises ValueError when the markers are missing."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"markers {BEGIN} ... {END} are missing")
    return before + block() + after


def main() -> None:
    different = [readme for readme in READMES if drawn(readme.read_text()) != readme.read_text()]
    if "--check" in sys.argv:
        if different:
            sys.exit(f"run tools/diagram.py: {', '.join(readme.name for readme in different)} differ from the contract")
        return
    for readme in different:
        readme.write_text(drawn(readme.read_text()))


if __name__ == "__main__":
    main()
