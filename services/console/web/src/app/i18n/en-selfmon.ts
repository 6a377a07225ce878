/** Words of manual monitoring of outlets. Titles of columns and frequencies come from the platform. */
import type { zhSelfMon } from './zh-selfmon'

export const enSelfMon: typeof zhSelfMon = {
  selfmon: {
    title: 'Self-monitoring', tab: { due: 'Due', plans: 'Plans', results: 'Results', comparisons: 'Against monitors', statistics: 'Completion', import: 'Import', setAside: 'Set aside' },
    anyState: 'Any state', anyOutcome: 'Any outcome', reason: 'Reason', averagingTitle: 'Averaging', averaging: { instant: 'Instant sample', hour: 'Hourly mean', day: 'Daily mean' },
    outcome: { over: 'Over', 'early-sign': 'Early sign', undecided: 'Undecided', compliant: 'Compliant', 'not-judged': 'Not judged', passed: 'Passed', failed: 'Failed', 'not-comparable': 'Not comparable' },
    decision: { submitted: 'To be accepted', accepted: 'Accepted', rejected: 'Returned', withdrawn: 'Withdrawn' },
    due: {
      month: 'Month', before: 'Month before', after: 'Month after', view: 'View', list: 'List', calendar: 'Calendar', empty: 'Nothing is due', more: 'The first {n} of {total}; choose an outlet or a state', period: 'Period', dueAt: 'Due', lacking: 'Lacking', explanation: 'Explanation', late: 'late', others: '{n} more',
      state: { upcoming: 'Upcoming', due: 'Due', overdue: 'Overdue', done: 'Done', exempt: 'Exempt' }, because: { stopped: 'stopped all the time', explained: 'explained' }, weekday: { 1: 'Mon', 2: 'Tue', 3: 'Wed', 4: 'Thu', 5: 'Fri', 6: 'Sat', 7: 'Sun' },
      explain: 'Explain', explainHint: 'Say why the results did not come, with evidence; once an officer accepts it, the period is exempt.', accept: 'Accept', reject: 'Reject',
    },
    plan: {
      one: 'Plan', create: 'New plan', empty: 'No plans', search: 'Search names', factors: 'Factors', addFactor: 'Add a factor', frequency: 'Frequency', times: 'Samples in each period', basis: 'Basis', basisHint: 'Where the frequency comes from: the clause of the permit, of HJ 819 or of the guide of the industry.', valid: 'Valid', validFrom: 'Valid from', validTo: 'Valid to', reportWithin: 'Days for reporting after a period', sampling_method: 'Sampling method', analysis_method: 'Analysis method', executor: 'Executed by', executorOf: { own: 'own laboratory', 'third-party': 'third party' }, laboratory: 'Laboratory',
    },
    result: {
      one: 'Result', enter: 'Enter results', enterHint: 'The factors of one sample together; below the detection limit write 0.004L, <0.004 or ND. All are stored or none.', empty: 'No results', value: 'Value', converted: 'converted', outcome: 'Outcome', stays: 'Outlet, factor, time and sample number stay: withdraw it and enter it anew. A correction has to be accepted anew.',
      accept: 'Accept', reject: 'Return', withdraw: 'Withdraw', acceptHint: 'Once accepted, its comparison with the monitor counts as a check of the monitor.', rejectHint: 'A returned result counts no more until it is corrected.', withdrawHint: 'A withdrawn result counts no more; its versions stay.',
    },
    comparison: { hint: 'Each manual result beside the mean of the valid automatic values of its time, by the accuracy tables of HJ 75 and HJ 355; an accepted comparison that failed makes data invalid back to the last passed one.', empty: 'No comparisons', day: 'Day', pairs: 'Pairs', error: 'Error', tolerance: 'Permitted', why: 'Why', notAccepted: 'results not accepted yet', window: 'Time', manual: 'Manual', automatic: 'Automatic', values: 'Automatic values' },
    by: { title: 'Of', point: 'Outlet', enterprise: 'Enterprise', park: 'Park' }, per: { month: 'By month', quarter: 'By quarter', year: 'By year' },
    count: { owed: 'Owed', on_time: 'In time', late: 'Late', overdue: 'Overdue', exempt: 'Exempt', pending: 'Pending', rate: 'In time' },
  },
}
