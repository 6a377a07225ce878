/** Words of plans, kinds of tasks, scores, intake and what surrounds a task. */
export const zhTasking = {
  plans: {
    create: '新建计划', edit: '编辑计划', list: '计划', coming: '即将生成', search: '搜索计划 / 企业', empty: '还没有计划', name: '计划名称', class: '企业分类', classHint: 'T/GXAS 710-2024 附录 A：A 类每季度、B 类每半年、C 类每年检查一次', classOf: { A: 'A 重点企业', B: 'B 一般企业', C: 'C 非重点企业' }, noClass: '不分类，自定周期',
    cycle: '周期', cycleOf: { month: '每月', quarter: '每季度', 'half-year': '每半年', year: '每年' }, firstDue: '首次完成日期', leadDays: '提前生成（天）', nextDue: '下次完成日期', madeAt: '任务生成时间', paused: '已停用', pause: '停用', resume: '启用', rounds: '各期', made: '已生成', noneMade: '尚未生成任务', noneComing: '没有即将生成的任务', round: '第 {n} 期', madeOn: '{time} 生成任务', ahead: '预览范围', monthsAhead: '未来 {n} 个月',
  },
  scores: { by: { person: '按人员', cell: '按网格', enterprise: '按企业' }, share: '综合得分 = 及时性 {timeliness}% + 质量 {quality}%', empty: '所选时段没有可考核的任务', tasks: '任务数', closed: '办结', onTime: '按时', returned: '退回次数', urged: '催办次数', timeliness: '及时性', quality: '质量', score: '综合得分', explain: '得分明细', deductions: '扣分原因', none: '无扣分' },
  kinds: {
    create: '新建任务类型', newVersion: '编写新版本', retired: '已停用', textHint: '任务类型以 JSON 编写；保存即成为新版本，已派发的任务仍按原版本办理。', line: '第 {n} 行', holds: '校验通过，可以保存', check: '校验', save: '保存为新版本', workBy: '可承办角色', verifiedBy: '复核', verifier: { officer: '监管人员', creator: '仅创建人' }, steps: '反馈前必经步骤', fromLevel: '{level}及以上', everyLevel: '全部级别', photos: '照片要求', evidence: '其他证据', documents: '可打印文书', fromAlarms: '由告警自动生成', unannounced: '不事先告知', unannouncedHint: '到场前企业看不到该任务', clocks: '办理时限', noClocks: '没有时限', private: '仅派发人可见',
    part: { order_fields: '派单时填写', fields: '反馈时填写' },
  },
  fieldType: { text: '文字', 'long-text': '多行文字', number: '数字', choice: '单选', choices: '多选', date: '日期', instant: '时间', 'yes-no': '是否', rows: '表格' },
  media: { photo: '照片', video: '视频', document: '文件', signature: '签名' },
  document: { 'task-record': '任务办理记录', 'problem-form': '问题整改反馈单', 'rectification-notice': '整改通知书' },
  clockStep: { sign: '签收时限', arrive: '到场时限', handle: '处置时限', report: '反馈时限', verify: '复核时限', close: '办结时限' },
  clockUnit: { hours: '小时', days: '天', 'working-hours': '工作小时', 'working-days': '工作日' },
  clockState: { met: '已按时', missed: '超时', late: '已超时', running: '计时中' },
  taskSource: { alarm: '告警', plan: '检查计划', complaint: '信访投诉', supervision: '上级督办', manual: '人工派发', 'sub-task': '子任务' },
  tasking: {
    role: '承办角色', complaint: '登记投诉', supervision: '登记督办', delegations: '委托', delegate: '新建委托', noDelegations: '没有委托', principal: '委托人', deputy: '代办人', revoke: '撤回', over: '已结束', pick: '选择', pickAll: '选择全部待派发（{n}）', pickNone: '取消选择', batch: '批量派发（{n}）', batchDone: '已派发 {n} 条，未成功 {m} 条', everyone: '全体{role}', dueHint: '留空则按任务类型的时限',
    extension: '延期申请待审批', extensionAsked: '{who} 申请延期至 {time}', order: '派单信息', course: '办理过程', parent: '上级任务', source: '来源', cell: '网格', subTasks: '子任务', addSubTask: '新建子任务', documents: '文书', sign: '手写签名', signer: '签名人', signHere: '在此处签名', signSave: '保存签名', signClear: '重写', signNeeds: '请填写签名人并签名',
  },
}
