import type { zhTasking } from './zh-tasking'

export const enTasking: typeof zhTasking = {
  plans: {
    create: 'New plan', edit: 'Edit plan', list: 'Plans', coming: 'Coming', search: 'Search plan / enterprise', empty: 'There is no plan yet', name: 'Plan', class: 'Class of the enterprise', classHint: 'T/GXAS 710-2024 annex A: A each quarter, B each half-year, C each year', classOf: { A: 'A key', B: 'B ordinary', C: 'C minor' }, noClass: 'No class, own cycle',
    cycle: 'Cycle', cycleOf: { month: 'Monthly', quarter: 'Quarterly', 'half-year': 'Half-yearly', year: 'Yearly' }, firstDue: 'First due', leadDays: 'Made ahead (days)', nextDue: 'Next due', madeAt: 'Task is made', paused: 'Paused', pause: 'Pause', resume: 'Resume', rounds: 'Rounds', made: 'Made', noneMade: 'No task was made yet', noneComing: 'Nothing is coming', round: 'Round {n}', madeOn: 'task made {time}', ahead: 'How far ahead', monthsAhead: 'Next {n} months',
  },
  scores: { by: { person: 'By person', cell: 'By cell', enterprise: 'By enterprise' }, share: 'Score = timeliness {timeliness} % + quality {quality} %', empty: 'No task to score in this period', tasks: 'Tasks', closed: 'Closed', onTime: 'On time', returned: 'Returned', urged: 'Urged', timeliness: 'Timeliness', quality: 'Quality', score: 'Score', explain: 'Explain', deductions: 'Deductions', none: 'none' },
  kinds: {
    create: 'New kind of task', newVersion: 'Write a new version', retired: 'retired', textHint: 'A kind is written as JSON; saved it is a new version, tasks already made keep theirs.', line: 'Line {n}', holds: 'It holds together and can be saved', check: 'Check', save: 'Save as new version', workBy: 'Worked on by', verifiedBy: 'Verified by', verifier: { officer: 'any officer', creator: 'who made it' }, steps: 'Steps before the report', fromLevel: 'from {level}', everyLevel: 'all levels', photos: 'Photos', evidence: 'Other evidence', documents: 'Papers', fromAlarms: 'Made from alarms', unannounced: 'Unannounced', unannouncedHint: 'the enterprise does not see it until somebody is there', clocks: 'Clocks', noClocks: 'No clocks', private: 'seen by dispatchers only',
    part: { order_fields: 'Asked when made', fields: 'Asked by the report' },
  },
  fieldType: { text: 'Text', 'long-text': 'Long text', number: 'Number', choice: 'One of', choices: 'Some of', date: 'Date', instant: 'Time', 'yes-no': 'Yes or no', rows: 'Table' },
  media: { photo: 'Photo', video: 'Video', document: 'File', signature: 'Signature' },
  document: { 'task-record': 'Task record', 'problem-form': 'Problem form', 'rectification-notice': 'Rectification notice' },
  clockStep: { sign: 'Sign by', arrive: 'On site by', handle: 'Handle by', report: 'Report by', verify: 'Verify by', close: 'Close by' },
  clockUnit: { hours: 'hours', days: 'days', 'working-hours': 'working hours', 'working-days': 'working days' },
  clockState: { met: 'in time', missed: 'missed', late: 'late', running: 'running' },
  taskSource: { alarm: 'Alarm', plan: 'Plan', complaint: 'Complaint', supervision: 'Order from above', manual: 'By hand', 'sub-task': 'Sub-task' },
  tasking: {
    role: 'For the role', complaint: 'Complaint', supervision: 'Order from above', delegations: 'Delegation', delegate: 'Delegate', noDelegations: 'No delegations', principal: 'Absent', deputy: 'Deputy', revoke: 'Take back', over: 'over', pick: 'Pick', pickAll: 'Pick all to dispatch ({n})', pickNone: 'Pick none', batch: 'Dispatch {n}', batchDone: '{n} dispatched, {m} refused', everyone: 'every {role}', dueHint: 'Empty: the time its kind gives',
    extension: 'A later deadline is asked for', extensionAsked: '{who} asks for {time}', order: 'Order', course: 'Course', parent: 'Part of', source: 'Source', cell: 'Cell', subTasks: 'Sub-tasks', addSubTask: 'New sub-task', documents: 'Papers', sign: 'Sign by hand', signer: 'Who signs', signHere: 'Sign here', signSave: 'Save signature', signClear: 'Clear', signNeeds: 'Name who signs, and sign',
  },
}
