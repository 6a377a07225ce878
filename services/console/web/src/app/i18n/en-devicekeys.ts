import type { zhDeviceKeys } from './zh-devicekeys'

/** Words of the keys of devices (HJ 212-2025, 1014). */
export const enDeviceKeys: typeof zhDeviceKeys = {
  deviceKeys: {
    tab: 'Keys', title: 'Keys', hint: 'Keys go out by command 1014 (HJ 212-2025, 6.4.4) and are replaced every 90 days; they are kept sealed and shown to nobody.',
    count: { in_force: 'In use', none: 'No key', under_way: 'Under way', failed: 'Failed', due: 'To be replaced' },
    state: { none: 'No key', offered: 'Sent, not confirmed', confirmed: 'Confirmed, not used yet', 'in-force': 'In use', retired: 'Ended', dropped: 'Refused by the device' },
    handover: { 'under-way': 'Hand-over under way', failed: 'Hand-over failed' },
    setBy: 'Set by', madeAt: 'Set at', confirmedAt: 'Confirmed', inForceAt: 'In use since', endedAt: 'Ended', replaceBefore: 'Replace before', overdue: 'overdue', reason: 'Reason', source: 'Source', entered: 'Entered by hand', byCommand: 'Command 1014', byNewer: 'a newer key came into use',
    empty: 'No devices', noneYet: 'This device has no key yet; its frames come in clear', noMatch: 'No device fits', otherEdition: 'Registered edition {edition}; 1014 is a command of HJ 212-2025',
    hand: 'Hand over a new key', handTitle: 'Hand over a new key (1014)', handHint: 'The gateway makes the key at random and sends it hidden under the old one; a second person approves it. It is used once the device confirms; the first frame under it ends the old one.', handed: 'Asked for; a second person has to approve it', toCommand: 'See the command', keepsWaiting: 'A command 1014 has not ended yet',
    enter: 'Enter a key', enterTitle: 'Enter the key that came with the device', enterHint: '16 letters or digits, or 32 hex digits; never shown again.', key: 'Key', badKey: '16 letters or digits, or 32 hex digits',
    retire: 'End', retireTitle: 'End a key', retireHint: 'The gateway opens no new frames with it any more; a device that still uses it is refused until a new key is handed over.', retireReason: 'Why it is ended',
  },
}
