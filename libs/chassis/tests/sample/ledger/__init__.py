"""A service as small as can be, for the tests of the chassis: it books alarms it has heard of."""
