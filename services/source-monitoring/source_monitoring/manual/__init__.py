"""Manual monitoring of outlets: storage, background work and HTTP of what `source_monitoring.domain.manual` computes."""
