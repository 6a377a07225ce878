"""Pure and synchronous: no I/O, no clock but a parameter."""
