"""Code tables, generated from data/*.csv."""
