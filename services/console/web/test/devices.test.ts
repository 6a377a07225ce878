import { describe, expect, it } from 'vitest'
import type { CommandKind, CommandParameter, DecodedFrame, DeviceRow } from '@/api/device-types'
import { byClass, classOf, faultsOf, isOpen, itemTexts, parametersOf, sourceOf } from '@/pages/devices/command-form'
import { deviationCount, deviceSortValue, isSkewed, isWishedDevice, speaksOtherEdition, type ListedDevice } from '@/pages/devices/device-rows'
import { FRAMES_KEPT, isWished, stretches, withNewer, withoutSecrets, type ListedFrame } from '@/pages/devices/frame-list'
import { csvText } from '@/ui/csv'
import { nextSort, sorted, sortOf, sortText } from '@/ui/sorting'
import { bytesText } from '@/ui/values'

const parameter = (name: string, more: Partial<CommandParameter> = {}): CommandParameter => ({ name, title_zh: name, title_en: name, type: 'text', required: true, ...more })
const kindOf = (command: string, ...parameters: CommandParameter[]): CommandKind => ({
  command, form: command, name_zh: command, name_en: command, kind: 'set', editions: ['2017'], needs_approval: false, parameters,
})
const typed = (...texts: string[]) => ({ code: '', texts })

describe('a command form', () => {
  it('groups commands by the classes of the standard', () => {
    expect(['1000', '1011', '1072', '2011', '2061', '3011', '3024'].map(classOf)).toEqual(['initialise', 'parameter', 'parameter', 'data', 'data', 'control', 'control'])
    expect(byClass([kindOf('3011'), kindOf('1062')]).map((one) => [one.group, one.kinds.length])).toEqual([['parameter', 1], ['control', 1]])
  })

  it('says what is missing, no number, out of range, of the wrong form', () => {
    const kind = kindOf('1000', parameter('OverTime', { type: 'integer', minimum: 1, maximum: 99 }), parameter('NewPW', { pattern: '[0-9A-Za-z]{6}' }), parameter('PolId', { required: false }))
    expect(faultsOf(kind, {})).toEqual({ OverTime: 'required', NewPW: 'required' })
    expect(faultsOf(kind, { OverTime: typed('soon'), NewPW: typed('12 456') })).toEqual({ OverTime: 'number', NewPW: 'pattern' })
    expect(faultsOf(kind, { OverTime: typed('100'), NewPW: typed('123456') })).toEqual({ OverTime: 'range' })
    expect(faultsOf(kind, { OverTime: typed('99'), NewPW: typed('123456') })).toEqual({})
  })

  it('leaves a pattern that it cannot read to the gateway', () => {
    expect(faultsOf(kindOf('1072', parameter('NewPW', { pattern: '(?P<x>a' })), { NewPW: typed('b') })).toEqual({})
  })

  it('sends times in the digits of the wire and leaves out what is empty', () => {
    const kind = kindOf('2051', parameter('BeginTime', { type: 'time' }), parameter('EndTime', { type: 'time' }), parameter('Hour', { type: 'date-hour' }), parameter('PolId', { required: false }))
    const filled = { BeginTime: typed('2026-11-22T08:00'), EndTime: typed('2026-11-22T09:00:05'), Hour: typed('2026-11-22T09:00'), PolId: typed('  ') }
    expect(parametersOf(kind, filled)).toEqual({ BeginTime: '20261122080000', EndTime: '20261122090005', Hour: '2026112209' })
  })

  it('takes the code of <info>-Info from the field that asks for it, of <factor>-LowValue from beside the value', () => {
    const info = kindOf('3021', parameter('PolId'), parameter('InfoId'), parameter('<info>-Info'))
    expect(sourceOf(info.parameters[2]!, info)).toBe('InfoId')
    expect(parametersOf(info, { PolId: typed('w01018'), InfoId: typed('i13004'), '<info>-Info': typed('168.0') })).toEqual({ PolId: 'w01018', InfoId: 'i13004', 'i13004-Info': '168.0' })
    const limit = kindOf('1022', parameter('<factor>-LowValue'))
    expect(sourceOf(limit.parameters[0]!, limit)).toBe(null)
    expect(faultsOf(limit, { '<factor>-LowValue': typed('1') })).toEqual({ '<factor>-LowValue': 'code' })
    expect(parametersOf(limit, { '<factor>-LowValue': { code: '101', texts: ['1'] } })).toEqual({ '101-LowValue': '1' })
  })

  it('keeps repeats as a list', () => {
    const kind = kindOf('1021', parameter('PolId', { repeats: true }))
    expect(parametersOf(kind, { PolId: typed('101', '', '102') })).toEqual({ PolId: ['101', '102'] })
    expect(parametersOf(kind, { PolId: typed('101', '') })).toEqual({ PolId: '101' })
    expect(itemTexts([{ PolId: ['101', '102'] }, { A: '1' }])).toEqual(['PolId=101,102', 'A=1'])
    expect(itemTexts(null)).toEqual([])
  })

  it('knows which commands have not ended', () => {
    expect([isOpen('awaiting-approval'), isOpen('queued'), isOpen('sent'), isOpen('succeeded'), isOpen('cancelled')]).toEqual([true, true, true, false, false])
  })
})

const frame = (more: Partial<DecodedFrame> = {}): DecodedFrame => ({
  at: '2026-11-22T08:00:00+08:00', direction: 'received', connection_id: 'c', peer: '10.0.0.1:1', gateway: 'g', verdict: 'accepted', reason: null, raw_text: '##0101QN=1;CN=2011;MN=A', size: 20,
  edition: '2017', cn: '2011', cn_name_zh: '上传实时数据', cn_name_en: 'Upload', st: '32', qn: '1', data_time: null, flag: 5, needs_ack: true, pnum: null, pno: null, items: [], readings: [], deviations: [], ...more,
})
const crc = { code: 'crc_lowercase', clause: '6.3.1', what_zh: '小写', what_en: 'lower', cause_zh: '', cause_en: '' }

describe('the live frame view', () => {
  it('puts the newest first, keeps a bound, and keys go on counting', () => {
    let shown: ListedFrame[] = []
    let number = 0
    for (let turn = 0; turn < 7; turn += 1) {
      const arrived = Array.from({ length: 100 }, () => frame())
      shown = withNewer(shown, arrived, number)
      number += arrived.length
    }
    expect([shown.length, shown[0]!.key, shown.at(-1)!.key]).toEqual([FRAMES_KEPT, 699, 200])
    expect(new Set(shown.map((one) => one.key)).size).toBe(FRAMES_KEPT)
  })

  it('filters by direction, kind and text', () => {
    const wish = { direction: '', what: '', q: '' }
    expect(isWished(frame(), { ...wish, direction: 'sent' })).toBe(false)
    expect(isWished(frame(), { ...wish, what: 'deviating' })).toBe(false)
    expect(isWished(frame({ deviations: [crc] }), { ...wish, what: 'deviating' })).toBe(true)
    expect(isWished(frame({ verdict: 'rejected' }), { ...wish, what: 'rejected' })).toBe(true)
    expect(isWished(frame(), { ...wish, what: 'data' })).toBe(false)
    expect([isWished(frame(), { ...wish, q: 'mn=a' }), isWished(frame(), { ...wish, q: '实时' }), isWished(frame(), { ...wish, q: 'nothing' })]).toEqual([true, true, false])
  })

  it('marks the places of deviations, overlapping ones too, and loses no character', () => {
    const text = 'abcdefghij'
    const cut = stretches(text, [{ ...crc, start: 2, end: 6 }, { ...crc, code: 'other', start: 4, end: 20 }, { ...crc, code: 'nowhere', start: -1, end: -1 }])
    expect(cut.map((one) => [one.text, one.deviations])).toEqual([['ab', []], ['cd', ['crc_lowercase']], ['ef', ['crc_lowercase', 'other']], ['ghij', ['other']]])
    expect(stretches(text, []).map((one) => one.text).join('')).toBe(text)
  })

  it('hides passwords and keys of texts that come byte for byte', () => {
    expect(withoutSecrets('##QN=1;PW=123456;MN=1;CP=&&NewPW=abc,NewSK=k;A-PWx=1&&')).toBe('##QN=1;PW=******;MN=1;CP=&&NewPW=******,NewSK=******;A-PWx=1&&')
  })
})

const device = (more: Partial<DeviceRow> = {}): ListedDevice => ({ mn: 'A1', state: 'online', point: '总排口', enterprise: '华宸', ...more })

describe('the device list', () => {
  const wish = { q: '', state: '', edition: '', fault: '' }
  it('tells clock, deviations and edition apart', () => {
    expect([isSkewed(device({ clock_skew_s: -61 })), isSkewed(device({ clock_skew_s: 60 })), isSkewed(device())]).toEqual([true, false, false])
    expect(deviationCount(device({ deviations: { a: 2, b: 3 } }))).toBe(5)
    expect(deviationCount(device({ deviations: '{"a": 2}' }))).toBe(2)
    expect(speaksOtherEdition(device({ edition: '2005', registered_edition: '2017' }))).toBe(true)
    expect(speaksOtherEdition(device({ registered_edition: '2017' }))).toBe(false)
  })

  it('is searched by number, point, enterprise and address', () => {
    for (const q of ['a1', '总排', '华宸', '10.1']) expect(isWishedDevice(device({ peer: '10.1.2.3:4' }), { ...wish, q })).toBe(true)
    expect(isWishedDevice(device(), { ...wish, q: 'z' })).toBe(false)
    expect(isWishedDevice(device(), { ...wish, state: 'offline' })).toBe(false)
    expect(isWishedDevice(device({ registered_edition: '2025' }), { ...wish, edition: '2025' })).toBe(true)
  })

  it('sorts numbers by value, text by pinyin, the missing last whichever way', () => {
    const rows = [device({ mn: 'A10', frames: 9 }), device({ mn: 'A9' }), device({ mn: 'A2', frames: 100 })]
    const order = (key: string, down: boolean) => sorted(rows, { key, down }, deviceSortValue).map((row) => row.mn)
    expect(order('mn', false)).toEqual(['A2', 'A9', 'A10'])
    expect(order('frames', false)).toEqual(['A10', 'A2', 'A9'])
    expect(order('frames', true)).toEqual(['A2', 'A10', 'A9'])
    expect(sorted(rows, null, deviceSortValue)).toEqual(rows)
  })

  it('keeps its order in the address: up, down, none', () => {
    let sort = nextSort(null, 'mn')
    expect(sortText(sort)).toBe('mn')
    sort = nextSort(sort, 'mn')
    expect(sortOf(sortText(sort))).toEqual({ key: 'mn', down: true })
    expect(nextSort(sort, 'mn')).toBe(null)
    expect(nextSort(sort, 'peer')).toEqual({ key: 'peer', down: false })
  })
})

describe('files and sizes', () => {
  it('writes CSV that Excel reads and no spreadsheet runs', () => {
    expect(csvText(['a', 'b'], [['x,y', 'say "hi"'], ['=1+1', -5], [null, '-5.5']])).toBe('\ufeffa,b\r\n"x,y","say ""hi"""\r\n\'=1+1,-5\r\n,-5.5\r\n')
  })

  it('names bytes in the unit that reads best', () => {
    expect([bytesText(null), bytesText(0), bytesText(1023), bytesText(4096), bytesText(3_145_728)]).toEqual(['—', '0 B', '1023 B', '4 KB', '3.0 MB'])
  })
})
