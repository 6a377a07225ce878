"""Reductions in heavy-pollution weather: the list, orders, their judging, HTTP."""
