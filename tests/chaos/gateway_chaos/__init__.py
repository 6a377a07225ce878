"""Chaos for the gateway: seeded schedules of faults, data loggers that keep books, and the verdict on what was promised."""
