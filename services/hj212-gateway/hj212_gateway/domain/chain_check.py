"""A chain in the database: every block has the hashes its content gives, and follows the one before, from the anchor on."""

from typing import NamedTuple

from hj212_gateway.domain.evidence_blocks import ORIGIN, Block, Hashes, chained


class ChainFault(NamedTuple):
    """The first block that is wrong, and why."""

    block: int
    reason: str


class ChainCheck:
    """Give it the blocks of one chain in order. `anchor`: number and hashes of the last dropped block, None for none."""

    def __init__(self, anchor: tuple[int, Hashes] | None) -> None:
        self._head = anchor or (0, Hashes(ORIGIN, ORIGIN))
        self.blocks = self.frames = 0

    def follow(self, block: Block) -> ChainFault | None:
        """Take the next block; return what is wrong with it."""
        number, hashes = self._head
        if block.header.block != number + 1:
            return ChainFault(number + 1, f"is missing: the next one is {block.header.block}")
        if block.previous != hashes:
            return ChainFault(block.header.block, "does not follow the block before it")
        if chained(block.previous, block.header, block.payload) != block.hashes:
            return ChainFault(block.header.block, "content and digests differ")
        self._head = block.header.block, block.hashes
        self.blocks += 1
        self.frames += block.header.frames
        return None
