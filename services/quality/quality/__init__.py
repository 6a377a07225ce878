"""Environment quality: ambient-air and surface-water stations of the park."""
