"""What crosses a boundary: events, topics, envelope, identifiers and shared code lists.

Everything here is data; nothing here does I/O. `python -m park_schemas contracts` writes the public
contracts (JSON Schemas, AsyncAPI) from these classes.
"""
