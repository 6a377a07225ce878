"""Rules of the exchange: pure and synchronous; the time is always a parameter."""
