/** Words of reductions in heavy-pollution weather: the list by enterprise, orders, what was kept. */
export const zhReductions = {
  reductions: {
    title: '应急减排', tab: { orders: '减排指令', list: '减排清单', import: '导入清单' }, newOrder: '下达指令', noOrders: '没有减排指令', anyLevel: '全部级别', anyState: '全部状态', search: '标题、文号、区域',
    level: { yellow: '黄色预警', orange: '橙色预警', red: '红色预警' }, state: { planned: '未开始', 'in-force': '执行中', lifted: '已解除', ended: '已结束', withdrawn: '已撤销' }, verdict: { pending: '待考核', kept: '已落实', 'not-kept': '未落实', 'not-provable': '无法证明', voluntary: '自主减排' },
    order: '指令', orderTitle: '标题', orderTitleEn: '英文标题', authority: '发布机关', document: '文号', area: '区域', starts: '开始', ends: '结束', reason: '原因', enterprises: '企业', allListed: '清单中全部企业', chosenOnly: '仅选定企业', measures: '措施', response: '{level}级响应', startWhen: '启动条件', leastShare: '全社会减排比例不低于', send: '下达', fromList: '按减排清单中该级别的措施下达，下达后清单再改不影响本指令。',
    lift: '解除', liftAsk: '解除后按实际执行时段考核，已发现的未落实情况保留。', withdraw: '撤销', withdrawAsk: '仅用于误发；撤销后不再考核。', lifted: '{who} 于 {time} 解除：{why}', withdrawn: '{who} 于 {time} 撤销：{why}', madeBy: '{who} 于 {time} 下达',
    summary: '落实情况', ofMeasures: '措施 {n} 项', ofEnterprises: '企业 {n} 家', emission: '减排量', pollutant: '污染物', listed: '清单日排放 kg', ordered: '指令减排 kg/日', shown: '已证明减排 kg/日', target: '比例下限', emissionHint: '按用电、工况或流量的实际减少比例折算清单排放量；无法证明的不计入。比例下限可信度：中。',
    line: '生产线', grade: '绩效分级', measure: '措施', allowed: '允许比例', usual: '基准值', allowedValue: '允许值', mean: '执行期均值', saved: '减少', hours: '有数据/应有小时', over: '超出小时', stretches: '未落实时段', verdictOf: '结论', why: '说明', proof: '证明因子', noMeasures: '没有措施', curve: '基准与执行期曲线', curveHint: '曲线为小时均值，含开始前 7 天；虚线为允许值，开始后 2 小时为宽限期。', noCurve: '没有可证明的数据', usualOf: '近 30 天 {n} 小时均值', usualFiled: '备案值', evidence: '未落实的时段', frames: '原始数据', judgedAt: '考核至 {time}', open: '查看',
    anyGrade: '全部分级', addLine: '新增生产线', editLine: '修改生产线', noLines: '减排清单为空', industry: '行业', usualFiledValue: '备案基准值', usualHint: '留空取指令前 30 天均值', none: '不减排', allowedHint: '0 到 1：占平时的比例，0 为停产；留空须现场核查', emissions: '日排放量 kg', note: '备注', retire: '移出清单', retireAsk: '移出后新指令不再包含该生产线，历史版本保留。', versions: '历史版本', noEnterprise: '请选择企业', searchLine: '生产线、行业', byLevel: '{level}措施', shareShort: '允许 {n} %', notMetered: '现场核查', usualGrade: '一般要求', sourceOf: '依据', changeReason: '修改原因',
    import: { file: '选择 Excel 或 CSV 文件', check: '校验（不入库）', go: '正式导入', allOrNothing: '有一行错误则全部不入库', stored: '已入库：新增 {created}，更新 {updated}，无变化 {unchanged}', notStored: '未入库：有 {n} 行错误', previewed: '校验完成，尚未入库：新增 {created}，更新 {updated}，无变化 {unchanged}，错误 {rejected}' },
  },
}
