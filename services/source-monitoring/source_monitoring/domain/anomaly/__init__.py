"""The 46 anomaly rules of `park_standards.anomaly`, fed from what an outlet sends, its filed facts and its records. Pure."""
