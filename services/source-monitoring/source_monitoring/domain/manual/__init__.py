"""Manual monitoring of outlets (自行监测): plans, what is due, results, verdicts, comparison with the monitors. Pure."""
