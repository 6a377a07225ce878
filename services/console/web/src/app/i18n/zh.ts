import { zhDevices } from './zh-devices'

export const zh = {
  ...zhDevices,
  form: { lookAbove: '请更正标出的项', drop: '去掉', nameEn: '英文名称', add: '添加', addRow: '添加一行', yes: '是', no: '否', choose: '请选择' },
  answerFault: { required: '此项必填', number: '应为数字', least: '小于下限', most: '大于上限' },
  app: {
    title: '园区生态环境与安全监管平台', skip: '跳到主要内容', menu: '主菜单', openMenu: '打开菜单', closeMenu: '收起菜单',
    language: '切换语言', signOut: '退出登录', user: '当前用户', openAlarms: '未关闭告警', changePassword: '修改密码', oldPassword: '当前密码', newPassword: '新密码', mustChange: '首次登录或密码到期，请修改密码', notFound: '没有这个页面',
    notFoundHint: '地址可能已变更，请从左侧菜单进入。', phoneVersion: '手机版', system: '系统',
  },
  nav: {
    workbench: '工作台', map: '一张图', points: '实时数据', alarms: '告警中心', tasks: '任务闭环', devices: '设备与联网',
    import: '档案导入', exchange: '数据共享', webhooks: '告警推送', rules: '告警规则', users: '用户管理', audit: '审计日志',
    plans: '检查计划', kinds: '任务类型', scores: '任务考核', duty: '值班表', notify: '通知管理', alarmStatistics: '告警统计', groupMonitor: '监测', groupWork: '处置', groupManage: '管理',
  },
  live: {
    live: '实时', connecting: '连接中', stale: '数据滞后', closed: '连接中断',
    staleBanner: '数据已滞后 {span}，页面数值不是当前值（灰色显示），正在重新连接…',
    closedBanner: '与平台的连接中断，页面数值不是当前值（灰色显示），正在自动重连…',
  },
  state: {
    loading: '加载中…', empty: '没有数据', error: '加载失败', retry: '重试', forbidden: '没有权限',
    forbiddenHint: '当前账号无权查看此页，如需开通请联系园区管理员。', trace: '追踪号',
  },
  unit: { day: '天', hour: '小时', minute: '分', second: '秒', ago: '{span}前', times: '倍', items: '条' },
  common: {
    search: '搜索', reset: '重置', save: '保存', cancel: '取消', confirm: '确定', close: '关闭', export: '导出', more: '加载更多',
    all: '全部', yes: '是', no: '否', name: '名称', state: '状态', time: '时间', note: '说明', actions: '操作', detail: '详情',
    enterprise: '企业', point: '点位', factor: '监测因子', value: '监测值', limit: '限值', ratio: '超标倍数', mark: '数据标识',
    medium: '类别', level: '级别', total: '共 {n} 条', loaded: '已加载 {n} 条', view: '查看', back: '返回', table: '表格', chart: '曲线', refresh: '刷新',
    parkTime: '园区时间 UTC+8', from: '开始', to: '结束', done: '操作成功', columns: '列', code: '编码', unitName: '单位', on: '启用', off: '停用',
  },
  level: {
    red: '红色', orange: '橙色', yellow: '黄色', blue: '蓝色',
  },
  levelWord: { red: '特别严重', orange: '严重', yellow: '较重', blue: '一般' },
  alarmState: { active: '未确认', acknowledged: '已确认', resolved: '已恢复待关闭', closed: '已关闭' },
  taskState: {
    created: '待派发', dispatched: '已派发', signed: '已签收', 'on-site': '处置中', handled: '已处置', reported: '已反馈', verified: '已复核',
    returned: '已退回', refused: '已拒收', closed: '已办结', cancelled: '已撤销',
  },
  taskKind: {
    'exceedance-check': '超标核查', inspection: '现场检查', 'offline-check': '断线核查', 'device-check': '设备核查',
    'equipment-repair': '设备检修', sampling: '采样监测', supervision: '督办', complaint: '信访投诉', patrol: '日常巡查', rectification: '问题整改', other: '其他',
  },
  outcome: { confirmed: '情况属实', 'false-alarm': '误报', 'equipment-fault': '设备故障', other: '其他' },
  closeReason: { handled: '已处置', recovered: '已恢复正常', withdrawn: '判定已撤回', 'false-alarm': '误报', confirmed: '情况属实', 'equipment-fault': '设备故障', other: '其他' },
  rule: {
    exceedance: '超标', 'water-class': '水质类别超目标', 'total-control': '总量预警', 'total-pace': '总量进度超前', offline: '断线', 'missing-data': '数据缺失', 'implausible-value': '数值不合理',
    'sudden-change': '数值突变', 'regional-event': '区域性污染事件', transmission: '传输有效率', completeness: '数据完整率', 'mark-contradiction': '标记与数据矛盾', 'mark-cap': '标记时长上限',
    'qaqc-due': '质控即将到期', 'qaqc-overdue': '质控逾期', 'manual-overdue': '自行监测逾期', 'card-balance': '总量卡余额', 'card-difference': '总量卡不符', ORDER: '减排指令未落实',
  },
  medium: {
    'waste-water': '废水', 'waste-gas': '废气', 'rain-water': '雨水', 'ambient-air': '环境空气', 'surface-water': '地表水',
    groundwater: '地下水', soil: '土壤', noise: '噪声', odour: '恶臭',
  },
  period: { realtime: '实时', minute: '分钟', hour: '小时', day: '日' },
  mark: {
    N: '正常', F: '停运', M: '维护', S: '手工输入', D: '故障', C: '校准', T: '超测量上限', B: '通讯异常',
  },
  answer: {
    yes: '是', no: '否', 'not-applicable': '不适用', production: '生产原因', treatment: '治理设施', equipment: '监测设备', sampling: '采样', weather: '天气', unknown: '不明',
  },
  gap: {
    offline: '断线', 'no-data': '无数据', stopped: '停运', maintenance: '维护', calibration: '校准', fault: '故障', missing: '缺数',
    F: '停运', M: '维护', C: '校准', D: '故障', B: '通讯异常',
  },
  pointState: { normal: '正常', offline: '离线', stopped: '停运', service: '维护/校准', nodata: '暂无数据' },
  role: { officer: '监管人员', inspector: '巡查人员', enterprise: '企业用户', administrator: '系统管理员', service: '系统服务' },
  login: {
    title: '登录', username: '用户名', password: '密码', submit: '登录', failed: '登录失败', required: '请输入用户名和密码',
    notice: '本系统仅供授权人员使用，登录与操作均留存审计记录。', expired: '登录已失效，请重新登录。', slogan: '监测 · 预警 · 处置 · 闭环',
    showPassword: '显示密码', hidePassword: '隐藏密码',
  },
  workbench: {
    title: '工作台', standingAlarms: '未恢复告警', unacknowledged: '未确认告警', tasksOpen: '在办任务', tasksOverdue: '逾期任务',
    tasksMine: '我的任务', devicesOnline: '在线设备', devicesOffline: '离线设备', exceedanceCount: '当前超标项', points: '监测点位',
    latestAlarms: '最新告警', myTasks: '我的待办', openTasks: '在办任务（按期限）', exceedances: '当前超标（按倍数）', noAlarm: '当前没有未关闭的告警', noTask: '当前没有待办任务',
    noExceedance: '当前没有超过限值的点位', seeAll: '查看全部', byLevel: '告警分级', due: '截止 {time}', noneJudged: '暂无统计',
  },
  map: {
    title: '一张图', search: '搜索企业 / 点位 / 编码', layers: '图层', legend: '图例', list: '列表', plots: '企业地块', values: '监测值标注',
    alarms: '告警', card: '点位信息', limit: '限值', noLimit: '无限值', trend: '近 1 小时', openCurve: '查看曲线', openAlarm: '告警详情', createTask: '派发任务',
    zoomIn: '放大', zoomOut: '缩小', whole: '全园', canvas: '园区地图，方向键平移，加减号缩放；相同内容见左侧列表', coordinate: '坐标', nothingFound: '没有匹配的点位或企业',
    onlyAlarms: '仅看告警', updated: '更新于 {time}', noValue: '暂无数据', showPanel: '图层与列表', hidePanel: '收起面板', results: '{n} 个点位',
    noTrend: '近 1 小时没有数据',
  },
  alarms: {
    title: '告警中心', search: '搜索标题 / 点位 / 编号', number: '编号', what: '告警内容', where: '点位', started: '首次超限', lastSeen: '最近一次', duration: '持续',
    count: '次数', state: '状态', observed: '监测值', limitClause: '限值与依据', acknowledge: '确认', dispatch: '派发', close: '关闭', locate: '定位', task: '任务',
    open: '未关闭', standing: '未恢复', newItems: '有 {n} 条新告警，点击刷新', exportCsv: '导出 CSV', exportXlsx: '导出 Excel', ackTitle: '确认告警', ackHint: '确认表示您已知悉并负责跟进，操作将记入时间线。',
    closeTitle: '关闭告警', closeReason: '关闭原因', note: '说明', noteRequired: '请填写说明', range: '时间', last1h: '近 1 小时', last24h: '近 24 小时', last7d: '近 7 天', last30d: '近 30 天', anyTime: '不限',
    keys: '快捷键：↑↓ 选择，Enter 打开，A 确认，D 派发，L 定位', empty: '没有符合条件的告警', unacknowledged: '未确认',
  },
  alarm: {
    curve: '监测曲线', timeline: '处置时间线', findings: '超限记录', evidence: '原始报文', basis: '判定依据', task: '关联任务', noTask: '尚未派发任务', peak: '最大超标倍数', peakRatio: '最大比值',
    started: '开始', lastSeen: '最近', raised: '告警产生', acknowledged: '确认', resolved: '恢复', closed: '关闭', closeReason: '关闭原因', occurrences: '次数', statutory: '法定评价时段',
    earlySign: '预警（非法定评价时段）', verdict: '判定', violated: '超限', complied: '达标', explanation: '说明', dispatchTask: '派发任务', openPoint: '点位页', showFrames: '查看原始报文', noFrames: '此时段没有报文',
    receivedAt: '接收时间', dataTime: '数据时间', revision: '修订', raw: '报文内容', period: '时段', observed: '监测值', limit: '限值', noTimeline: '暂无记录', rule: '规则', number: '编号',
  },
  tasks: {
    title: '任务闭环', board: '看板', list: '列表', mine: '我的', overdue: '逾期', create: '新建任务', search: '搜索标题 / 编号', assignee: '责任人', due: '截止时间', created: '创建时间', kind: '类型',
    priority: '级别', number: '编号', what: '任务', empty: '没有任务', left: '剩余 {span}', over: '逾期 {span}', emptyColumn: '无', titleField: '任务标题', unassigned: '未指定', createHint: '指定责任人后立即派发。', alarm: '关联告警', open: '在办', subject: '对象',
    mineOnly: '只看我的', overdueOnly: '只看逾期', columnCreated: '待派发', columnDispatched: '待签收', columnWorking: '处置中', columnReported: '待复核', columnClosed: '已办结', kindRequired: '请选择类型', titleRequired: '请填写标题',
  },
  task: {
    basics: '任务信息', withheld: '到场前企业不可见', timeline: '办理时间线', reports: '处置反馈', evidence: '现场照片', actions: '当前可办', noActions: '当前没有需要您办理的操作。', creator: '创建人', verifiedBy: '复核人', outcome: '处置结论', alarm: '关联告警',
    photosNeeded: '需上传照片 {n} 张', noReports: '尚无反馈', noEvidence: '尚无照片', measures: '采取措施', findings: '现场情况', measured: '复测值', place: '位置', takenAt: '拍摄时间', uploaded: '已上传', upload: '上传照片', choosePhoto: '拍照 / 选择照片', uploading: '上传中…', hash: '校验值',
    photoHint: '照片压缩至长边 1600 像素后上传；也可上传视频（不超过 200 MB）、PDF、Word、Excel 文件', waiting: '待上传', failedUpload: '上传失败', conflict: '任务已被他人更新，请刷新后再办理', version: '版本', processing: '提交中…', getPlace: '获取位置', placeDone: '已获取位置', placeFailed: '无法获取位置', locate: '地图定位', print: '打印',
  },
  action: {
    dispatch: '派发', sign: '签收', arrive: '到场', report: '提交反馈', verify: '复核通过', return: '退回', refuse: '拒收', transfer: '转办', extend: '调整期限', handle: '处置完成', contribute: '协办反馈', join: '指定协办人', 'request-extension': '申请延期', 'approve-extension': '同意延期', 'reject-extension': '不同意延期', urge: '督办', close: '办结', cancel: '撤销',
  },
  field: {
    co_workers: '协办人', text: '协办情况', assignee: '责任人', due_at: '截止时间', note: '说明', reason: '原因', findings_text: '现场情况', measures: '采取措施', outcome: '处置结论', measured_value: '复测值', longitude: '经度', latitude: '纬度', required: '此项必填',
  },
  points: {
    title: '实时数据', search: '搜索点位 / 企业 / 编码', onlyOver: '仅看超标', onlyOffline: '仅看离线', onlyFlagged: '仅看异常标识', pause: '暂停刷新', resume: '继续刷新', missed: '暂停期间 {n} 次更新', age: '数据时间', empty: '没有符合条件的数据', rows: '{n} 行',
    averaging: '评价时段', device: '设备', standard: '标准',
  },
  point: {
    chart: '监测曲线', factors: '监测因子', range: '时间范围', reduced: '已抽稀 1:{n}（保留最大最小值）', full: '原始密度', limits: '限值', device: '数采仪', alarms: '未关闭告警', tasks: '在办任务', frames: '原始报文', noSeries: '所选时段没有数据', standard: '标准', clause: '条款', averaging: '评价时段', validFrom: '生效',
    mn: '设备编号 MN', edition: '协议版本', lastFrame: '最近报文', clockSkew: '时钟偏差', state: '联网状态', info: '基本信息', coordinates: '坐标（CGCS2000）', targetClass: '功能类别', latest: '最新数据', source: '来源', permit: '排污许可证', chooseFactor: '请至少选择一个监测因子', last: '近 {span}', custom: '自定义', hour1: '1 小时', hour6: '6 小时', hour24: '24 小时', day7: '7 天', day30: '30 天',
    marked: '带标识数据', gapArea: '数据缺口', noFrames: '此时段没有报文', showFrames: '查询报文', noLimit: '该点位没有登记限值', converted: '折算', count: '个数', minimum: '最小', mean: '平均', maximum: '最大',
  },
  imports: {
    title: '档案导入', kind: '导入内容', enterprises: '企业', points: '点位', devices: '设备', limits: '限值', template: '下载模板', file: '选择文件', choose: '选择 Excel / CSV 文件', drop: '或将文件拖到此处', datum: '坐标系', check: '校验（不入库）', import: '正式导入', report: '导入结果', total: '总行数', accepted: '通过', rejected: '有误', row: '行号', key: '标识', status: '结果', column: '列', value: '填写内容', what: '问题', history: '导入记录',
    onlyErrors: '仅看有误', dryRunDone: '校验完成，尚未入库', importDone: '导入完成', downloadReport: '下载结果', step1: '下载模板并填写', step2: '上传并校验', step3: '确认无误后正式导入', hint: '有误的行不会入库，正确的行不受影响；结果逐行说明。', dry: '校验', real: '导入', when: '时间', noHistory: '暂无导入记录', noFile: '尚未选择文件', tooBig: '文件超过 20 MB',
  },
  importStatus: { created: '新增', updated: '更新', unchanged: '无变化', rejected: '有误' },
  /** Titles of the import templates by field name; a kind's own title goes before the shared one. */
  importColumn: {
    shared: {
      credit_code: '统一社会信用代码', name_en: '英文名称', industry: '行业', industry_code: '行业代码', address: '地址', plot: '地块编号', longitude: '经度', latitude: '纬度',
      legal_representative: '法定代表人', environment_contact: '环保负责人', contact_phone: '联系电话', permit_number: '排污许可证编号', permit_category: '许可管理类别',
      permit_valid_to: '许可证有效期至', risk_level: '环境风险等级', key_unit: '重点排污单位', commissioned_on: '投产日期', active: '启用', code: '点位编码', medium: '类型',
      enterprise: '企业统一社会信用代码', factors: '监测因子', target_class: '目标类别', discharge: '排放方式', receiving: '受纳对象', stack_height_m: '排气筒高度(m)', mn: '设备标识MN',
      password: '密码PW', point_code: '点位编码', edition: '协议版本', realtime_interval_s: '实时间隔(s)', minute_interval_min: '分钟间隔(min)', manufacturer: '厂家',
      model: '型号', factor: '因子编码', standard_limit_id: '标准限值编号', averaging: '判定时段', upper: '上限', lower: '下限', unit: '单位', standard: '标准', clause: '条款',
      valid_from: '生效日期', valid_to: '失效日期', basis: '比较基准', source: '来源',
    },
    enterprises: { name_zh: '企业名称' },
    points: { name_zh: '点位名称' },
  },
  users: {
    title: '用户管理', username: '用户名', displayName: '姓名', role: '角色', lastSignIn: '最近登录', active: '状态', create: '新建用户', password: '初始密码', edit: '编辑', empty: '没有用户', enterprise: '所属企业',
  },
  audit: {
    title: '审计日志', actor: '操作人', action: '操作', subject: '对象', peer: '来源', verify: '校验链条', verified: '审计链完整，共 {n} 条', broken: '审计链不完整：{where}', empty: '没有记录', detail: '内容',
  },
  exchange: {
    title: '数据共享', clients: '共享用户', create: '新建共享用户', name: '名称', createdAt: '创建时间', lastUsed: '最近调用', keyHint: '密钥提示', keyOnce: '接口密钥只显示一次，请立即保存', revoke: '停用', revokeAsk: '停用后该密钥立即失效，确定停用？', deliveries: '调用记录', empty: '没有共享用户', hint: '共享接口：{url}，请求头 X-API-Key 携带密钥。', copy: '复制', copied: '已复制', rows: '条数', noDeliveries: '暂无调用记录', description: '说明', dataset: '数据集',
  },
  resource: { enterprises: '企业', points: '点位', readings: '监测数据', alarms: '告警', tasks: '任务' },
  deliveryState: { pending: '待推送', delivered: '已送达', dead: '已放弃' },
  webhooks: {
    title: '告警推送', create: '新建推送', url: '推送地址', description: '说明', minLevel: '最低级别', secretOnce: '签名密钥只显示一次，请立即保存', test: '测试', tested: '已发送测试推送', remove: '删除', removeAsk: '删除后不再推送，确定删除？', deliveries: '推送记录', retry: '重发', empty: '没有推送', attempts: '次数', result: '结果', edit: '编辑', retried: '已安排重发',
  },
  phone: {
    title: '现场任务', mine: '我的任务', offline: '离线（可继续填写）', online: '在线', outbox: '待发送 {n} 条', send: '立即发送', saved: '已保存在本机，联网后自动发送', empty: '没有待办任务', cached: '离线缓存 {time}', desktop: '电脑版', problem: '发送未成功', discard: '放弃此条', retrying: '重试中', waitingSignIn: '登录已失效，重新登录后继续发送', navigate: '任务列表', sent: '已发送', pendingItems: '待发送', conflictHint: '平台拒绝了此操作，请查看原因后处理',
  },
}
export type Messages = typeof zh
