/** Words of the page of alarm rules. */
export const zhRules = {
  rules: {
    title: '告警规则', inForce: '生效版本 {n}', view: { entries: '分级规则', notify: '通知与升级', text: '全文', versions: '版本' }, order: '自上而下逐条匹配，第一条匹配的规则决定告警级别。', changed: '草稿有 {n} 处修改', unchanged: '与生效版本一致', how: { added: '新增', removed: '删除', changed: '已修改', reordered: '顺序' }, discard: '放弃修改',
    dryRun: '试算近 30 天', runFirst: '生效前须先试算：用草稿重新评定近 30 天的告警。', runAgain: '草稿在试算后又有修改，请重新试算。', ran: '近 30 天共 {n} 条告警：级别升高 {higher} 条，降低 {lower} 条。', lacking: '其中 {n} 条缺少周边情况记录，相应条件未计入。', were: '实际', wouldBe: '按草稿', differing: '级别不同的告警 {n} 条', note: '修改说明', noteNeeded: '请填写修改说明', goLive: '生效',
    live: '新规则已生效', leave: '草稿尚未生效，离开将丢失修改。确定离开？', up: '上移', down: '下移', copy: '复制', addStep: '添加', version: '版本', madeBy: '修改人', current: '生效中', asDraft: '作为草稿打开', textHint: '规则全文（JSON），离开输入框后作为草稿。', textFault: '不是有效的规则：', anyLevel: '任意',
    match: { rules: '适用规则', media: '适用介质', factors: '适用因子' }, condition: '类型', conditionYes: '持续状态（恢复前一直成立）', conditionNo: '逐时段判定', floor: '最低级别', clearing: '恢复与关闭', consecutive: '连续达标（个）', delay: '无超标时长（秒）', ratioBelow: '达标比值低于', closeAfter: '恢复后自动关闭（秒）', others: '其他设置（在全文中修改）',
    kind: { ratio_steps: '按超限倍数', duration_steps: '按持续时间', repeat_steps: '按重复次数', episode_steps: '按再次发生', value_steps: '按监测值', circumstance_steps: '按周边情况' },
    hint: { ratio_steps: '监测值 / 限值高于', duration_steps: '达到起始级别并持续', repeat_steps: '时段内超限次数', episode_steps: '时段内再次达到起始级别', value_steps: '监测值低于或高于', circumstance_steps: '达到起始级别且条件全部成立' },
    field: { above: '高于', below: '低于', level: '级别', base: '起始级别', hours: '小时', count: '次数', within_hours: '小时内', factor: '因子编码', unit: '单位', name: '名称', factors_at_least: '因子数 ≥', points_at_least: '点位数 ≥', receptor_within_m: '敏感点距离 ≤ m', downwind_within_degrees: '下风向 ± °', wind_below: '风速低于 m/s', inclusive: '含等于', beside_rules: '同点位另有告警', beside_level: '该告警至少', beside_within_hours: '间隔 ≤ 小时' },
    entry: {
      'first-class-pollutant': '第一类污染物', 'surface-water': '地表水', 'emission-gas': '废气与环境空气超标', 'emission-water': '废水超标', 'rain-and-ground-water': '雨水与地下水', noise: '噪声超标', 'step-change-water': '水质突变', 'station-observation': '站点数值异常', 'regional-event': '区域性污染事件', transmission: '传输有效率', 'qaqc-due': '质控即将到期', 'qaqc-overdue': '质控逾期', 'manual-overdue': '自行监测逾期', 'card-balance': '总量卡余额', 'data-notice': '数据提示', 'equipment-anomaly': '设备类异常', 'fraud-suspicion': '疑似弄虚作假', 'total-control': '总量控制', 'total-pace': '总量进度', offline: '设备断线', 'missing-data': '数据缺失', 'data-quality': '标记问题', interference: '联动与参数变更', anomaly: '数据异常', 'any-other': '其他',
    },
    fresh: { title: '本版本新增 {n} 条规则，现行规则尚未包含', hint: '采纳或不采纳之前，相应告警按平台自带规则分级，不归入“其他”。', adopt: '采纳', leave: '不采纳' },
    part: { left_out: '不采纳的规则', entries: '规则顺序', notify: '通知对象', chains: '升级', inhibitions: '抑制', grouping: '合并方式' },
    toldAtOnce: '立即通知', notAcknowledged: '未确认满', minutes: '分钟', workingTime: '只计工作时间', thenTell: '再通知', addChain: '添加升级步骤', whoHint: '可填角色（officer、inspector、enterprise、administrator）、duty:值班表 或 person:用户名。',
  },
}
