import { describe, expect, it } from 'vitest'
import { Problem } from '@/api/client'
import type { Channel, Shift } from '@/api/alerting-types'
import { instantsOf, periodOf } from '@/app/period'
import { blocksOf, clockOf, dayAfter, gapsOf, mondayOf, newRoster, sentRoster, weekOf, weekRange } from '@/pages/duty/week-calendar'
import { bodyOf, CHANNEL_KINDS, CONFIG_FIELDS, draftOf, headersOf, missingOf } from '@/pages/notify/channel-form'
import { faultsOf, faultWithin } from '@/ui/faults'

const shift = (starts: string, ends: string, ...people: string[]): Shift => ({ starts_at: `${starts}:00+08:00`, ends_at: `${ends}:00+08:00`, name_zh: '班', name_en: 'shift', people, swapped: false })

describe('a week of a roster', () => {
  it('begins on Monday, also when asked for on a Sunday or over a new year', () => {
    expect(mondayOf('2026-11-22')).toBe('2026-11-16')
    expect(mondayOf('2026-11-16')).toBe('2026-11-16')
    expect(mondayOf('2027-01-01')).toBe('2026-12-28')
    expect(weekOf('2026-12-28')[6]).toBe('2027-01-03')
    expect(weekRange('2026-12-28')).toEqual({ from: '2026-12-28T00:00:00+08:00', to: '2027-01-04T00:00:00+08:00' })
    expect(dayAfter('2026-03-01', -1)).toBe('2026-02-28')
  })

  it('shows a night shift on both days, its second part as continued', () => {
    const night = shift('2026-11-22T20:00', '2026-11-23T08:00', 'li')
    expect(blocksOf('2026-11-22', [night]).map(({ from, to, continued }) => [from, to, continued])).toEqual([[1200, 1440, false]])
    expect(blocksOf('2026-11-23', [night]).map(({ from, to, continued }) => [from, to, continued])).toEqual([[0, 480, true]])
    expect(blocksOf('2026-11-24', [night])).toEqual([])
  })

  it('lays shifts that overlap side by side, and those that only touch one above the other', () => {
    const found = blocksOf('2026-11-22', [shift('2026-11-22T08:00', '2026-11-22T16:00', 'a'), shift('2026-11-22T12:00', '2026-11-22T20:00', 'b'), shift('2026-11-22T20:00', '2026-11-22T22:00', 'c')])
    expect(found.map(({ lane, lanes }) => [lane, lanes])).toEqual([[0, 2], [1, 2], [0, 1]])
  })

  it('cuts a hole at the ends of the day', () => {
    const holes = [{ starts_at: '2026-11-21T20:00:00+08:00', ends_at: '2026-11-22T08:00:00+08:00' }]
    expect(gapsOf('2026-11-22', holes)).toEqual([{ from: 0, to: 480 }])
    expect(gapsOf('2026-11-23', holes)).toEqual([])
    expect(clockOf(485)).toBe('08:05')
  })

  it('is sent with seconds, English names, and without teams of nobody', () => {
    const draft = { ...newRoster('2026-11-22'), code: ' night ', name_zh: '夜班表' }
    draft.shifts = [{ ...draft.shifts[0]!, start: '07:30', teams: [['li'], []], name_zh: '早', name_en: '' }]
    const sent = sentRoster(draft)
    expect([sent.code, sent.name_en, sent.shifts[0]!.start, sent.shifts[0]!.name_en, sent.shifts[0]!.teams]).toEqual(['night', '夜班表', '07:30:00', '早', [['li']]])
  })
})

describe('a notification channel', () => {
  const robot: Channel = { channel_id: '1', kind: 'dingtalk', name: '群', config: { address: 'https://oapi.example/…', enterprise_id: null }, min_level: 'orange', language: 'zh', quiet: [], active: true }

  it('sends back only what it may be told: no shown address, no secret that was not typed', () => {
    expect(bodyOf(draftOf(robot))).toEqual({ kind: 'dingtalk', name: '群', config: {}, min_level: 'orange', language: 'zh', quiet: [], active: true })
    expect(bodyOf({ ...draftOf(robot), secrets: { url: ' https://x/y ', sign_secret: '' } }).secret).toEqual({ url: 'https://x/y' })
  })

  it('asks for what its kind needs, for a secret only while it has none', () => {
    expect(missingOf(draftOf(null, 'wecom'), true)).toEqual(['name', 'secret.url'])
    expect(missingOf(draftOf(robot), false)).toEqual([])
    expect(missingOf(draftOf(null, 'email'), true)).toEqual(['name', 'config.host', 'config.sender'])
    expect(CHANNEL_KINDS.every((kind) => CONFIG_FIELDS[kind].length)).toBe(true)
  })

  it('reads headers line by line and numbers as numbers', () => {
    expect(headersOf('X-Key: a:b\n\n strange ')).toEqual({ 'X-Key': 'a:b', strange: '' })
    const draft = draftOf(null, 'email')
    expect((bodyOf({ ...draft, texts: { ...draft.texts, host: 'mail', port: '465' } }).config as Record<string, unknown>).port).toBe(465)
  })
})

describe('what the platform refuses', () => {
  const problem = new Problem(422, { errors: [{ where: 'body.config.port', what: 'is wrong', what_zh: '有误' }, { where: 'shifts[0].teams', what: 'empty' }] })

  it('stands at its field in the language of the reader', () => {
    expect(faultsOf(problem, true)).toEqual({ 'config.port': '有误', 'shifts.0.teams': 'empty' })
    expect(faultWithin(faultsOf(problem, false), 'config')).toBe('is wrong')
    expect(faultWithin(faultsOf(problem, false), 'conf')).toBe('')
  })
})

describe('a period of statistics', () => {
  it('is thirty days of the park up to today, both ends inclusive', () => {
    const period = periodOf(undefined, undefined, Date.parse('2026-11-22T17:00:00Z'))
    expect(period).toEqual({ from: '2026-10-25', to: '2026-11-23' })
    expect(instantsOf(period)).toEqual({ from: '2026-10-25T00:00:00+08:00', to: '2026-11-24T00:00:00+08:00' })
    expect(periodOf('2026-01-02', 'nonsense', 0).from).toBe('2026-01-02')
  })
})
