import type { zhAlerting } from './zh-alerting'

export const enAlerting: typeof zhAlerting = {
  form: { lookAbove: 'Mend what is marked', drop: 'Remove', nameEn: 'English name', add: 'Add', addRow: 'Add a row', yes: 'Yes', no: 'No', choose: 'Choose' },
  duty: {
    title: 'Duty rosters', create: 'New roster', edit: 'Edit roster', empty: 'There is no roster yet', emptyMay: 'There is no roster yet; start with “New roster”', roster: 'Roster', week: 'The week', previous: 'Previous week', next: 'Next week', thisWeek: 'This week', onDuty: 'On duty now', nobody: 'nobody', people: 'On duty',
    hole: 'Nobody', holes: 'The roster has {n} holes:', showHole: 'Show', changed: 'Changed {time} by {who}', swapHint: 'Choose a shift that is not over to swap it', codeHint: 'Lower-case letters, digits, ._-; escalation rules name it duty:code', validFrom: 'Valid from', validTo: 'Valid to', coverage: 'Somebody on duty', coverageOf: { always: 'Always', 'working-hours': 'In working hours' },
    shift: 'Shift {n}', addShift: 'Add a shift', dropShift: 'Remove shift', start: 'Start', end: 'End', nextDay: 'Ends the next day', days: 'Days', daysOf: { all: 'Every day', working: 'Working days', rest: 'Days of rest' }, turns: 'Turns', turnsOf: { shift: 'Each shift', week: 'Each week' },
    teams: 'Teams, in turn', team: 'Team {n}', addTeam: 'Add a team', addPerson: 'Add a person', dropPerson: 'Remove {name}', check: 'Look for holes', problems: '{n} problems found', noProblems: 'No hole; it can be saved',
    swap: 'Swap', swapped: 'swapped', swapShift: 'Shift', swapFrom: 'Instead of', swapTo: 'Takes over', swapBack: 'In return', swapBackHint: 'A shift of the other person makes it an exchange; shifts of this week are listed', swapNoReturn: 'Nothing in return', swaps: 'Swaps', noSwaps: 'No swaps', swapLost: 'the shift changed, the swap has no effect', undo: 'Undo', undoAsk: 'The original person will be on duty again. Undo?', removeAsk: 'Remove the roster “{name}”? Escalation rules that name it will find nobody.',
  },
  notify: {
    tab: { channels: 'Channels', contacts: 'Contacts', templates: 'Templates', messages: 'Messages', silences: 'Silences', mine: 'My settings' }, channelsHint: 'Ways to reach people outside the app; secrets are written, never shown.', createChannel: 'New channel', editChannel: 'Edit channel', noChannels: 'There is no channel yet', kind: 'Kind', target: 'Target', language: 'Language', lastTest: 'Test',
    testSent: 'Queued…', sendTest: 'Send a test', dropChannel: 'Remove the channel “{name}”? Waiting messages will not be sent.', secretKept: 'Empty keeps what is stored; to change it fill in all secrets of the channel', secretOnce: 'Not shown again once saved', smsHint: 'May hold $phone, $text, $secret, $message_id', headersHint: 'One a line, Name: value', allEnterprises: 'All enterprises', email: 'E-mail', phone: 'Phone',
    quiet: 'Quiet hours', quietHint: 'Messages below the level wait until the hours end; nothing is dropped.', quietFrom: 'Quiet from', quietTo: 'Quiet until', byChannel: 'By channel', allChannels: 'All channels', overrideFrom: 'Level told all the same', exceptFrom: '{level} and above are told', addQuiet: 'Add quiet hours',
    contactsHint: 'Where people are reached outside the app.', createContact: 'New contact', editContact: 'Edit contact', noContacts: 'There is no contact yet', dropContact: 'Remove the contact “{name}”?', mineTitle: 'How I am told', addressHint: 'Empty: not by this way', subject: 'Subject', text: 'Text', names: 'Names that may stand in it',
    channel: 'Channel', recipient: 'To', lastError: 'Error / receipt', messagesHint: 'A failure is tried again with growing pauses, then given up; it can be sent again here.', noDead: 'No message was given up', noMessages: 'No messages', waitedQuiet: '(waited for quiet hours)',
    silenceHint: 'A silence stops the telling only; alarms are raised and kept as ever.', createSilence: 'New silence', noSilences: 'No silences', showOver: 'Only ended ones', silenced: 'What', upTo: 'Up to', upToHint: 'Higher levels are told all the same', owner: 'By', endSilence: 'End now', silenceNeeds: 'One of point, enterprise, rule, factor is needed',
  },
  channelKind: { email: 'E-mail', sms: 'SMS', wecom: 'WeCom', dingtalk: 'DingTalk', feishu: 'Feishu' },
  channelField: { host: 'Mail server', port: 'Port', security: 'Encryption', sender: 'From address', username: 'User name', url: 'Address', method: 'Method', content_type: 'Content type', body: 'Request', headers: 'Headers', success_field: 'Field of success', success_value: 'Value of success', receipt_field: 'Field of the receipt', enterprise_id: 'Only alarms of' },
  channelSecret: { password: 'Password', secret: 'Key of the interface', url: 'Address of the robot', sign_secret: 'Signing key' },
  messageState: { pending: 'waiting', delivered: 'delivered', dead: 'given up', dropped: 'dropped' },
  statistics: {
    by: 'Group by', group: { day: 'By day', week: 'By week', month: 'By month', level: 'By level', rule: 'By rule', enterprise: 'By enterprise' }, alarms: 'Alarms', open: 'Open', accuracy: 'Accuracy', accuracyHint: 'confirmed {confirmed} of {judged} judged', falseAlarms: 'False alarms', acknowledgedAfter: 'Median to acknowledge', closedAfter: 'Median to close', total: 'Total', empty: 'No alarms in this period', chart: 'Alarms by level and accuracy of warnings',
    number: { alarms: 'Alarms', open: 'Open', closed: 'Closed', judged: 'Judged', confirmed: 'Confirmed', false_alarms: 'False', equipment_faults: 'Equipment', recovered: 'Recovered', reopened: 'Reopened' },
  },
}
