/** Words of the settings of anomaly rules, their try-out, and the records of an outlet. */
export const zhAnomalies = {
  anomalyRules: {
    tab: { rules: '规则', facts: '备案项', signals: '信号来源', try: '试算', versions: '版本', records: '设备记录' },
    edit: '编辑', dirty: '草稿有 {n} 处修改', discard: '放弃草稿', saveDraft: '保存并生效', saveHint: '保存后立即生效，最近一天的数据按新设置重新判定。', reason: '修改原因', conflict: '设置已被他人修改，请核对差异后重新保存。', reloadKeep: '读取新版本并保留我的修改', saved: '第 {n} 版已生效',
    switchOff: '停用原因', reset: '恢复默认', defaultIs: '默认 {value}', range: '允许 {low} 至 {high}', source: '来源', finds: '判定内容', filter: '筛选规则', any: '全部', notApplicable: '不适用', changed: '已修改', noMatch: '没有符合条件的规则', goMend: '去填写', limitsAt: '到点位限值', copy: '从其他排口复制', copyFrom: '来源排口', copyHint: '复制开关、参数、备案项和信号到草稿，不会立即生效；本排口不监测的因子和指向来源排口自身的信号会略去。', copied: '已复制 {n} 项，略去 {left} 项', leftOut: '略去', share: '比例', integer: '整数',
    fact: '备案项', factFactor: '因子', value: '取值', addFact: '添加备案项', noFacts: '还没有备案项', form: { number: '数字', furnace: 'msw（生活垃圾）或 hazardous-waste（危险废物）', times: '时刻，如 03:10, 15:30', bounds: '下限~上限，如 0.8~1.2' }, factorParameter: '参数编码',
    signal: '信号', sources: '来源', ownPoint: '本排口', rated: '额定值', ratedHint: '填写后按占额定的比例判定', addSource: '添加来源', noSource: '未接入', signalFactor: '因子编码', signalHint: '点位上报的因子；未登记的因子可直接填写编码。', otherPoint: '其他点位',
    days: '天数', run: '试算最近 {n} 天', running: '正在试算…', tryHint: '按草稿与现行设置各跑一遍定时规则；不保存，也不通知任何人。实时规则 AN11、AN45 不在试算之内。', tryBefore: '现行 {n} 条', tryAfter: '草稿 {n} 条', change: { new: '新增', gone: '不再发现', same: '相同' }, nothing: '两种设置都没有发现', told: '会告警', notTold: '仅列出', stale: '草稿已改动，结果是改动前的。',
    version: '版本', author: '修改人', at: '时间', differences: '与上一版的差异', noVersions: '一直使用默认设置', defaults: '默认', removed: '移除', none: '无', openDraft: '作为草稿打开',
    kind: '类别', kinds: { parameter: '参数上报', status: '状态上报', log: '设备日志', calibration: '校准', 'standard-check': '标样核查', 'quality-check': '质控', 'manual-result': '手工结果', 'work-order': '工单', access: '门禁' }, addRecord: '登记记录', noRecords: '没有记录', recordAt: '发生时间', recordName: '名称', recordValue: '数值', recordText: '内容', workOrder: '工单号', passed: '通过', failed: '未通过', by: '登记人', device: '设备上报', checkName: '质控项目', monitor: '监测系统', hours: '有效小时', parameterName: '参数（空为全部）', accessText: '事件（如开门、管理员登录）', recordHint: '登记后相关规则立即重新判定；漂移与标样核查在数据审核的质控中登记。',
  },
}
