"""The local stack: Postgres, Apache Kafka and the services as plain processes, without Docker and without root.

`make demo`, `make up`, `make test`, the benches and the chaos tests stand on this package. It knows the services
by name only (services.py) and never imports them.
"""
