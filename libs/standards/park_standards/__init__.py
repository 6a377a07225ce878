"""Chinese environmental standards as data and pure functions. Start at README.md; import from the modules."""
