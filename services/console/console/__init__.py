"""The console service: serves the built web UI and what it must know before anybody has signed in."""
