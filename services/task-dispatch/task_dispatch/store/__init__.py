"""All SQL of task-dispatch; functions are named by what they return or record. Callers own the transaction."""
