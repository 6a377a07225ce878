"""A simulated chemical park: field devices over HJ 212, people over HTTP, nothing else. All names are invented."""
