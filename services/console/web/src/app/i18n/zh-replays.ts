/** Words of replays: periods judged again. */
export const zhReplays = {
  replays: {
    title: '数据重算', one: '重算', start: '发起重算', startHint: '按原始报文重新判定。完成后先看差异，再决定采用或保留；采用之前任何数据都不变。', empty: '没有重算记录', again: '再算一次', fromDay: '重算该日',
    scope: '范围', scopeOf: { outlets: '所选排口', park: '全园区排口' }, outlets: '{n} 个排口', addOutlet: '添加排口', noOutlet: '请至少选择一个排口', period: '时段', firstDay: '起始日', lastDay: '截止日（含）', daysOf: '{n} 天', tooLong: '一次最多 366 天', rules: '适用规则', rulesOf: { today: '今天的规则', 'that-day': '当日的规则' }, rulesHint: { today: '按现行档案（限值、因子、排口）判定。', 'that-day': '按该日终了时的档案判定，用于核对当时的结论。' }, anyRules: '全部规则', author: '发起人', startedAt: '发起时间', finishedAt: '完成时间',
    state: { queued: '排队中', running: '重算中', done: '待决定', failed: '失败', cancelled: '已取消', adopting: '采用中', adopted: '已采用', left: '未采用' },
    step: { start: '发起', adopt: '采用', leave: '不采用', cancel: '取消', finish: '完成', fail: '失败' }, bySystem: '系统',
    stepHint: { adopt: '有差异的小时和日按所见写为新版本，受影响的日回到规则已检，须重新复核审批；发出相应的超标发现。', leave: '保留现有数据，重算结果仅留存备查。', cancel: '停止重算，已算部分作废。' }, approvedDays: '其中 {n} 个已审批日将不再是最终数据。',
    progress: '已算 {done} / {all} 个排口日', differs: '差异', differsOf: '{all} 个时段中 {n} 个有差异', nothing: '与现有数据完全一致', periods: '时段数', adoptedOf: '已采用 {n}', outdated: '{n} 个时段在此期间有了更新版本或规则已变，未采用；请再算一次。', failedOutlets: '{n} 个排口未能重算',
    digests: '结果摘要 SHA-256', digest: '重算结果', storedDigest: '现有数据', same: '相同条件的其他重算', noSame: '没有相同条件的其他重算', identical: '逐位一致', notIdentical: '不一致', byOutlet: '各排口', failure: '未能重算的原因',
    differences: '差异明细', noDifferences: '没有差异', allPeriods: '小时和日', periodOf: { hour: '小时', day: '日' }, value: '监测值', converted: '折算值', other: '其他变化', moreChanges: '另 {n} 项', against: '对照版本', adoptedAs: '采用为版本', record: '办理记录', gone: '（无）', toReview: '审核',
  },
}
