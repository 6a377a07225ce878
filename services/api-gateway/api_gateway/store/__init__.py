"""All SQL of api-gateway, a file a table family. Functions take the caller's connection and never commit."""
