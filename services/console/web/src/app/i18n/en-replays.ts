/** English of zh-replays.ts. */
import type { zhReplays } from './zh-replays'

export const enReplays: typeof zhReplays = {
  replays: {
    title: 'Replays', one: 'Replay', start: 'New replay', startHint: 'Judges again from the raw frames. Look at the differences first, then adopt or leave them: nothing changes before.', empty: 'No replays', again: 'Run again', fromDay: 'Replay this day',
    scope: 'Outlets', scopeOf: { outlets: 'Chosen outlets', park: 'All outlets of the park' }, outlets: '{n} outlets', addOutlet: 'Add an outlet', noOutlet: 'Choose at least one outlet', period: 'Period', firstDay: 'First day', lastDay: 'Last day (inclusive)', daysOf: '{n} d', tooLong: 'At most 366 days at once', rules: 'Rules', rulesOf: { today: "Today's rules", 'that-day': "That day's rules" }, rulesHint: { today: 'By the registry as it is now: limits, factors, outlets.', 'that-day': 'By the registry as it was at the end of each day: to check what was said then.' }, anyRules: 'All rules', author: 'By', startedAt: 'Started', finishedAt: 'Finished',
    state: { queued: 'Queued', running: 'Running', done: 'To decide', failed: 'Failed', cancelled: 'Cancelled', adopting: 'Being adopted', adopted: 'Adopted', left: 'Left' },
    step: { start: 'Started', adopt: 'Adopt', leave: 'Leave', cancel: 'Cancel', finish: 'Finished', fail: 'Failed' }, bySystem: 'System',
    stepHint: { adopt: 'What differs is written as new versions, exactly as shown; the days go back to “checked by rule” and are reviewed again; findings are told.', leave: 'The data stays as it is; the result is kept for reference.', cancel: 'Stops the work; nothing of it counts.' }, approvedDays: '{n} of these days are approved and will not be final any more.',
    progress: '{done} of {all} days of outlets judged', differs: 'Differences', differsOf: '{n} of {all} periods differ', nothing: 'identical with the data as it stands', periods: 'Periods', adoptedOf: '{n} adopted', outdated: '{n} periods got a newer version meanwhile, or the rules have changed: not adopted. Run again.', failedOutlets: '{n} outlets could not be judged',
    digests: 'Digests SHA-256', digest: 'This replay', storedDigest: 'Data as it stood', same: 'Other runs of the same', noSame: 'No other run of the same', identical: 'bit-identical', notIdentical: 'different', byOutlet: 'By outlet', failure: 'Why it could not be judged',
    differences: 'What differs', noDifferences: 'No differences', allPeriods: 'Hours and days', periodOf: { hour: 'Hour', day: 'Day' }, value: 'Value', converted: 'Converted', other: 'Other changes', moreChanges: '{n} more', against: 'Held against version', adoptedAs: 'Adopted as version', record: 'Record', gone: '(none)', toReview: 'Review',
  },
}
