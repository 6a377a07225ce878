"""Review of days in four states, and corrections."""
