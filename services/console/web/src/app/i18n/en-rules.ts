import type { zhRules } from './zh-rules'

export const enRules: typeof zhRules = {
  rules: {
    title: 'Alarm rules', inForce: 'Version {n} in force', view: { entries: 'Grading', notify: 'Notification', text: 'Text', versions: 'Versions' }, order: 'Tried from the top; the first that matches gives the level.', changed: '{n} changes in the draft', unchanged: 'As in force', how: { added: 'new', removed: 'removed', changed: 'changed', reordered: 'order' }, discard: 'Discard',
    dryRun: 'Run over the last 30 days', runFirst: 'A draft has to be run over the alarms of the last 30 days before it goes live.', runAgain: 'The draft was changed after the run; run it again.', ran: '{n} alarms in 30 days: {higher} would be higher, {lower} lower.', lacking: '{n} of them lack a record of what was around them; these conditions raised nothing.', were: 'Were', wouldBe: 'Would be', differing: '{n} alarms of another level', note: 'What changes and why', noteNeeded: 'Say what changes and why', goLive: 'Go live',
    live: 'The new rules are in force', leave: 'The draft is not in force; leaving loses it. Leave?', up: 'Up', down: 'Down', copy: 'Copy', addStep: 'Add', version: 'Version', madeBy: 'By', current: 'In force', asDraft: 'Open as draft', textHint: 'The whole text (JSON); it becomes the draft when you leave the field.', textFault: 'Not a policy:', anyLevel: 'any',
    match: { rules: 'Rules', media: 'Media', factors: 'Factors' }, condition: 'Kind', conditionYes: 'A state that lasts until it is over', conditionNo: 'Each period for itself', floor: 'Lowest level', clearing: 'Recovery and closing', consecutive: 'Values in a row', delay: 'Quiet for (s)', ratioBelow: 'below a ratio of', closeAfter: 'Closed after (s)', others: 'Further settings (change them in the text)',
    kind: { ratio_steps: 'By multiple of the limit', duration_steps: 'By duration', repeat_steps: 'By repetition', episode_steps: 'By recurrence', value_steps: 'By value', circumstance_steps: 'By circumstances' },
    hint: { ratio_steps: 'value / limit above', duration_steps: 'at the base level for so long', repeat_steps: 'so often within the time', episode_steps: 'reaches the base level again within', value_steps: 'value below or above', circumstance_steps: 'at the base level and every condition holds' },
    field: { above: 'above', below: 'below', level: 'Level', base: 'Base level', hours: 'Hours', count: 'Count', within_hours: 'Within hours', factor: 'Factor', unit: 'Unit', name: 'Name', factors_at_least: 'Factors ≥', points_at_least: 'Points ≥', receptor_within_m: 'Receptor within m', downwind_within_degrees: 'Downwind ± °', wind_below: 'Wind below m/s' },
    entry: {
      'first-class-pollutant': 'First-class pollutants', 'surface-water': 'Surface water', 'emission-gas': 'Waste gas and ambient air', 'emission-water': 'Waste and rain water', 'total-control': 'Total quantity', offline: 'Device offline', 'missing-data': 'Missing data', 'data-quality': 'Data quality', interference: 'Interference', anomaly: 'Data anomalies', 'any-other': 'Any other',
    },
    part: { entries: 'Order of rules', notify: 'Who is told', chains: 'Escalation', inhibitions: 'Inhibition', grouping: 'Grouping' },
    toldAtOnce: 'Told at once', notAcknowledged: 'Not acknowledged for', minutes: 'minutes', workingTime: 'working time only', thenTell: 'tell', addChain: 'Add escalation', whoHint: 'Roles (officer, inspector, enterprise, administrator), duty:ROSTER or person:USERNAME.',
  },
}
