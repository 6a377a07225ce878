"""All SQL of alerting; functions are named by what they return or record. Callers own the transaction."""
