"""Which function carries out which rule: all 46, so that none is forgotten. A rule may have two, by medium."""

from collections.abc import Callable
from types import MappingProxyType

from park_standards.anomaly import against_limit, chemistry, data_link, equipment, process, single_series
from park_standards.anomaly.result import Anomaly

RULES: MappingProxyType[str, tuple[Callable[..., tuple[Anomaly, ...]], ...]] = MappingProxyType(
    {
        "AN01": (single_series.constant_gas, single_series.constant_water),
        "AN02": (single_series.zero_value,),
        "AN03": (single_series.negative_value,),
        "AN04": (single_series.over_range,),
        "AN05": (single_series.range_too_wide,),
        "AN06": (single_series.jump,),
        "AN07": (against_limit.drop_at_exceedance,),
        "AN08": (against_limit.flat_top,),
        "AN09": (single_series.similar_days,),
        "AN10": (single_series.periodic,),
        "AN11": (data_link.clock_drift,),
        "AN12": (chemistry.oxygen_high,),
        "AN13": (chemistry.oxygen_low,),
        "AN14": (chemistry.conversion_wrong,),
        "AN15": (chemistry.velocity_abnormal,),
        "AN16": (process.flow_against_load,),
        "AN17": (chemistry.sample_line,),
        "AN18": (chemistry.ammonia_over_nitrogen,),
        "AN19": (chemistry.cod_below_part,),
        "AN20": (chemistry.ph_abnormal,),
        "AN21": (chemistry.removal_too_high,),
        "AN22": (chemistry.components_over_total,),
        "AN23": (chemistry.flame_out,),
        "AN24": (process.untreated_production,),
        "AN25": (process.treatment_out_of_step,),
        "AN26": (process.emission_during_stop,),
        "AN27": (against_limit.marks_cover_exceedances,),
        "AN28": (against_limit.calibration_covers_exceedance,),
        "AN29": (equipment.parameter_changed,),
        "AN30": (equipment.analyser_differs,),
        "AN31": (data_link.offline,),
        "AN32": (data_link.factor_missing,),
        "AN33": (equipment.drift_not_corrected,),
        "AN34": (equipment.check_overdue,),
        "AN35": (equipment.manual_differs,),
        "AN36": (process.furnace_too_cold,),
        "AN37": (process.good_values_without_treatment,),
        "AN38": (process.water_imbalance,),
        "AN39": (process.pump_against_flow,),
        "AN40": (process.night_discharge,),
        "AN41": (equipment.access_before_change,),
        "AN42": (equipment.power_loss,),
        "AN43": (single_series.too_low_for_history,),
        "AN44": (data_link.total_inconsistent,),
        "AN45": (data_link.replayed_packets,),
        "AN46": (data_link.capture_low,),
    }
)
