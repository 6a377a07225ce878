import { describe, expect, it } from 'vitest'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { en } from '@/app/i18n/en'
import { deskZh } from '@/app/i18n/desk-words'
import { zh as first } from '@/app/i18n/zh'
import { NAVIGATION } from '@/app/navigation'
import { Problem, queryText } from '@/api/client'
import { fromParkInput, parkDateTime, spell, toParkInput, toParkIso } from '@/app/park-time'
import { apiOf, belongs, filterOf, urlOf } from '@/pages/alarms/alarm-filters'
import { pointStatus } from '@/pages/map/point-state'
import { stageOf, BOARD, byUrgency } from '@/pages/tasks/task-columns'
import { fitted } from '@/ui/photo'
import { missingFields } from '@/ui/task-actions'
import { tallyOf, tallyOfCounts } from '@/ui/alarm-tally'
import { completed, exceedingMultiple, leadingFactor, unitText } from '@/ui/values'
import { worstLevel } from '@/ui/levels'
import type { Alarm } from '@/api/alarm-types'
import type { Task } from '@/api/task-types'
import type { Latest, MapPoint, TaskState } from '@/api/types'

/** What the desk knows: the words of the first load and those that come with its shell (desk-words.ts). */
const zh = { ...first, ...deskZh }

type Tree = { [key: string]: string | Tree }
const keys = (tree: Tree, path = ''): string[] =>
  Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [`${path}${key}`] : keys(value, `${path}${key}.`)))

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? sources(path) : /\.(vue|ts)$/.test(name) ? [path] : []
  })
}

describe('the two languages', () => {
  it('have the same keys, none of them empty', () => {
    expect(keys(en as unknown as Tree).sort()).toEqual(keys(zh as unknown as Tree).sort())
    for (const tree of [zh, en]) expect(keys(tree as unknown as Tree).filter((key) => key.split('.').reduce<unknown>((at, one) => (at as Tree)[one], tree) === '')).toEqual([])
  })

  it('know every key the sources ask for', () => {
    const known = new Set(keys(zh as unknown as Tree))
    const asked = sources(join(__dirname, '../src')).filter((file) => !file.includes('i18n')).flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\bt\('([a-zA-Z][\w-]*(?:\.[\w-]+)+)'/g)].map((match) => match[1]!))
    expect(asked.length).toBeGreaterThan(200)
    expect([...new Set(asked)].filter((key) => !known.has(key))).toEqual([])
  })

  it('use the same placeholders', () => {
    const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort()
    const at = (tree: unknown, key: string) => key.split('.').reduce((node, one) => (node as Tree)[one] as unknown, tree) as string
    for (const key of keys(zh as unknown as Tree)) expect([key, holes(at(en, key))]).toEqual([key, holes(at(zh, key))])
  })

  it('name every entry of the menu', () => {
    const known = new Set(keys(zh as unknown as Tree))
    for (const group of NAVIGATION) for (const label of [group.label, ...group.entries.map((entry) => entry.label)]) expect(known.has(label)).toBe(true)
  })
})

describe('park time', () => {
  it('is UTC+8 whatever the machine thinks', () => {
    expect(parkDateTime('2026-11-21T20:30:05+00:00')).toBe('2026-11-22 04:30:05')
    expect(parkDateTime(null)).toBe('—')
    expect(toParkIso(Date.parse('2026-11-21T20:30:05Z'))).toBe('2026-11-22T04:30:05+08:00')
  })

  it('goes into a form field and back without moving', () => {
    const instant = '2026-12-31T23:45:00+08:00'
    expect(toParkInput(instant)).toBe('2026-12-31T23:45')
    expect(fromParkInput(toParkInput(instant))).toBe(instant)
    expect(fromParkInput('')).toBeNull()
  })

  it('spells a duration with its two largest units', () => {
    const units = ['d', 'h', 'min', 's'] as const
    expect(spell(90_061_000, units)).toBe('1 d 1 h')
    expect(spell(3_605_000, units)).toBe('1 h')
    expect(spell(125_000, units)).toBe('2 min 5 s')
    expect(spell(-5, units)).toBe('0 s')
  })
})

describe('values', () => {
  it('show the exceeding multiple only above the limit', () => {
    expect([exceedingMultiple(1.83), exceedingMultiple(1), exceedingMultiple(null)]).toEqual(['0.83', null, null])
  })

  it('lead with the factor closest to breaking its limit', () => {
    expect(leadingFactor([{ factor: 'a', value: '1', ratio: 0.2 }, { factor: 'b', value: null, ratio: 9 }, { factor: 'c', value: '2', ratio: 0.8 }])!.factor).toBe('c')
  })

  it('write units as people do', () => {
    expect([unitText('mg/m3'), unitText('ug/m3'), unitText('m3/h'), unitText('1'), unitText('mg/L')]).toEqual(['mg/m³', 'μg/m³', 'm³/h', '', 'mg/L'])
  })

  it('rank levels', () => {
    expect(worstLevel(['blue', 'orange', 'yellow'])).toBe('orange')
    expect(worstLevel([])).toBeNull()
  })
})

describe('the state of a point', () => {
  const point = { device_state: 'online' } as MapPoint
  const latest = (mark: string | null) => ({ factors: [{ factor: 'a', value: '1', mark }] }) as Latest
  it('is the alarm first, then offline, then the device mark', () => {
    expect(pointStatus(point, latest('F'), 'blue', 'offline')).toBe('blue')
    expect(pointStatus(point, latest('F'), null, 'offline')).toBe('offline')
    expect(pointStatus(point, latest('F'), null)).toBe('stopped')
    expect(pointStatus(point, latest('C'), null)).toBe('service')
    expect(pointStatus(point, latest(null), null)).toBe('normal')
    expect(pointStatus(point, null, null)).toBe('nodata')
  })
})

describe('the alarm filter', () => {
  it('survives the way through the URL', () => {
    const filter = filterOf({ q: 'COD', level: 'red', range: 'h24', state: 'all' })
    expect(filterOf(urlOf(filter))).toEqual(filter)
    expect(urlOf(filterOf({}))).toEqual({})
  })

  it('asks for standing alarms unless a state is chosen', () => {
    const now = Date.parse('2026-11-22T00:00:00Z')
    expect(apiOf(filterOf({}), now).state).toEqual(['active', 'acknowledged'])
    expect(apiOf(filterOf({ state: 'open' }), now)).toMatchObject({ open: true, state: undefined })
    expect(apiOf(filterOf({ state: 'closed' }), now).open).toBeUndefined()
    expect(apiOf(filterOf({ range: 'h1' }), now).from).toBe('2026-11-22T07:00:00+08:00')
  })

  it('leaves empty parts out of a query', () => {
    expect(queryText({ a: '', b: null, c: ['x', 'y'], d: false })).toBe('?c=x&c=y&d=false')
  })
})

describe('tasks', () => {
  it('stand in exactly one column of the board', () => {
    const states: TaskState[] = ['created', 'dispatched', 'signed', 'on-site', 'handled', 'reported', 'verified', 'returned', 'refused', 'closed', 'cancelled']
    expect(BOARD.flatMap((column) => column.states).sort()).toEqual([...states].sort())
    expect(states.every((state) => stageOf(state) >= 0)).toBe(true)
  })

  it('put the overdue first, then the nearest deadline', () => {
    const task = (due_at: string, overdue = false) => ({ due_at, overdue }) as Task
    expect([task('2026-01-02'), task('2026-01-03', true), task('2026-01-01')].sort(byUrgency).map((one) => one.due_at)).toEqual(['2026-01-03', '2026-01-01', '2026-01-02'])
  })

  it('need their required fields', () => {
    expect(missingFields('report', { findings_text: ' ', outcome: 'confirmed' })).toEqual(['findings_text'])
    expect(missingFields('sign', {})).toEqual([])
  })
})

describe('small things', () => {
  it('scales a photo down but never up', () => {
    expect(fitted(4000, 3000)).toEqual([1600, 1200])
    expect(fitted(800, 600)).toEqual([800, 600])
  })

  it('shows a problem in the language of the reader', () => {
    const problem = new Problem(409, { title: '不能关闭', title_en: 'cannot close' })
    expect([problem.title('zh-CN'), problem.title('en')]).toEqual(['不能关闭', 'cannot close'])
  })
})

describe('alarms that recovered', () => {
  const alarms = [['red', 'active'], ['red', 'resolved'], ['blue', 'acknowledged'], ['blue', 'closed']].map(([level, state]) => ({ level, state }) as Alarm)
  const counts = { open: { red: 2, orange: 0, yellow: 0, blue: 1 }, unacknowledged: 1 }

  it('are counted apart from those that stand', () => {
    const expected = { standing: { red: 1, orange: 0, yellow: 0, blue: 1 }, resolved: 1 }
    expect(tallyOf(alarms)).toEqual(expected)
    expect(tallyOfCounts(counts, alarms)).toEqual(expected)
  })

  it('are those the platform counts, when it does', () => {
    const told = { ...counts, resolved: 2, resolved_by_level: { red: 2, orange: 0, yellow: 0, blue: 0 } }
    expect(tallyOfCounts(told, alarms)).toEqual({ standing: { red: 0, orange: 0, yellow: 0, blue: 1 }, resolved: 2 })
  })

  it('belong to the list only when it asks for them', () => {
    const seen = (query: Record<string, string>) => alarms.filter((alarm) => belongs(filterOf(query), alarm)).length
    expect([seen({}), seen({ state: 'resolved' }), seen({ state: 'open' }), seen({ state: 'all' }), seen({ level: 'red' })]).toEqual([2, 1, 3, 4, 1])
  })
})

describe('a live factor', () => {
  const limit = { upper: '50', standard: 'GB 18918-2002', clause: '1', averaging: 'hour' }

  it('takes its limit from the newest that knows one', () => {
    const live = { factor: 'w01018', value: '60', ratio: 1.2, limit: null }
    expect(completed(live, { unit: 'mg/L' }, { limit }, undefined)).toEqual({ ...live, unit: 'mg/L', limit })
    expect(completed(live).limit).toBeNull()
  })
})
