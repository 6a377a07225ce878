"""A package of its own name: pytest would otherwise take the folder `simulator` for the package `simulator`."""
