"""SQL that several rooms share: a measure with what it needs of its order, and when an order ends."""

END = "least(o.ends_at, o.lifted_at)"
"""When an order ends: as ordered, or when it was lifted (`least` leaves nulls out)."""

STANDING = "reduction_measures m join reduction_orders o on o.order_id = m.order_id and o.withdrawn_at is null"

MEASURE = (
    "m.measure_id, m.order_id, m.point_id, o.title_zh, o.title_en, o.level, m.measure_zh, o.starts_at, "
    f"{END} as ends_at, m.factor, m.allowed_share::text as allowed_share, m.usual_value::text as usual_value"
)
"""The fields of `ReductionMeasure`."""
