"""The 46 anomaly rules (异常识别规则) AN01 to AN46 as pure functions over a window.

Almost no threshold is fixed by law: each is an argument with the default of `anomaly_rules.csv`, to be set per outlet.
A result is a clue for verification, not a verdict of fraud. Callers pass only values that are not stopped, missing,
calibrating, maintained or faulty, save for the rules about those (AN26 to AN28, AN31, AN34).

Files by family: single_series, against_limit, chemistry, process, equipment, data_link. `catalogue.RULES` joins them.
"""
