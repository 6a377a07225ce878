/** Words of stations judged again. */
export const zhQuality = {
  rejudging: {
    title: '重新判定', start: '重新判定', hint: '用已存的监测数据，按现行限值、功能区或类别、目标重新判定该站点。不同之处另存为新版本，原版本保留；已不成立的发现撤销，重新成立的恢复，新的超标发出发现；已发布的月、季、年结果随之更正。', empty: '该站点没有重新判定过',
    state: { queued: '排队中', running: '判定中', done: '已完成', failed: '失败' }, progress: '已判定 {done} / {all} 天', changed: '新版本', told: '发现 {n} 项', withdrawn: '撤销 {n} 项', changedOf: '{all} 个时段中 {n} 个', same: '没有新版本', differences: '差异', differencesOf: '{from} 至 {to} 重新判定的差异', hide: '收起', noDifferences: '没有差异', grade: '评价',
  },
}
