"""Rules of the door: pure and synchronous; the time is always a parameter."""
