"""All SQL of sharing-exchange. Functions take the caller's connection and never commit."""
