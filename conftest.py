"""The whole repository's tests stand on one real Postgres and one real broker, started by the first test that needs them.

Property tests: no deadline and no health check on speed (CI is a slower machine), and the same examples in every run of the
same commit. `pytest --hypothesis-profile=search` looks for new ones.
"""

from hypothesis import HealthCheck, settings

pytest_plugins = ["devstack.pytest_plugin"]

settings.register_profile("search", settings(deadline=None, suppress_health_check=[HealthCheck.too_slow]))
settings.register_profile("park", settings(settings.get_profile("search"), derandomize=True))
settings.load_profile("park")
