"""Pollution sources: waste water, waste gas and rain water outlets of the park."""
