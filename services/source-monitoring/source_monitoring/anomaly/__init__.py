"""Anomaly detection in service: the schedule, the stream, settings, episodes, orders, and their API."""
