import { describe, expect, it } from 'vitest'
import { backOffMs, emptyPicture, mergeLatest, take, type LiveMessage } from '@/app/live-protocol'
import type { Alarm } from '@/api/alarm-types'

const at = '2026-11-22T04:00:00+00:00'
const alarm = (id: string, version: number, state = 'active') => ({ alarm_id: id, version, state }) as Alarm
const message = (type: LiveMessage['type'], seq: number, rest: Partial<LiveMessage> = {}): LiveMessage => ({ type, seq, server_time: at, ...rest })
const point = (value: string, data_time = at) => ({ point_id: 'p', data_time, factors: [{ factor: 'w01018', value, unit: 'mg/L' }] })

describe('the live picture', () => {
  it('takes deltas and beats whose numbers follow each other', () => {
    const picture = emptyPicture()
    expect(take(picture, message('snapshot', 1, { points: [point('1')], alarms: [alarm('a', 1)] }))).toBe('snapshot')
    expect(take(picture, message('delta', 2, { points: [{ ...point('2'), factors: [{ factor: 'w01018', value: '2' }] }] }))).toBe('delta')
    expect(take(picture, message('beat', 3))).toBe('beat')
    expect(picture.points.get('p')!.factors[0]).toEqual({ factor: 'w01018', value: '2', unit: 'mg/L' })
    expect(picture.seq).toBe(3)
  })

  it('reports a gap and leaves the picture as it was', () => {
    const picture = emptyPicture()
    take(picture, message('snapshot', 1))
    expect(take(picture, message('delta', 3, { alarms: [alarm('a', 1)] }))).toBe('gap')
    expect(picture.alarms.size).toBe(0)
    expect(take(picture, message('beat', 5))).toBe('gap')
    expect(take(emptyPicture(), message('delta', 1))).toBe('gap')
  })

  it('ignores what it has already seen', () => {
    const picture = emptyPicture()
    take(picture, message('snapshot', 4))
    expect(take(picture, message('delta', 4, { alarms: [alarm('a', 1)] }))).toBe('repeat')
    expect(picture.alarms.size).toBe(0)
  })

  it('forgets on a snapshot what is no longer in it', () => {
    const picture = emptyPicture()
    take(picture, message('snapshot', 1, { alarms: [alarm('a', 1)] }))
    take(picture, message('snapshot', 9, { alarms: [alarm('b', 1)] }))
    expect([...picture.alarms.keys()]).toEqual(['b'])
  })

  it('drops a closed alarm and does not bring an older version back', () => {
    const picture = emptyPicture()
    take(picture, message('snapshot', 1, { alarms: [alarm('a', 3)] }))
    take(picture, message('delta', 2, { alarms: [alarm('a', 2, 'acknowledged')] }))
    expect(picture.alarms.get('a')!.version).toBe(3)
    take(picture, message('delta', 3, { alarms: [alarm('a', 4, 'closed')] }))
    expect(picture.alarms.has('a')).toBe(false)
  })

  it('does not go back in time for data that was sent again', () => {
    const known = mergeLatest(undefined, point('5'))
    expect(mergeLatest(known, point('1', '2026-11-22T03:00:00+00:00'))).toBe(known)
  })

  it('waits longer after each failure, between half and all of the step, at most 30 s', () => {
    expect(backOffMs(0, 0)).toBe(250)
    expect(backOffMs(0, 1)).toBe(500)
    expect(backOffMs(3, 1)).toBe(4000)
    expect(backOffMs(40, 1)).toBe(30_000)
  })
})
