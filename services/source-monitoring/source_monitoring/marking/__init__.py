"""Marks of enterprises, checks of the monitors, lost links: what is said of a period beside its data."""
