"""Which hours are expected, what could not be used, and judging a period again."""
