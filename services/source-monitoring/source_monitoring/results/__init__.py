"""Emissions, months to years, permitted quantities, transmission."""
