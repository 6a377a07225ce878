/** Words of data review, marks, set-aside data, anomalies and results. */
export const zhJudging = {
  judging: {
    group: '数据', reviews: '数据审核', anomalies: '异常线索', results: '统计结果', tab: { reviews: '日数据审核', marks: '企业标记', setAside: '搁置数据' },
    day: '日期', anyEnterprise: '全部企业', anyPoint: '全部点位', anyState: '全部状态', anyFactor: '全部因子', csv: '导出 CSV', xlsx: '导出 Excel', reason: '理由', revision: '版本', hour: '小时', hours: '小时', days: '天', evidence: '证明材料', whole: '全部因子', by: '办理人', choosePoint: '请选择点位',
    state: { raw: '待计算', checked: '规则已检', reviewed: '已复核', approved: '已审批' },
    step: { review: '复核', approve: '审批', return: '退回', reopen: '重新打开', change: '数据变化', check: '规则检查' },
    stepHint: { review: '复核表示已核对该日各层数据；须由另一人审批。', approve: '审批后该日数据成为最终数据并对外公布。', return: '退回后须重新复核，请写明理由。', reopen: '重新打开后该日数据不再是最终数据，请写明理由。' },
    issues: '规则检查发现', noIssues: '规则检查未发现问题', withIssues: '只看有问题的', final: '最终', notFinal: '非最终', lastApproved: '曾审批版本 {n}', reviewer: '复核人', approver: '审批人', changedAt: '更新时间', emptyReviews: '没有待审核的数据', selected: '已选 {n} 天', selectAll: '全选已加载', selectDay: '选择 {name}', none: '取消选择',
    batchAsk: '对所选 {n} 天执行“{step}”。', batchDone: '完成 {n} 天', batchRefused: '未完成 {n} 天', people: '复核人、修正人不能审批，须由另一人审批。',
    layers: '小时数据（各层）', dayResult: '日结果', steps: '审核记录', corrections: '数据修正', noCorrections: '没有修正', noHours: '该日没有小时数据', correct: '修正', correctTitle: '修正小时数据', kind: { invalidate: '置为无效', validate: '置为有效', replace: '替换数值' }, newValue: '新值', evidenceKind: { photo: '照片', log: '日志', document: '文件', laboratory: '实验室报告', other: '其他' }, reference: '材料编号或链接', correctHint: '修正是带作者、理由和证明材料的新版本，计算值仍保留；修正人不能审批该日数据。',
    withdraw: '撤销', withdrawHint: '撤销后恢复为计算值（新版本）。', withdrawn: '已撤销', versions: '版本与差异', noVersions: '没有版本记录', firstVersion: '首个版本', field: '项目', before: '之前', after: '之后', frames: '原始报文', digest: '内容摘要', hideLayers: '精简', showLayers: '全部层',
    layer: {
      raw: '设备上报', reported: '上报均值', mean: '自算均值', converted_mean: '折算均值', reported_converted: '上报折算', total: '累计量', emission: '排放量 kg', substituted: '替代排放 kg', baseline: '基线', mark: '数据标识', condition_mark: '工况标记', equipment_mark: '设备标记', verdict: '判定', reason: '原因', limit: '限值', ratio: '比值', compliant: '达标', valid: '有效', valid_count: '有效个数',
      expected_count: '应有个数', in_time: '及时', marks: '标识统计', exempt: '豁免', corrected_from: '修正前', correction: '修正', standard: '标准', clause: '条款', minimum: '最小', maximum: '最大', substitution: '替代规则', unit: '单位',
    },
    verdict: { valid: '有效', 'over-range': '超量程', invalid: '无效', stopped: '停运', missing: '缺失' }, baseline: { valid: '正常', missing: '缺失', 'comm-lost': '通讯中断' }, exemptShort: '豁免', late: '补传', overLimit: '超标', within: '达标',
    why: {
      normal: '正常', 'mark-absent': '无数据标记', 'no-data': '数据缺失', 'link-lost': '通讯中断', stopped: '停运', calibration: '校准', maintenance: '维护', fault: '故障', communication: '仪器与数采仪通讯异常', 'manual-value': '手工设定值', 'power-failure': '掉电', 'standard-check': '自动标样核查', 'out-of-control': '失控时段', 'check-overdue': '质控检查逾期', 'too-few-values': '有效数据不足', 'over-range': '超测量上限', 'no-flow': '流量为零', 'unknown-mark': '未知标记',
    },
    marks: {
      empty: '没有标记', state: { submitted: '待审核', accepted: '已采纳', rejected: '已退回', withdrawn: '已撤回' }, kind: { condition: '工况标记', equipment: '设备标记' }, act: { accept: '采纳', reject: '退回', withdraw: '撤回' }, type: '标记类型', period: '时段', due: '材料期限', overdue: '材料逾期', late: '逾期提交', counts: '已生效', countsNot: '未生效', contradictions: '与数据矛盾', noContradictions: '与数据无矛盾', author: '提交人', decided: '审核', create: '新建标记', createTitle: '提交标记', addEvidence: '补充材料', effect: '效力', cap: '时限', caps: '标记用量', capUsed: '已用 {used} / {cap} 小时', capEach: '单次 ≤ {n} 小时', capPeriod: { year: '每年', quarter: '每季度', day: '每天' }, tooLong: '单次超时', exceeded: '已超上限', near: '接近上限',
      acceptHint: '采纳后该标记影响相应时段的数据判定，相关小时重新计算。', rejectHint: '退回后该标记不影响数据，请写明理由。', withdrawHint: '撤回后该标记不再影响数据。', factorsHint: '不选表示全部因子', waterHour: '废气按分钟、废水按小时；工况标记不分因子。', source: '依据', unsure: '依据待核实',
    },
    setAside: {
      empty: '没有搁置数据', reason: { 'unknown-factor': '未登记因子', 'time-in-future': '数据时间超前', 'time-before-device': '早于投运日期' }, anyReason: '全部原因', open: '未处理', settled: '已处理', frames: '报文数', span: '数据时间', seen: '最近出现', mend: '更正方法', example: '示例', outcome: '处理结果', runAgain: '重新计算', runAgainHint: '更正后重新计算受影响的小时，结果为新版本。', dismiss: '不处理', dismissHint: '写明不处理的理由；再次出现时会重新打开。', ran: '已重新计算 {n} 小时', limits: '未能应用的限值', parked: '{n} 条记录等待其点位登记。',
      how: { 'unknown-factor': '在该点位档案中登记此因子后重新计算。', 'time-in-future': '校正数采仪时钟，待数据时间到达后重新计算。', 'time-before-device': '核对并更正该点位的投运日期后重新计算。' }, goPoint: '打开点位', goDevice: '打开设备', goImport: '档案导入', waitTime: '数据时间尚未到达',
    },
    anomaly: {
      empty: '没有异常线索', state: { open: '持续中', closed: '已结束' }, severity: { info: '提示', warn: '可疑', alarm: '异常' }, anySeverity: '全部级别', anyFeedback: '核实情况', feedback: { confirmed: '属实', false: '误报', none: '未核实' }, rule: '规则', anyRule: '全部规则', seen: '发现', started: '开始', ended: '结束', occurrences: '出现次数', window: '异常时段曲线', windowHint: '曲线含异常时段前后各一段；表中为规则依据的数值。', noCurve: '该时段没有曲线数据', evidence: '依据数值', parameters: '规则参数', settings: '规则设置第 {n} 版', say: '核实结论', sayHint: '结论计入规则准确率，可再次填写更正。', saidBy: '{who} 核实于 {time}', confirm: '属实', isFalse: '误报', toRules: '该点位的规则设置', precision: '规则准确率', noPrecision: '暂无核实结论', found: '线索数', rate: '准确率', notYours: '企业用户不能评定线索真伪。',
      rulesTitle: '异常规则设置', logic: '判定逻辑', basis: '依据', confidence: '可信度', runs: { stream: '实时', 'ten-minutes': '每 10 分钟', hourly: '每小时', daily: '每天' }, runsAt: '运行', enabled: '启用', disabled: '停用', param: '参数', factorState: '各因子状态', ruleState: { judged: '在判', 'not-applicable': '不适用', 'switched-off': '已关闭', failed: '失败' }, version: '第 {n} 版', defaultVersion: '默认设置', confidenceOf: { official: '官方', secondary: '二手资料', 'from-memory': '待核实', assumption: '假定', 'design-default': '设计默认' },
    },
    result: {
      tab: { quantities: '总量与许可', outlet: '排口月季年', transmission: '传输有效率', station: '环境统计', ranking: '站点排名', wind: '污染玫瑰与相关' }, period: { month: '月', quarter: '季', year: '年', day: '日' }, year: '年度', permitted: '许可量', used: '已排放', substituted: '其中替代', share: '占许可量', rate: '近期日均', runsOut: '预计用完日', never: '年内不会用完', over: '已超许可', yearEnd: '预计全年', permit: '许可依据', wholeEnterprise: '企业合计', noQuantities: '还没有许可排放量', dropAsk: '删除许可量“{name}”？', dataDays: '数据天数', warned: '已预警', notEnough: '数据不足',
      mean: '均值', total: '累计量', emission: '排放量', validDays: '有效', finalDays: '已审批 {n}/{all} 天', noResults: '没有结果', periodStart: '时段', by: '统计方式', byOf: { point: '按排口', enterprise: '按企业', factor: '按因子', 'point-factor': '按排口和因子', 'point-month': '按排口和月', park: '全园区' }, expected: '应传', received: '实传', inTime: '及时', valid: '有效', stopped: '停运', transmission: '传输率', validity: '有效率', effective: '传输有效率', level: { ok: '正常', warning: '预警', serious: '严重', none: '无应传' }, noTransmission: '没有应传数据', losses: '影响传输有效率的小时', noLosses: '没有缺失或无效的小时', excused: '可豁免', thresholds: '低于 {warning} 预警，低于 {serious} 严重。',
      station: '站点', noStations: '没有环境站点', against: { before: '环比', year: '同比' }, notComparable: '数据不完整，仅供参考', target: '目标', kept: '达到目标', notKept: '未达目标', unknown: '无数据', index: '综合指数', waterIndex: '水质指数', class: '类别', goodShare: '优良率', goodDays: '优良天数 {n}/{all}', percentile: '百分位', overDays: '超标天数', complete: '数据完整', incomplete: '数据不完整', needed: '有效/应有天数', noStatistics: '该时段没有统计结果', place: '名次', value: '数值', placeBefore: '上期名次', valueBefore: '上期数值', noRanking: '没有可排名的站点', measure: '指标', hoursUsed: '共 {n} 小时', calm: '静风 {share}', wind: '风速 m/s', direction: '风向', frequency: '频率', rose: '污染玫瑰图', roseHint: '扇形长度为该风向的平均浓度，颜色深浅为出现频率；风向指风的来向。', noRose: '该时段没有同时有风和浓度的小时', needsWind: '该站点没有测风因子，请选择其他站点的风。', windOf: '风数据来自', own: '本站', correlation: '相关系数（小时均值）', pairs: '{n} 对', noCorrelation: '数据不足，无法计算相关系数', span: '统计时段',
    },
  },
}
