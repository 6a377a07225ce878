"""What quality and source-monitoring share: the series of points, held against the limits in force.

It stands between the chassis (which knows no pollutant) and park_standards (which knows no event), so that the two
services are the same machine over different media.

    domain/   pure: limits of a point, one value held against one limit, watches, hour and day means, explanations
    readings.py   telemetry in: store, judge, mark what has to be computed anew; one transaction a batch
    closing.py    hours and days computed when their data is in, and again when late data changes them
    store.py ddl.py   watches, dirty periods, assessments
    api.py        latest, series, frames, assessments
"""
