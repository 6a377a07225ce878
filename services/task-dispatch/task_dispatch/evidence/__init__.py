"""Evidence: what is taken, how it is checked, and where its bytes lie (a folder in the demo, S3 in production)."""
