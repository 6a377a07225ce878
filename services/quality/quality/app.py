"""The wiring of quality."""

from park_chassis.chassis import Chassis
from park_judging.assembly import add_judging
from park_schemas.codes import ENVIRONMENT_MEDIA

from quality.settings import Settings


def build(settings: Settings) -> Chassis:
    """Return the service, not yet connected."""
    chassis = Chassis(settings, title_zh="环境质量", title_en="Environment quality")
    add_judging(chassis, settings, media=ENVIRONMENT_MEDIA, assessment_event="quality.assessment.made")
    return chassis
