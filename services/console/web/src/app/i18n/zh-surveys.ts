/** Words of manual campaigns and land plots. Titles of columns and closed lists come from the platform. */
export const zhSurveys = {
  surveys: {
    title: '人工监测', menu: '人工监测', tab: { campaigns: '监测活动', sites: '点位', plots: '地块', results: '监测结果', import: '导入', setAside: '搁置数据' },
    outcome: { over: '超标', undecided: '不能判定', compliant: '达标', 'not-judged': '不评价', none: '未监测' }, anyOutcome: '全部结论', anyKind: '全部类别', csv: '导出 CSV', xlsx: '导出 Excel', reason: '原因', reasonHint: '更正须写明原因；原版本保留。',
    versions: '版本', version: '第 {n} 版', by: '作者', when: '时间', asEntered: '首次录入', noVersions: '没有版本记录', withdrawn: '已撤销', confidence: '可信度', clause: '条款', standard: '标准', verdict: '评价', grade: '类别或风险', deciding: '决定项目', samples: '结果数', searchName: '搜索名称或编码', sampledAt: '采样时间', loadMore: '加载更多',
    alarms: '相关告警', confidenceOf: { 'verified-text': '已核对原文', 'cross-checked': '多源一致', secondary: '二手资料', 'from-memory': '待核实', 'design-default': '设计默认', open: '未确定' }, kind: '类别', campaign: {
      one: '监测活动', create: '新建监测活动', edit: '更正监测活动', empty: '没有监测活动', planned: '计划日期', laboratory: '检测机构', sites: '点位评价', noSites: '还没有结果，请录入或导入', results: '结果', enter: '录入结果', judgeAgain: '重新评价', judgeHint: '按现在的点位资料和标准重新评价全部结果；有差异的成为新版本。', judged: '共 {results} 个结果，{changed} 个有变化', importHere: '导入 Excel', kindStays: '有结果后类别不能更改', closeEntry: '收起录入',
    },
    classOf: '{grade}类',
    levels: { title: '昼夜等效声级 dB(A)', day: '昼间 Leq', night: '夜间 Leq', ldn: 'Ldn' },
    entry: {
      title: '录入结果', hint: '一行一个项目；低于检出限写作 0.004L、<0.004 或 ND。全部通过才保存。', add: '添加一行', copy: '复制上一行', drop: '删除第 {n} 行', row: '第 {n} 行', save: '保存 {n} 个结果', saved: '已保存 {n} 个结果', required: '必填', number: '不是数字', below: '低于检出限，应写作 {limit}L', needsLimit: '未检出时须填检出限', time: '写作 2026-03-01 14:30', sensory: '填 有 或 无', unknownSite: '没有该点位', unknownItem: '没有该项目', more: '更多列', less: '收起', example: '例',
    },
    result: { one: '监测结果', empty: '没有监测结果', correct: '更正', withdraw: '撤销', withdrawHint: '撤销后该结果不再计入评价；版本保留。', showWithdrawn: '已撤销的', value: '结果', item: '项目', site: '点位', method: '方法', limit: '限值', detection: '检出限', depth: '深度', stays: '点位、项目、采样时间、深度、取值时间和样品编号不能更正，请撤销后重新录入。', fromTo: '采样日期' },
    site: { one: '点位', create: '登记点位', edit: '更正点位', empty: '没有点位', category: '功能类别', place: '坐标', newest: '最近评价', trend: '历次趋势', noTrend: '该点位还没有结果', change: '较上次', onMap: '地图', map: '点位和地块地图', judgeAgainHint: '更正后，已有结果保持原评价；需要时在监测活动中重新评价。', noiseStandard: '噪声标准', waterBody: '水体类型', choose: '选择项目' },
    plot: {
      one: '地块', create: '登记地块', edit: '更正地块', empty: '没有地块', landUse: '用地类型', area: '面积', hectares: '{n} 公顷', investigation: '土壤污染状况调查', source: '调查依据', sites: '地块内点位', boundary: '边界', boundaryHint: 'GeoJSON 面（CGCS2000 经纬度），或每行一个“经度,纬度”；也可在地图上绘制。', draw: '在地图上绘制', drawing: '单击添加角点，双击结束', notJson: '不是有效的 GeoJSON 或坐标', clear: '清除', position: '井的位置', addSite: '添加点位', noMembers: '地块内还没有点位', anyUse: '全部用地', anyInvestigation: '全部调查情况', unsampled: '未监测点位', aboveScreening: '超筛选值', aboveControl: '超管制值', overItems: '超标项目', none: '无', attention: '请核对', wells: '上下游水井对比', wellsHint: '各井取最近一次监测，数值原样并列，不作推断。', background: '背景井', noWells: '没有已监测的地下水井', member: '点位', newest: '各点位取最近一次监测', sampledSites: '已监测 {n} 个点位', members: '{n} 个点位',
    },
    import: {
      sheet: '导入内容', sheets: { sites: '点位', results: '监测结果' }, campaign: '监测活动', chooseCampaign: '请选择监测活动', all: '全部或不导入（有一行有误则都不导入）', reasonFor: '更正原因（修改已有数据时必填）', notStored: '未导入：有 {n} 行有误', stored: '已导入 {n} 行', previewed: '校验完成，尚未导入', toSetAside: '{n} 行有误的数据已搁置，可更正后再次运行', verdict: '评价',
    },
    setAside: { empty: '没有搁置的行', state: { open: '待更正', mended: '已更正', dismissed: '不处理' }, anyState: '全部状态', anyReason: '全部原因', reason: { 'wrong-columns': '表头有误', 'unknown-factor': '未知项目', 'unit-mismatch': '单位不符', 'bad-time': '时间有误', 'unknown-site': '未知点位', 'bad-value': '数值有误' }, file: '文件', row: '行', why: '问题', mend: '更正并重新运行', mendTitle: '更正第 {n} 行', asWritten: '原文', dismiss: '不处理', dismissHint: '写明不处理的理由。', correction: '更正原因（修改已有结果时必填）', mended: '已更正并导入', again: '原样再次运行', content: '内容', settled: '处理' },
  },
}
