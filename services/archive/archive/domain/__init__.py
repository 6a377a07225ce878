"""Rules of the master data: pure and synchronous."""
