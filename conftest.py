"""The whole repository's tests stand on one real Postgres and one real broker, started by the first test that needs them."""

pytest_plugins = ["devstack.pytest_plugin"]
