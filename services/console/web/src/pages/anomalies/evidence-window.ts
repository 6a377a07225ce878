/** How much of time is shown around the evidence window: what the platform sends with it (two hours, or a quarter of its length). */
const LEAST_AROUND = 2 * 3_600_000

export function curveSpan(from: number, to: number): { from: number; to: number } {
  const around = Math.max(LEAST_AROUND, (to - from) / 4)
  return { from: from - around, to: to + around }
}
