"""Documents printed from templates: problem form, rectification notice, task record."""
