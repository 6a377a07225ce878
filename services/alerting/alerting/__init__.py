"""Findings become alarms: graded, merged into episodes, acknowledged, told to people, closed. Only this service makes alarms."""
