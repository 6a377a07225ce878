import { enAlerting } from './en-alerting'
import { enAnomalies } from './en-anomalies'
import { enDeviceKeys } from './en-devicekeys'
import { enDevices } from './en-devices'
import { enJudging } from './en-judging'
import { enReductions } from './en-reductions'
import { enSelfMon } from './en-selfmon'
import { enSurveys } from './en-surveys'
import { enEvidence } from './en-evidence'
import { enQuality } from './en-quality'
import { enReplays } from './en-replays'
import { enRules } from './en-rules'
import { enTasking } from './en-tasking'
import type { Messages } from './zh'

export const en: Messages = {
  ...enAlerting,
  ...enAnomalies,
  ...enDeviceKeys,
  ...enDevices,
  ...enReductions,
  ...enJudging,
  ...enEvidence,
  ...enQuality,
  ...enReplays,
  ...enRules,
  ...enSelfMon,
  ...enSurveys,
  ...enTasking,
  form: { lookAbove: 'Mend what is marked', drop: 'Remove', nameEn: 'English name', add: 'Add', addRow: 'Add a row', yes: 'Yes', no: 'No', choose: 'Choose' },
  answerFault: { required: 'This is required', number: 'Must be a number', least: 'Too small', most: 'Too large' },
  app: {
    title: 'Park Environment & Safety Supervision', skip: 'Skip to main content', menu: 'Main menu', openMenu: 'Open menu', closeMenu: 'Collapse menu',
    language: 'Switch language', signOut: 'Sign out', user: 'Signed-in user', openAlarms: 'Open alarms', changePassword: 'Change password', oldPassword: 'Present password', newPassword: 'New password', mustChange: 'First sign-in or old password: choose a new one', notFound: 'There is no such page',
    notFoundHint: 'The address may have changed; use the menu on the left.', phoneVersion: 'Phone view', system: 'System',
  },
  nav: {
    workbench: 'Workbench', map: 'One map', points: 'Live data', alarms: 'Alarms', tasks: 'Tasks', devices: 'Devices',
    import: 'Import', exchange: 'Data exchange', webhooks: 'Webhooks', rules: 'Alarm rules', users: 'Users', audit: 'Audit log',
    plans: 'Plans', kinds: 'Kinds of tasks', scores: 'Scores', duty: 'Duty rosters', notify: 'Notification', alarmStatistics: 'Alarm statistics', groupMonitor: 'Monitor', groupWork: 'Respond', groupManage: 'Manage',
  },
  live: {
    live: 'Live', connecting: 'Connecting', stale: 'Data is old', closed: 'Disconnected',
    staleBanner: 'Data is {span} old: values on this page are not current (shown grey). Reconnecting…',
    closedBanner: 'The connection to the platform is cut: values on this page are not current (shown grey). Reconnecting…',
  },
  state: {
    loading: 'Loading…', empty: 'No data', error: 'Could not load', retry: 'Try again', forbidden: 'No permission',
    forbiddenHint: 'Your account may not see this page. Ask the park administrator for access.', trace: 'Trace',
  },
  unit: { day: 'd', hour: 'h', minute: 'min', second: 's', ago: '{span} ago', times: '×', items: 'items' },
  common: {
    search: 'Search', reset: 'Reset', save: 'Save', cancel: 'Cancel', confirm: 'OK', close: 'Close', export: 'Export', more: 'Load more',
    all: 'All', yes: 'Yes', no: 'No', name: 'Name', state: 'State', time: 'Time', note: 'Note', actions: 'Actions', detail: 'Details',
    enterprise: 'Enterprise', point: 'Point', factor: 'Factor', value: 'Value', limit: 'Limit', ratio: 'Over limit by', mark: 'Flag',
    medium: 'Medium', level: 'Level', total: '{n} in total', loaded: '{n} loaded', view: 'View', back: 'Back', table: 'Table', chart: 'Chart', refresh: 'Refresh',
    parkTime: 'Park time UTC+8', from: 'From', to: 'To', done: 'Done', columns: 'Columns', code: 'Code', unitName: 'Unit', on: 'Active', off: 'Inactive',
  },
  level: { red: 'Red', orange: 'Orange', yellow: 'Yellow', blue: 'Blue' },
  levelWord: { red: 'Extremely serious', orange: 'Serious', yellow: 'Fairly serious', blue: 'Ordinary' },
  alarmState: { active: 'Unacknowledged', acknowledged: 'Acknowledged', resolved: 'To be closed', closed: 'Closed' },
  taskState: {
    created: 'To dispatch', dispatched: 'Dispatched', signed: 'Signed for', 'on-site': 'On site', handled: 'Handled', reported: 'Reported', verified: 'Verified',
    returned: 'Returned', refused: 'Refused', closed: 'Closed', cancelled: 'Cancelled',
  },
  taskKind: {
    'exceedance-check': 'Exceedance check', inspection: 'Inspection', 'offline-check': 'Offline check', 'device-check': 'Device check',
    'equipment-repair': 'Equipment repair', sampling: 'Sampling', supervision: 'Supervision order', complaint: 'Complaint', patrol: 'Patrol', rectification: 'Rectification', other: 'Other',
  },
  outcome: { confirmed: 'Confirmed', 'false-alarm': 'False alarm', 'equipment-fault': 'Equipment fault', other: 'Other' },
  closeReason: { handled: 'Handled', recovered: 'Back to normal', withdrawn: 'Judgement withdrawn', 'false-alarm': 'False alarm', confirmed: 'Confirmed', 'equipment-fault': 'Equipment fault', other: 'Other' },
  rule: {
    exceedance: 'Exceedance', 'water-class': 'Worse than target class', 'total-control': 'Total quantity', 'total-pace': 'Ahead of pace', offline: 'Offline', 'missing-data': 'Missing data', 'implausible-value': 'Implausible value',
    'sudden-change': 'Sudden change', 'regional-event': 'Regional event', transmission: 'Effective transmission', completeness: 'Completeness', 'mark-contradiction': 'Mark contradicts data', 'mark-cap': 'Cap of marks',
    'qaqc-due': 'Quality check due', 'qaqc-overdue': 'Quality check overdue', 'manual-overdue': 'Manual monitoring overdue', 'card-balance': 'Card balance', 'card-difference': 'Card differs', ORDER: 'Ordered reduction not kept',
  },
  medium: {
    'waste-water': 'Waste water', 'waste-gas': 'Waste gas', 'rain-water': 'Rain water', 'ambient-air': 'Ambient air', 'surface-water': 'Surface water',
    groundwater: 'Groundwater', soil: 'Soil', noise: 'Noise', odour: 'Odour',
  },
  period: { realtime: 'Realtime', minute: 'Minute', hour: 'Hour', day: 'Day' },
  mark: {
    N: 'Normal', F: 'Stopped', M: 'Maintenance', S: 'Manual input', D: 'Fault', C: 'Calibration', T: 'Above range', B: 'Communication fault',
  },
  answer: {
    yes: 'Yes', no: 'No', 'not-applicable': 'Not applicable', production: 'Production', treatment: 'Treatment plant', equipment: 'Monitoring equipment', sampling: 'Sampling', weather: 'Weather', unknown: 'Unknown',
  },
  gap: {
    offline: 'Offline', 'no-data': 'No data', stopped: 'Stopped', maintenance: 'Maintenance', calibration: 'Calibration', fault: 'Fault', missing: 'Missing',
    F: 'Stopped', M: 'Maintenance', C: 'Calibration', D: 'Fault', B: 'Communication fault',
  },
  pointState: { normal: 'Normal', offline: 'Offline', stopped: 'Stopped', service: 'Maintenance', nodata: 'No data yet' },
  role: { officer: 'Officer', inspector: 'Inspector', enterprise: 'Enterprise', administrator: 'Administrator', service: 'Service' },
  login: {
    title: 'Sign in', username: 'User name', password: 'Password', submit: 'Sign in', failed: 'Could not sign in', required: 'Enter user name and password',
    notice: 'Authorised persons only. Sign-ins and actions are kept in the audit log.', expired: 'Your session ended, please sign in again.', slogan: 'Monitor · Warn · Respond · Close',
    showPassword: 'Show password', hidePassword: 'Hide password',
  },
  workbench: {
    title: 'Workbench', standingAlarms: 'Ongoing alarms', unacknowledged: 'Unacknowledged', tasksOpen: 'Open tasks', tasksOverdue: 'Overdue tasks',
    tasksMine: 'My tasks', devicesOnline: 'Devices online', devicesOffline: 'Devices offline', exceedanceCount: 'Values over limit', points: 'Points',
    latestAlarms: 'Latest alarms', myTasks: 'My tasks', openTasks: 'Open tasks by deadline', exceedances: 'Over the limit now', noAlarm: 'There is no open alarm', noTask: 'Nothing waits for you',
    noExceedance: 'No point is over its limit', seeAll: 'See all', byLevel: 'Alarms by level', due: 'due {time}', noneJudged: 'No figure yet',
  },
  map: {
    title: 'One map', search: 'Enterprise / point / code', layers: 'Layers', legend: 'Legend', list: 'List', plots: 'Plots', values: 'Value labels',
    alarms: 'Alarms', card: 'Point', limit: 'Limit', noLimit: 'No limit', trend: 'Last hour', openCurve: 'Chart', openAlarm: 'Alarm', createTask: 'Dispatch task',
    zoomIn: 'Zoom in', zoomOut: 'Zoom out', whole: 'Whole park', canvas: 'Map of the park: arrow keys move, plus and minus zoom; the list on the left holds the same', coordinate: 'Coordinates', nothingFound: 'No point or enterprise matches',
    onlyAlarms: 'Alarms only', updated: 'Updated {time}', noValue: 'No data yet', showPanel: 'Layers and list', hidePanel: 'Hide panel', results: '{n} points',
    noTrend: 'No data in the last hour',
  },
  alarms: {
    title: 'Alarms', search: 'Title / point / number', number: 'Number', what: 'Alarm', where: 'Point', started: 'First seen', lastSeen: 'Last seen', duration: 'Lasted',
    count: 'Count', state: 'State', observed: 'Value', limitClause: 'Limit and clause', acknowledge: 'Acknowledge', dispatch: 'Dispatch', close: 'Close', locate: 'Locate', task: 'Task',
    open: 'Not closed', standing: 'Ongoing', newItems: '{n} new alarms, click to refresh', exportCsv: 'Export CSV', exportXlsx: 'Export Excel', ackTitle: 'Acknowledge alarm', ackHint: 'You know of it and follow it up; this is written to the timeline.',
    closeTitle: 'Close alarm', closeReason: 'Reason', note: 'Note', noteRequired: 'Write a note', range: 'Time', last1h: 'Last hour', last24h: 'Last 24 h', last7d: 'Last 7 days', last30d: 'Last 30 days', anyTime: 'Any time',
    keys: 'Keys: ↑↓ select, Enter open, A acknowledge, D dispatch, L locate', empty: 'No alarm matches', unacknowledged: 'Unacknowledged',
  },
  alarm: {
    curve: 'Curve', timeline: 'Timeline', findings: 'Findings', evidence: 'Raw frames', basis: 'Basis', task: 'Task', noTask: 'No task yet', peak: 'Above limit by (max)', peakRatio: 'Peak ratio',
    started: 'Started', lastSeen: 'Last seen', raised: 'Raised', acknowledged: 'Acknowledged', resolved: 'Recovered', closed: 'Closed', closeReason: 'Close reason', occurrences: 'Count', statutory: 'Statutory period',
    earlySign: 'Early sign (not the statutory period)', verdict: 'Verdict', violated: 'Violated', complied: 'Complied', explanation: 'Explanation', dispatchTask: 'Dispatch task', openPoint: 'Point page', showFrames: 'Show raw frames', noFrames: 'No frame in this time',
    receivedAt: 'Received', dataTime: 'Data time', revision: 'Revision', raw: 'Frame', period: 'Period', observed: 'Value', limit: 'Limit', noTimeline: 'Nothing yet', rule: 'Rule', number: 'Number',
  },
  tasks: {
    title: 'Tasks', board: 'Board', list: 'List', mine: 'Mine', overdue: 'Overdue', create: 'New task', search: 'Title / number', assignee: 'Assignee', due: 'Due', created: 'Created', kind: 'Kind',
    priority: 'Level', number: 'Number', what: 'Task', empty: 'No task', left: '{span} left', over: '{span} overdue', emptyColumn: 'None', titleField: 'Title', unassigned: 'Nobody', createHint: 'With an assignee it is dispatched at once.', alarm: 'Alarm', open: 'Open', subject: 'Subject',
    mineOnly: 'Mine only', overdueOnly: 'Overdue only', columnCreated: 'To dispatch', columnDispatched: 'To sign for', columnWorking: 'Working', columnReported: 'To verify', columnClosed: 'Closed', kindRequired: 'Choose a kind', titleRequired: 'Write a title',
  },
  task: {
    withheld: 'not shown to the enterprise until somebody is there', basics: 'Task', timeline: 'Timeline', reports: 'Reports', evidence: 'Photos', actions: 'What you can do', noActions: 'Nothing waits for you here.', creator: 'Created by', verifiedBy: 'Verified by', outcome: 'Outcome', alarm: 'Alarm',
    photosNeeded: '{n} photo(s) needed', noReports: 'No report yet', noEvidence: 'No photo yet', measures: 'Measures', findings: 'What was found', measured: 'Measured again', place: 'Place', takenAt: 'Taken', uploaded: 'Uploaded', upload: 'Upload photos', choosePhoto: 'Take / choose photos', uploading: 'Uploading…', hash: 'Hash',
    photoHint: 'Photos are scaled to 1600 pixels on the longer side; video (up to 200 MB), PDF, Word and Excel files as well', waiting: 'Waiting', failedUpload: 'Upload failed', conflict: 'Somebody changed the task; refresh and try again', version: 'Version', processing: 'Sending…', getPlace: 'Get position', placeDone: 'Position taken', placeFailed: 'No position', locate: 'Show on map', print: 'Print',
  },
  action: {
    dispatch: 'Dispatch', sign: 'Sign for', arrive: 'Arrive', report: 'Report', verify: 'Verify', return: 'Return', refuse: 'Refuse', transfer: 'Transfer', extend: 'Change deadline', handle: 'Handled', contribute: 'Contribute', join: 'Co-workers', 'request-extension': 'Ask for more time', 'approve-extension': 'Allow more time', 'reject-extension': 'Refuse more time', urge: 'Urge', close: 'Close', cancel: 'Cancel task',
  },
  field: {
    co_workers: 'Co-workers', text: 'What was done', assignee: 'Assignee', due_at: 'Due', note: 'Note', reason: 'Reason', findings_text: 'What was found', measures: 'Measures', outcome: 'Outcome', measured_value: 'Measured value', longitude: 'Longitude', latitude: 'Latitude', required: 'Required',
  },
  points: {
    title: 'Live data', search: 'Point / enterprise / code', onlyOver: 'Over limit', onlyOffline: 'Offline', onlyFlagged: 'Flagged', pause: 'Pause', resume: 'Resume', missed: '{n} updates while paused', age: 'Data time', empty: 'Nothing matches', rows: '{n} rows',
    averaging: 'Judged by', device: 'Device', standard: 'Standard',
  },
  point: {
    chart: 'Chart', factors: 'Factors', range: 'Range', reduced: 'Reduced 1:{n} (minimum and maximum kept)', full: 'Every value', limits: 'Limits', device: 'Data logger', alarms: 'Open alarms', tasks: 'Open tasks', frames: 'Raw frames', noSeries: 'No data in this time', standard: 'Standard', clause: 'Clause', averaging: 'Judged by', validFrom: 'From',
    mn: 'Device MN', edition: 'Edition', lastFrame: 'Last frame', clockSkew: 'Clock skew', state: 'Connection', info: 'Point', coordinates: 'Coordinates (CGCS2000)', targetClass: 'Target class', latest: 'Latest values', source: 'Source', permit: 'Permit', chooseFactor: 'Choose at least one factor', last: 'Last {span}', custom: 'Custom', hour1: '1 h', hour6: '6 h', hour24: '24 h', day7: '7 d', day30: '30 d',
    marked: 'Flagged values', gapArea: 'Gap', noFrames: 'No frame in this time', showFrames: 'Show frames', noLimit: 'No limit is registered for this point', converted: 'converted', count: 'n', minimum: 'min', mean: 'mean', maximum: 'max',
  },
  imports: {
    title: 'Import', kind: 'What', enterprises: 'Enterprises', points: 'Points', devices: 'Devices', limits: 'Limits', template: 'Template', file: 'File', choose: 'Choose Excel / CSV file', drop: 'or drop it here', datum: 'Datum', check: 'Check only', import: 'Import', report: 'Report', total: 'Rows', accepted: 'Accepted', rejected: 'Rejected', row: 'Row', key: 'Key', status: 'Result', column: 'Column', value: 'Value', what: 'Problem', history: 'Earlier imports',
    onlyErrors: 'Errors only', dryRunDone: 'Checked; nothing was stored', importDone: 'Imported', downloadReport: 'Download report', step1: 'Fill in the template', step2: 'Upload and check', step3: 'Import for good', hint: 'Rows with errors are not stored, good rows are; the report speaks row by row.', dry: 'Check', real: 'Import', when: 'When', noHistory: 'No import yet', noFile: 'No file chosen', tooBig: 'The file is larger than 20 MB',
  },
  importStatus: { created: 'Created', updated: 'Updated', unchanged: 'Unchanged', rejected: 'Rejected' },
  /** Titles of the import templates by field name; a kind's own title goes before the shared one. */
  importColumn: {
    shared: {
      credit_code: 'credit code', name_en: 'name (English)', industry: 'industry', industry_code: 'industry code', address: 'address', plot: 'plot',
      longitude: 'longitude', latitude: 'latitude', legal_representative: 'legal representative', environment_contact: 'environment contact',
      contact_phone: 'contact phone', permit_number: 'permit number', permit_category: 'permit category', permit_valid_to: 'permit valid to',
      risk_level: 'risk level', key_unit: 'key discharging unit', commissioned_on: 'commissioned on', active: 'active', code: 'code',
      medium: 'medium', enterprise: 'enterprise credit code', factors: 'factors', target_class: 'target class', discharge: 'discharge',
      receiving: 'receiving body', stack_height_m: 'stack height (m)', mn: 'MN', password: 'password', point_code: 'point code', edition: 'edition',
      realtime_interval_s: 'realtime interval (s)', minute_interval_min: 'minute interval (min)', manufacturer: 'manufacturer', model: 'model',
      factor: 'factor', standard_limit_id: 'standard limit id', averaging: 'averaging', upper: 'upper', lower: 'lower', unit: 'unit',
      standard: 'standard', clause: 'clause', valid_from: 'valid from', valid_to: 'valid to', basis: 'basis', source: 'source',
    },
    enterprises: { name_zh: 'name (Chinese)' },
    points: { name_zh: 'name (Chinese)' },
  },
  users: {
    title: 'Users', username: 'User name', displayName: 'Name', role: 'Role', lastSignIn: 'Last sign-in', active: 'State', create: 'New user', password: 'First password', edit: 'Edit', empty: 'No user', enterprise: 'Enterprise',
  },
  audit: {
    title: 'Audit log', actor: 'Actor', action: 'Action', subject: 'Subject', peer: 'Peer', verify: 'Verify chain', verified: 'The chain is whole, {n} entries', broken: 'The chain is broken: {where}', empty: 'No entry', detail: 'Detail',
  },
  exchange: {
    title: 'Data exchange', clients: 'Clients', create: 'New client', name: 'Name', createdAt: 'Created', lastUsed: 'Last used', keyHint: 'Key', keyOnce: 'The key is shown once: keep it now', revoke: 'Revoke', revokeAsk: 'The key stops working at once. Revoke it?', deliveries: 'Pulls', empty: 'No client', hint: 'Exchange API: {url}, key in the header X-API-Key.', copy: 'Copy', copied: 'Copied', rows: 'Rows', noDeliveries: 'No pull yet', description: 'Description', dataset: 'Data set',
  },
  resource: { enterprises: 'Enterprises', points: 'Points', readings: 'Readings', alarms: 'Alarms', tasks: 'Tasks' },
  deliveryState: { pending: 'Pending', delivered: 'Delivered', dead: 'Given up' },
  webhooks: {
    title: 'Webhooks', create: 'New webhook', url: 'Address', description: 'Description', minLevel: 'Lowest level', secretOnce: 'The signing secret is shown once: keep it now', test: 'Test', tested: 'A test was sent', remove: 'Delete', removeAsk: 'Nothing will be sent any more. Delete it?', deliveries: 'Deliveries', retry: 'Send again', empty: 'No webhook', attempts: 'Attempts', result: 'Result', edit: 'Edit', retried: 'Will be sent again',
  },
  phone: {
    title: 'Field tasks', mine: 'My tasks', offline: 'Offline (you can go on)', online: 'Online', outbox: '{n} waiting to be sent', send: 'Send now', saved: 'Kept on this phone, sent when the network is back', empty: 'No task for you', cached: 'Offline copy of {time}', desktop: 'Desktop view', problem: 'Not sent', discard: 'Discard', retrying: 'Trying again', waitingSignIn: 'Session ended: sign in again to go on', navigate: 'Task list', sent: 'Sent', pendingItems: 'Waiting', conflictHint: 'The platform refused this; read why and decide',
  },
}
