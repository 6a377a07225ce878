/** Words of duty rosters, notification and alarm statistics, and of forms in general. */
export const zhAlerting = {
  duty: {
    title: '值班表', create: '新建值班表', edit: '编辑值班表', empty: '还没有值班表', emptyMay: '还没有值班表，点击“新建值班表”开始', roster: '值班表', week: '本周值班', previous: '上一周', next: '下一周', thisWeek: '回到本周', onDuty: '当前值班', nobody: '无人值班', people: '值班人员',
    hole: '无人值班', holes: '值班表有 {n} 处空缺：', showHole: '查看空缺', changed: '{time} 由 {who} 更新', swapHint: '点击尚未结束的班次可换班', codeHint: '小写字母、数字、._-；升级规则以 duty:编码 引用', validFrom: '生效日期', validTo: '截止日期', coverage: '值班要求', coverageOf: { always: '全天 24 小时', 'working-hours': '仅工作时间' },
    shift: '班次 {n}', addShift: '添加班次', dropShift: '去掉此班次', start: '开始', end: '结束', nextDay: '次日结束', days: '适用日', daysOf: { all: '每天', working: '工作日', rest: '休息日' }, turns: '轮换', turnsOf: { shift: '每班轮换', week: '每周轮换' },
    teams: '班组（依次轮换）', team: '第 {n} 组', addTeam: '添加一组', addPerson: '添加人员', dropPerson: '移除 {name}', check: '检查空缺', problems: '发现 {n} 个问题', noProblems: '没有空缺，可以保存',
    swap: '换班', swapped: '已换班', swapShift: '班次', swapFrom: '原值班人', swapTo: '接班人', swapBack: '对换班次', swapBackHint: '选择接班人的一个班次即为对换；仅列出本周的班次', swapNoReturn: '不对换', swaps: '换班记录', noSwaps: '没有换班', swapLost: '班次已变更，此换班无效', undo: '撤销', undoAsk: '撤销后由原值班人值班，确定撤销？', removeAsk: '删除值班表“{name}”？引用它的升级规则将找不到值班人员。',
  },
  notify: {
    tab: { channels: '通知渠道', contacts: '联系人', templates: '消息模板', messages: '发送记录', silences: '静默', mine: '我的通知' }, channelsHint: '平台外的通知渠道；密钥只写入、不显示。', createChannel: '新建渠道', editChannel: '编辑渠道', noChannels: '还没有通知渠道', kind: '类型', target: '目标', language: '语言', lastTest: '测试结果',
    testSent: '已排队发送…', sendTest: '发送测试', dropChannel: '删除渠道“{name}”？待发送的消息将不再发送。', secretKept: '留空则保持原密钥；更换时该渠道的密钥项须一并填写', secretOnce: '保存后不再显示', smsHint: '可用 $phone、$text、$secret、$message_id', headersHint: '每行一个，格式 名称: 值', allEnterprises: '全部企业', email: '邮箱', phone: '手机号',
    quiet: '免打扰时段', quietHint: '时段内低于所选级别的消息等到时段结束再发送，不会丢弃。', quietFrom: '免打扰开始', quietTo: '免打扰结束', byChannel: '适用渠道', allChannels: '全部渠道', overrideFrom: '不受限级别', exceptFrom: '{level}及以上照发', addQuiet: '添加免打扰时段',
    contactsHint: '平台外通知按联系人的邮箱和手机号送达。', createContact: '新建联系人', editContact: '编辑联系人', noContacts: '还没有联系人', dropContact: '删除联系人“{name}”？', mineTitle: '我的通知设置', addressHint: '留空表示不以此方式通知', subject: '标题', text: '正文', names: '可用变量',
    channel: '渠道', recipient: '接收人', lastError: '错误 / 回执', messagesHint: '失败后自动按退避重试，多次失败后放弃，可在此重发。', noDead: '没有发送失败的消息', noMessages: '没有消息', waitedQuiet: '（免打扰延后）',
    silenceHint: '静默只停止通知，告警照常产生并留存记录。', createSilence: '新建静默', noSilences: '没有静默', showOver: '只看已结束', silenced: '静默范围', upTo: '最高级别', upToHint: '高于此级别的告警照常通知', owner: '设置人', endSilence: '立即结束', silenceNeeds: '点位、企业、规则、因子至少填写一项',
  },
  channelKind: { email: '电子邮件', sms: '短信', wecom: '企业微信', dingtalk: '钉钉', feishu: '飞书' },
  channelField: { host: '邮件服务器', port: '端口', security: '加密方式', sender: '发件人地址', username: '登录用户名', url: '接口地址', method: '请求方法', content_type: '内容类型', body: '请求内容', headers: '请求头', success_field: '成功字段', success_value: '成功值', receipt_field: '回执字段', enterprise_id: '仅此企业的告警' },
  channelSecret: { password: '登录密码', secret: '接口密钥', url: '机器人地址', sign_secret: '签名密钥' },
  messageState: { pending: '待发送', delivered: '已送达', dead: '发送失败', dropped: '已取消' },
  statistics: {
    by: '统计方式', group: { day: '按日', week: '按周', month: '按月', level: '按级别', rule: '按规则', enterprise: '按企业' }, alarms: '告警总数', open: '未关闭', accuracy: '预警准确率', accuracyHint: '属实 {confirmed} / 已判定 {judged}', falseAlarms: '误报', acknowledgedAfter: '确认用时中位数', closedAfter: '关闭用时中位数', total: '合计', empty: '所选时段没有告警', chart: '各级告警数与预警准确率',
    number: { alarms: '告警数', open: '未关闭', closed: '已关闭', judged: '已判定', confirmed: '属实', false_alarms: '误报', equipment_faults: '设备故障', withdrawn: '判定撤回', recovered: '自行恢复', reopened: '再次打开' },
  },
}
