"""Rules and states of tasks: pure and synchronous."""
