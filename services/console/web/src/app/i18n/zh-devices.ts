/** Words of the pages about devices: lists, frames, commands, gaps, evidence. */
export const zhDevices = {
  devices: {
    title: '设备与联网', one: '数采仪', sessions: '设备', unknown: '未登记设备', rejected: '拒收报文', rejectedOne: '拒收的报文', gaps: '缺数补取', commands: '反控命令', importMany: '批量导入', mn: '设备编号 MN', peer: '来源地址', since: '状态自',
    lastFrame: '最近报文', frames: '报文数', bytes: '流量', skew: '时钟偏差', edition: '协议版本', deviations: '不规范项', fault: '问题', firstSeen: '首次出现', lastSeen: '最近出现', lastRaw: '最近报文', reason: '拒收原因', detail: '说明', raw: '报文原文', receivedAt: '接收时间',
    empty: '没有设备', emptyUnknown: '没有未登记设备', emptyDismissed: '没有已搁置的设备', emptyRejected: '没有拒收报文', noMatch: '没有符合条件的记录', search: '搜索 MN', searchExact: '按 MN 查询（完整编号）', searchDevice: '搜索 MN / 点位 / 企业 / 来源地址', seconds: '{n} 秒',
    anyEdition: '全部版本', anyFault: '全部设备', anyReason: '全部原因', otherEdition: '登记版本为 {edition}，与实际报文不一致',
    register: '登记', registerTitle: '登记数采仪', registerHint: '选择该数采仪所属点位即可登记；未填写的密码和协议版本取自其最近报文。', registered: '已登记，设备重新上报后即被接收', findPoint: '查找点位', findPointHint: '点位 / 企业 / 编码', pointNeeded: '请选择点位', fromFrames: '取自最近报文',
    password: '访问密码 PW', realtimeInterval: '实时间隔（秒）', minuteInterval: '分钟间隔（分）', manufacturer: '厂家', model: '型号',
    dismiss: '搁置', dismissed: '搁置原因', dismissHint: '搁置后 {mn} 不再显示在列表中，其报文仍然计数并留存为证据。', dismissReason: '搁置原因', restore: '恢复', showDismissed: '只看已搁置',
    drift: '时钟漂移', secondsADay: '每天 {n} 秒', takeovers: '连接被取代次数', contested: '{time} 另有 {peer} 以同一 MN 上报', registerEntry: '登记信息', registeredEdition: '登记版本', connections: '连接记录', noConnections: '没有连接记录', noDeviations: '未发现不规范项', openedAt: '建立', closedAt: '断开', endReason: '断开原因', gateway: '网关', stillOpen: '连接中',
  },
  deviceTab: { frames: '实时报文', commands: '反控', state: '状态与连接', evidence: '证据查询', gaps: '缺数', keys: '密钥' },
  deviceState: { online: '在线', offline: '离线', 'never-seen': '从未上线', unregistered: '未登记', unknown: '未知' },
  deviceFault: { skew: '时钟偏差大', deviating: '有不规范项', edition: '版本不一致' },
  actor: { system: '系统', gateway: '网关', gap: '缺数补取', clock: '网关（校时）' },
  edition: { '2005': 'HJ/T 212-2005', '2017': 'HJ 212-2017', '2025': 'HJ 212-2025', 'surface-water-2017': '地表水 2017', unknown: '未知' },
  endReason: {
    'closed-by-device': '设备断开', 'connection-lost': '连接丢失', idle: '长时间无数据', silent: '超时未上报', replaced: '被新连接取代', 'gateway-stopped': '网关停止', 'network-not-allowed': '来源网段不允许', 'too-many-connections': '连接数超限',
    'answers-unread': '设备不读取应答', draining: '网关停机移交',
  },
  reject: {
    'unknown-mn': '未登记 MN', 'wrong-password': '密码错误', 'inactive-device': '设备已停用', 'no-data-time': '缺少数据时间', 'unsupported-command': '不支持的命令', 'crc-mismatch': 'CRC 校验错误', 'crc-missing': '缺少 CRC', 'length-mismatch': '长度不符', 'length-field': '长度字段错误', 'length-limit': '报文过长', 'no-header': '缺少包头', incomplete: '报文不完整', noise: '杂散字节', tail: '包尾错误', 'trailing-bytes': '包尾多余字节', header: '报文头错误', encrypted: '加密报文', 'not-tolerated': '不规范报文',
  },
  rejectWhy: {
    'unknown-mn': '报文中的 MN 不在设备登记中。请在“未登记设备”中登记，或核对现场机的 MN 设置。', 'wrong-password': '报文中的 PW 与登记的密码不同。请核对现场机密码，或更新登记。', 'inactive-device': '该设备已登记但被停用，启用后才会接收其数据。',
    'no-data-time': '数据命令必须带 DataTime，否则无法确定数据属于哪一时刻。', 'unsupported-command': '报文有效，但该命令不产生监测数据；原文留存为证据。', 'crc-mismatch': '按收到的字节计算的 CRC 与报文中的不同，多为传输出错或设备算法不符。', 'crc-missing': '报文末尾没有四位 CRC。',
    'length-mismatch': '包头声明的长度与实际数据段长度不同。', 'length-field': '包头后的四位长度不是数字。', 'length-limit': '声明的长度超过允许的上限。', 'no-header': '字节流中找不到包头 ##。', incomplete: '连接中断或超时，报文只收到一部分。', noise: '两个报文之间有不属于任何报文的字节。',
    tail: '报文没有以回车换行结束。', 'trailing-bytes': '报文结束后还有多余字节。', header: '数据段中必需的字段缺失或不能识别。', encrypted: '报文已加密，平台没有该设备的密钥。', 'not-tolerated': '报文不符合标准，且不在该设备允许的偏差之内。',
  },
  frames: {
    title: '实时报文', one: '报文', received: '接收', sent: '发送', direction: '方向', bothDirections: '收发全部', what: '内容', all: '全部报文', only: { data: '仅监测数据', deviating: '仅不规范', rejected: '仅拒收' }, find: '在报文中查找', pause: '暂停', resume: '继续', held: '暂停期间收到 {n} 帧',
    shown: '显示 {n} 帧（最多保留 {most} 帧）', lost: '暂时读不到新报文，正在重试…', empty: '还没有报文，设备上报后会显示在这里', rejected: '已拒收', deviations: '{n} 项不规范', needsAck: '要求应答', packet: '分包 {no}/{of}', clause: '条款', cause: '常见原因', attribute: '属性', hex: '十六进制', masked: '密码字段已隐藏。',
  },
  evidence: {
    title: '证据', block: '证据块', package: '导出证据包', hint: '原始字节按接收顺序成块保存并逐块链接哈希；证据包可离线校验：python -m hj212_gateway verify 文件。', choose: '选择时间范围后查询（最长 31 天）。', empty: '该时段没有报文', badRange: '结束时间须晚于开始时间', longRange: '时间范围最长 31 天', showSecrets: '显示密码与十六进制',
  },
  command: {
    table: '命令表', find: '搜索命令', one: '命令详情', recent: '最近命令', empty: '没有命令', what: '命令', parameters: '参数', reason: '原因', reasonNeeded: '请填写原因，原因将记入命令记录', expiry: '有效期', preview: '将要发送：', send: '发送命令', askApproval: '提交审批', two: '双人', anyState: '全部状态', open: '未结束',
    needsApproval: '该命令须由另一人批准后才会发送。', offlineHint: '设备当前不在线：命令将排队，设备上线后发送，过期作废。', secondPerson: '须由另一人批准。', createdAt: '提出时间', finishedAt: '结束时间', requestedBy: '提出人', expiresIn: '{span}后失效', attempts: '第 {n} 次发送', waitsForDevice: '等待设备在线', waitsForAnswer: '等待设备应答',
    resultCode: '返回代码', answerItems: '设备返回', transcript: '往来报文', noTranscript: '尚无往来报文', approve: '批准', reject: '驳回', cancel: '取消命令', decisionNote: '意见', approveHint: '批准后命令立即排队发送，您的姓名将记入记录。', rejectHint: '驳回后命令不会发送。', cancelHint: '取消后命令不会发送。',
    cancelSentHint: '命令已经发出，取消只是不再等待应答；设备是否已执行无法得知。', addValue: '再加一个', dropValue: '去掉',
  },
  commandClass: { initialise: '初始化命令', parameter: '参数命令', data: '数据命令', control: '控制命令' },
  commandKind: { set: '设置', get: '提取', control: '控制', notice: '通知' },
  commandState: { 'awaiting-approval': '待审批', queued: '排队中', sent: '已发送', succeeded: '执行成功', refused: '设备拒绝', failed: '执行失败', 'timed-out': '执行超时', 'no-answer': '无应答', expired: '已过期', rejected: '已驳回', cancelled: '已取消', invalid: '无法执行' },
  commandStage: { requested: '提出', approved: '审批', rejected: '驳回', cancelled: '取消', sent: '发送', ended: '结果' },
  commandFault: { required: '此项必填', number: '应为数字', range: '应在 {range} 之间', pattern: '格式不符', code: '请填写编码' },
  gaps: {
    records: '记录', span: '缺数时段', missing: '仍缺 / 应有', cause: '发现原因', attempts: '次数', lastResult: '最近结果', next: '下次补取 / 结束', anyState: '全部状态', anyKind: '全部记录', empty: '没有缺数', retry: '重新补取', abandon: '放弃', retryHint: '立即重新向 {mn} 补取 {from} 至 {to} 的记录。', abandonHint: '不再向 {mn} 补取 {from} 至 {to} 的记录。', seeCommand: '查看命令',
  },
  gapState: { open: '待补取', fetching: '补取中', healed: '已补齐', 'given-up': '补取失败', abandoned: '已放弃' },
}
