/** English of zh-evidence.ts. */
import type { zhEvidence } from './zh-evidence'

export const enEvidence: typeof zhEvidence = {
  proof: {
    upload: 'Upload a file', hint: 'Photo, video, PDF, Word, Excel; told by its content, a file sent before is recognised', reference: 'Give a number or link', pending: 'a file is still on its way', duplicate: 'uploaded before', fixed: 'once submitted it is bound to its SHA-256 and cannot change', open: 'Open {name}',
  },
  pace: { title: 'Pace', ahead: '{share} ahead of the linear pace', behind: '{share} behind the linear pace', even: 'on the linear pace', hint: 'spread evenly over the year it would be {mass} by the last day with data' },
}
