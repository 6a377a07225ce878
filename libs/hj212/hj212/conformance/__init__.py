"""A kit that drives a host (platform) as a device would, and says which dialogues of the standard it serves."""
