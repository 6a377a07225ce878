/** Words of the keys of devices (HJ 212-2025, 1014). */
export const zhDeviceKeys = {
  deviceKeys: {
    tab: '设备密钥', title: '密钥', hint: '密钥按 HJ 212-2025 第 6.4.4 条由 1014 命令下发，每 90 天更换；密钥加密保存，任何人都看不到内容。',
    count: { in_force: '使用中', none: '无密钥', under_way: '交接中', failed: '交接失败', due: '应更换' },
    state: { none: '无密钥', offered: '已下发，未确认', confirmed: '已确认，未启用', 'in-force': '使用中', retired: '已停用', dropped: '设备拒收' },
    handover: { 'under-way': '交接中', failed: '交接失败' },
    setBy: '设置人', madeAt: '设置时间', confirmedAt: '确认时间', inForceAt: '启用时间', endedAt: '停用时间', replaceBefore: '应更换于', overdue: '已过期', reason: '原因', source: '来源', entered: '人工登记', byCommand: '1014 命令', byNewer: '新密钥启用后停用',
    empty: '没有设备', noneYet: '该设备还没有密钥，其报文以明文传输', noMatch: '没有符合条件的设备', otherEdition: '该设备登记版本为 {edition}，1014 为 HJ 212-2025 命令',
    hand: '下发新密钥', handTitle: '下发新密钥（1014）', handHint: '新密钥由网关随机生成，随命令以旧密钥加密下发；须由另一人批准。设备确认后启用，第一帧使用新密钥的报文到达时旧密钥停用。', handed: '已提交，等待另一人批准', toCommand: '查看命令', keepsWaiting: '已有一条 1014 命令未结束',
    enter: '登记密钥', enterTitle: '登记随设备交付的密钥', enterHint: '16 位字母或数字，或 32 位十六进制数；保存后不再显示。', key: '密钥', badKey: '应为 16 位字母或数字，或 32 位十六进制数',
    retire: '停用', retireTitle: '停用密钥', retireHint: '停用后网关不再用该密钥解密新报文；设备若仍用它加密，其报文将被拒收，直到交接新密钥。', retireReason: '停用原因',
  },
}
