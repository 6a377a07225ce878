"""Manual campaigns: what is sampled by people and measured in a laboratory, judged by the standard of its kind. Pure."""
