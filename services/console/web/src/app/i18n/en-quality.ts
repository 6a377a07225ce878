import type { zhQuality } from './zh-quality'

/** Words of stations judged again. */
export const enQuality: typeof zhQuality = {
  rejudging: {
    title: 'Judged again', start: 'Judge again', hint: 'Judges the station from the stored readings by the limits, the zone or class, and the targets of today. What differs becomes a new version beside the old one; findings that stand no more are withdrawn, those that stand again are told again, new exceedances are told; months, quarters and years that were published are restated.', empty: 'This station was never judged again',
    state: { queued: 'Waiting', running: 'Running', done: 'Done', failed: 'Failed' }, progress: '{done} of {all} days judged', changed: 'New versions', told: '{n} findings told', withdrawn: '{n} withdrawn', changedOf: '{n} of {all} periods', same: 'no new version', differences: 'Differences', differencesOf: 'What differs from {from} to {to}', hide: 'Hide', noDifferences: 'Nothing differs', grade: 'Grade',
  },
}
