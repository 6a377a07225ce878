"""The command-line tool. Each file is one verb; text goes to a stream that is passed in."""
