/** Words of manual monitoring of outlets. Titles of columns and frequencies come from the platform. */
export const zhSelfMon = {
  selfmon: {
    title: '自行监测', tab: { due: '监测任务', plans: '监测方案', results: '监测结果', comparisons: '与自动比对', statistics: '完成率', import: '导入', setAside: '搁置数据' },
    anyState: '全部状态', anyOutcome: '全部结论', reason: '原因', averagingTitle: '取值时间', averaging: { instant: '瞬时样', hour: '小时均值', day: '日均值' },
    outcome: { over: '超标', 'early-sign': '预警', undecided: '不能判定', compliant: '达标', 'not-judged': '不评价', passed: '合格', failed: '不合格', 'not-comparable': '不可比' },
    decision: { submitted: '待审核', accepted: '已审核', rejected: '已退回', withdrawn: '已撤销' },
    due: {
      month: '月份', before: '上一月', after: '下一月', view: '显示方式', list: '列表', calendar: '日历', empty: '该月没有监测任务', more: '只显示前 {n} 条，共 {total} 条；请选择排口或状态', period: '监测期', dueAt: '应报时间', lacking: '尚缺因子', explanation: '说明', late: '迟报', others: '另有 {n} 项',
      state: { upcoming: '未开始', due: '待完成', overdue: '逾期', done: '已完成', exempt: '免测' }, because: { stopped: '全期停产', explained: '说明已通过' }, weekday: { 1: '周一', 2: '周二', 3: '周三', 4: '周四', 5: '周五', 6: '周六', 7: '周日' },
      explain: '说明原因', explainHint: '写明未监测或未报的原因并附证据；由监管人员审核通过后该期免测。', accept: '通过', reject: '不通过',
    },
    plan: {
      one: '监测方案', create: '新建方案', empty: '没有监测方案', search: '搜索方案名称', factors: '监测因子', addFactor: '添加因子', frequency: '频次', times: '每期采样次数', basis: '依据', basisHint: '频次的出处：排污许可证、HJ 819 或行业指南的条款。', valid: '有效期', validFrom: '生效日期', validTo: '失效日期', reportWithin: '期末后报送天数', sampling_method: '采样方法', analysis_method: '分析方法', executor: '执行单位', executorOf: { own: '自测', 'third-party': '委托监测' }, laboratory: '检测机构',
    },
    result: {
      one: '监测结果', enter: '录入结果', enterHint: '一次采样的各因子一起录入；低于检出限写作 0.004L、<0.004 或 ND。全部通过才保存。', empty: '没有监测结果', value: '结果', converted: '折算值', outcome: '结论', stays: '排口、因子、采样时间和样品编号不能更正，请撤销后重新录入。更正后须重新审核。',
      accept: '审核通过', reject: '退回', withdraw: '撤销', acceptHint: '审核通过后，与自动数据的比对作为监测设备的核查记录。', rejectHint: '退回后该结果不再计入，直至更正。', withdrawHint: '撤销后该结果不再计入；版本保留。',
    },
    comparison: { hint: '手工结果与同时段有效自动数据均值比对，按 HJ 75、HJ 355 准确度判定；审核通过的不合格比对使数据回溯到上次合格之后无效。', empty: '没有比对', day: '日期', pairs: '数据对', error: '误差', tolerance: '允许', why: '说明', notAccepted: '结果待审核', window: '时段', manual: '手工', automatic: '自动', values: '自动值个数' },
    by: { title: '统计对象', point: '排口', enterprise: '企业', park: '园区' }, per: { month: '按月', quarter: '按季', year: '按年' },
    count: { owed: '应完成', on_time: '按时', late: '迟报', overdue: '逾期', exempt: '免测', pending: '未到期', rate: '按时完成率' },
  },
}
