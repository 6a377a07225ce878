"""Rules and states of alarms: pure and synchronous."""
