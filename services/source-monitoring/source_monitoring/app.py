"""The wiring of source-monitoring."""

from park_chassis.chassis import Chassis
from park_judging.assembly import add_judging, add_offline_watch, registered_points
from park_schemas.codes import SOURCE_MEDIA

from source_monitoring import link_outages
from source_monitoring.anomaly.wiring import add_anomaly_detection
from source_monitoring.data_review_wiring import add_data_review
from source_monitoring.evidence.wiring import add_evidence
from source_monitoring.manual.wiring import add_manual_monitoring
from source_monitoring.reductions.wiring import add_reductions
from source_monitoring.rules import SourceRules
from source_monitoring.settings import Settings


def build(settings: Settings) -> Chassis:
    """Return the service, not yet connected."""
    chassis = Chassis(settings, title_zh="污染源监测", title_en="Source monitoring")
    points = registered_points(chassis, settings, SOURCE_MEDIA)
    judging = add_judging(
        chassis, settings, points, assessment_event="source.assessment.made", rules=SourceRules(settings)
    )
    add_offline_watch(chassis, points, settings, also=link_outages.keep)
    add_evidence(chassis, settings)
    add_data_review(chassis, judging, settings)
    add_anomaly_detection(chassis, judging, settings)
    add_manual_monitoring(chassis, points, settings)
    add_reductions(chassis, judging, settings)
    return chassis
