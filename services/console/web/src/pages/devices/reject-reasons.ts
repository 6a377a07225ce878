/** Why the gateway did not take a frame: those of the decoder (underscores) and those of admission (hyphens). */
export const REJECT_REASONS = [
  'unknown-mn', 'wrong-password', 'inactive-device', 'no-data-time', 'unsupported-command', 'crc_mismatch', 'crc_missing', 'length_mismatch', 'length_field', 'length_limit',
  'no_header', 'incomplete', 'noise', 'tail', 'trailing_bytes', 'header', 'encrypted', 'not_tolerated',
] as const
