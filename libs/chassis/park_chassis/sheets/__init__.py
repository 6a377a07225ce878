"""Tables that people fill in (forms and import files): columns with readers, rows of text to values, xlsx and CSV.

A service says its columns once, in its `domain/`; forms, templates and imports all read by them. Everything here but
`sheet_file` is pure.
"""
