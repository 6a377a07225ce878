import type { zhDevices } from './zh-devices'

export const enDevices: typeof zhDevices = {
  devices: {
    title: 'Devices', one: 'Data logger', sessions: 'Devices', unknown: 'Unknown devices', rejected: 'Rejected frames', rejectedOne: 'Rejected frame', gaps: 'Missing records', commands: 'Commands', importMany: 'Import many', mn: 'Device MN', peer: 'Peer', since: 'Since',
    lastFrame: 'Last frame', frames: 'Frames', bytes: 'Bytes', skew: 'Clock skew', edition: 'Edition', deviations: 'Deviations', fault: 'Trouble', firstSeen: 'First seen', lastSeen: 'Last seen', lastRaw: 'Last frame', reason: 'Reason', detail: 'Detail', raw: 'Frame', receivedAt: 'Received',
    empty: 'No device', emptyUnknown: 'No unknown device', emptyDismissed: 'No device was set aside', emptyRejected: 'No rejected frame', noMatch: 'Nothing matches the filter', search: 'MN', searchExact: 'MN (the whole number)', searchDevice: 'MN / point / enterprise / peer', seconds: '{n} s',
    anyEdition: 'All editions', anyFault: 'All devices', anyReason: 'All reasons', otherEdition: 'Registered as {edition}, which its frames are not',
    register: 'Register', registerTitle: 'Register a data logger', registerHint: 'Choose the point the logger belongs to; a password and edition left open are taken from its newest frame.', registered: 'Registered; the device is accepted from its next report on', findPoint: 'Find a point', findPointHint: 'Point / enterprise / code', pointNeeded: 'Choose a point', fromFrames: 'From its newest frame',
    password: 'Password PW', realtimeInterval: 'Realtime interval (s)', minuteInterval: 'Minute interval (min)', manufacturer: 'Manufacturer', model: 'Model',
    dismiss: 'Set aside', dismissed: 'Set aside because', dismissHint: '{mn} leaves this list; its frames are still counted and kept as evidence.', dismissReason: 'Reason', restore: 'Put back', showDismissed: 'Only those set aside',
    drift: 'Clock drift', secondsADay: '{n} s a day', takeovers: 'Taken over', contested: 'at {time} {peer} spoke for the same MN', registerEntry: 'Register entry', registeredEdition: 'Registered edition', connections: 'Connections', noConnections: 'No connection yet', noDeviations: 'No deviation seen', openedAt: 'Opened', closedAt: 'Closed', endReason: 'Ended because', gateway: 'Gateway', stillOpen: 'Open',
  },
  deviceTab: { frames: 'Live frames', commands: 'Commands', state: 'State and connections', evidence: 'Evidence', gaps: 'Missing records', keys: 'Keys' },
  deviceState: { online: 'Online', offline: 'Offline', 'never-seen': 'Never seen', unregistered: 'Unregistered', unknown: 'Unknown' },
  deviceFault: { skew: 'Clock far off', deviating: 'With deviations', edition: 'Edition differs' },
  actor: { system: 'System', gateway: 'Gateway', gap: 'Gap filling', clock: 'Gateway (clock)' },
  edition: { '2005': 'HJ/T 212-2005', '2017': 'HJ 212-2017', '2025': 'HJ 212-2025', 'surface-water-2017': 'Surface water 2017', unknown: 'Unknown' },
  endReason: {
    'closed-by-device': 'Closed by the device', 'connection-lost': 'Connection lost', idle: 'Idle', silent: 'Reports overdue', replaced: 'Replaced by a newer one', 'gateway-stopped': 'Gateway stopped', 'network-not-allowed': 'Network not allowed', 'too-many-connections': 'Too many connections',
    'answers-unread': 'Device reads no answers', draining: 'Gateway draining',
  },
  reject: {
    'unknown-mn': 'Unknown MN', 'wrong-password': 'Wrong password', 'inactive-device': 'Inactive device', 'no-data-time': 'No data time', 'unsupported-command': 'Unsupported command', 'crc-mismatch': 'CRC mismatch', 'crc-missing': 'CRC missing', 'length-mismatch': 'Length mismatch', 'length-field': 'Bad length field', 'length-limit': 'Too long', 'no-header': 'No header', incomplete: 'Incomplete', noise: 'Stray bytes', tail: 'Bad tail', 'trailing-bytes': 'Bytes after the tail', header: 'Bad header', encrypted: 'Encrypted', 'not-tolerated': 'Not tolerated',
  },
  rejectWhy: {
    'unknown-mn': 'The MN is not in the device register. Register it under “Unknown devices”, or check the MN set in the logger.', 'wrong-password': 'PW differs from the registered password. Check the logger, or change the register.', 'inactive-device': 'The device is registered but switched off; its data are taken once it is on.',
    'no-data-time': 'A data command needs DataTime: without it nobody knows what moment the data are of.', 'unsupported-command': 'The frame is valid, but this command brings no readings; it is kept as evidence.', 'crc-mismatch': 'The CRC of the received bytes differs from the one in the frame: a transmission error, or another algorithm in the device.', 'crc-missing': 'The frame has no four digits of CRC at its end.',
    'length-mismatch': 'The length in the header differs from the data segment.', 'length-field': 'The four characters after the header are no number.', 'length-limit': 'The declared length is above the bound.', 'no-header': 'No ## was found in the bytes.', incomplete: 'The connection ended or was silent in the middle of a frame.', noise: 'Bytes between two frames belong to neither.',
    tail: 'The frame does not end with CR LF.', 'trailing-bytes': 'Bytes follow the end of the frame.', header: 'A field the data segment needs is missing or cannot be read.', encrypted: 'The frame is encrypted and the platform has no key of this device.', 'not-tolerated': 'The frame departs from the standard in a way that is not allowed for this device.',
  },
  frames: {
    title: 'Live frames', one: 'Frame', received: 'In', sent: 'Out', direction: 'Direction', bothDirections: 'In and out', what: 'Content', all: 'All frames', only: { data: 'Only data', deviating: 'Only deviating', rejected: 'Only rejected' }, find: 'Find in frames', pause: 'Pause', resume: 'Resume', held: '{n} frames came meanwhile',
    shown: '{n} frames shown ({most} kept at most)', lost: 'New frames cannot be read at the moment, trying again…', empty: 'No frame yet; it shows here as soon as the device reports', rejected: 'Rejected', deviations: '{n} deviations', needsAck: 'wants an answer', packet: 'packet {no} of {of}', clause: 'Clause', cause: 'usual cause', attribute: 'Attribute', hex: 'Hexadecimal', masked: 'Passwords are hidden.',
  },
  evidence: {
    title: 'Evidence', block: 'Block', package: 'Export sealed package', hint: 'The bytes are kept in blocks in the order they came, each block’s hash chained to the one before; a package is checked offline: python -m hj212_gateway verify FILE.', choose: 'Choose a span of time (31 days at most).', empty: 'No frame in this span', badRange: 'The end has to be after the beginning', longRange: 'The span is 31 days at most', showSecrets: 'Show passwords and hexadecimal',
  },
  command: {
    table: 'Commands', find: 'Find a command', one: 'Command', recent: 'Newest commands', empty: 'No command', what: 'Command', parameters: 'Parameters', reason: 'Reason', reasonNeeded: 'Give the reason; it stands in the record', expiry: 'Valid for', preview: 'To be sent:', send: 'Send', askApproval: 'Ask for approval', two: 'two persons', anyState: 'All states', open: 'Not ended',
    needsApproval: 'Another person has to approve this command before it is sent.', offlineHint: 'The device is not online: the command waits until it is, or expires.', secondPerson: 'Another person has to approve.', createdAt: 'Asked', finishedAt: 'Ended', requestedBy: 'Asked by', expiresIn: 'expires in {span}', attempts: 'sent {n} times', waitsForDevice: 'Waiting for the device', waitsForAnswer: 'Waiting for its answer',
    resultCode: 'Result code', answerItems: 'Answer', transcript: 'Transcript', noTranscript: 'No frame has gone yet', approve: 'Approve', reject: 'Reject', cancel: 'Cancel command', decisionNote: 'Note', approveHint: 'The command is queued at once; your name stands in the record.', rejectHint: 'The command is not sent.', cancelHint: 'The command is not sent.',
    cancelSentHint: 'The command has gone: cancelling only ends the waiting. Whether the device did it is unknown.', addValue: 'One more', dropValue: 'Remove',
  },
  commandClass: { initialise: 'Initialisation', parameter: 'Parameters', data: 'Data', control: 'Control' },
  commandKind: { set: 'set', get: 'get', control: 'control', notice: 'notice' },
  commandState: { 'awaiting-approval': 'Awaiting approval', queued: 'Queued', sent: 'Sent', succeeded: 'Done', refused: 'Refused', failed: 'Failed', 'timed-out': 'Timed out', 'no-answer': 'No answer', expired: 'Expired', rejected: 'Rejected', cancelled: 'Cancelled', invalid: 'Impossible' },
  commandStage: { requested: 'Asked', approved: 'Approval', rejected: 'Rejected', cancelled: 'Cancelled', sent: 'Sent', ended: 'Result' },
  commandFault: { required: 'This is required', number: 'Must be a number', range: 'Must be within {range}', pattern: 'Does not have the right form', code: 'Give the code' },
  gaps: {
    records: 'Records', span: 'Span', missing: 'Missing / due', cause: 'Found because', attempts: 'Tries', lastResult: 'Last result', next: 'Next try / ended', anyState: 'All states', anyKind: 'All records', empty: 'Nothing is missing', retry: 'Try again', abandon: 'Abandon', retryHint: 'Ask {mn} at once for the records of {from} to {to}.', abandonHint: 'Do not ask {mn} any more for the records of {from} to {to}.', seeCommand: 'See the command',
  },
  gapState: { open: 'Waiting', fetching: 'Fetching', healed: 'Healed', 'given-up': 'Given up', abandoned: 'Abandoned' },
}
