"""What every service stands on. It knows Kafka, Postgres, HTTP and people with permissions; it knows no pollutant,
no waste and no permit.

    app.py           Chassis: the wiring of a service, as data until it is served
    settings.py      one frozen settings class a service
    database.py      pool, transactions, roles and schemas
    migrations.py    one Alembic history a schema
    kafka.py         the one Kafka client: producer, consumers, topics
    consumption.py   the consumer loop: batch, store and offset together, poison set aside
    outbox.py        a fact and the event announcing it, committed together
    compacted_view.py  a compacted topic held in memory
    auth.py http.py errors.py paging.py export.py peers.py   the HTTP edge
    logs.py metrics.py tracing.py                            what operators see
"""
