"""A sample service that keeps nothing but time series."""
