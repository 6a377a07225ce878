"""Reductions in heavy-pollution weather (重污染天气应急减排): list by enterprise, orders by level, what was kept. Pure."""
