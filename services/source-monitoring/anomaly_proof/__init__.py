"""How good the anomaly rules are: a simulated park with known faults, frauds and gaps, and what the rules say of it.

Not part of the service: it is run from the work tree (`python -m anomaly_proof`). The plants (plant.py) know processes, analysers
and operators, not rules; what is done to them (scenarios_*.py) is said in terms of the plant, not of a rule's formula.
"""
