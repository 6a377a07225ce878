"""Past periods of stations judged again from the stored readings by the rules of today."""
