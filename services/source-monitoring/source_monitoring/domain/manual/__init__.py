"""Manual monitoring of outlets (自行监测): plans, what is due when, results, their verdicts, and comparison with the monitors. Pure."""
