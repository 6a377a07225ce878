/** The menu: groups of entries, each shown when the user has its permission. Icons are strokes on a 24 x 24 field. */
export interface NavEntry {
  readonly to: string
  readonly name: string
  readonly label: string
  readonly permission?: string
  readonly icon: string
}

export interface NavGroup {
  readonly label: string
  readonly entries: readonly NavEntry[]
}

export const NAVIGATION: readonly NavGroup[] = [
  {
    label: 'nav.groupMonitor',
    entries: [
      { to: '/', name: 'workbench', label: 'nav.workbench', icon: 'M4 5h7v6H4zM13 5h7v10h-7zM4 13h7v6H4zM13 17h7v2h-7z' },
      { to: '/map', name: 'map', label: 'nav.map', permission: 'map:read', icon: 'M12 21c4-4.500 6-7.700 6-10.500a6 6 0 1 0-12 0C6 13.300 8 16.500 12 21zM12 8a2.500 2.500 0 1 1 0 5 2.500 2.500 0 0 1 0-5z' },
      { to: '/points', name: 'points', label: 'nav.points', permission: 'point:read', icon: 'M3 13h4l2.500-7 4.500 13 2.500-6H21' },
    ],
  },
  {
    label: 'nav.groupWork',
    entries: [
      { to: '/alarms', name: 'alarms', label: 'nav.alarms', permission: 'alarm:read', icon: 'M6 17V11a6 6 0 1 1 12 0v6M4 17h16M10 20h4' },
      { to: '/alarms/statistics', name: 'alarm-statistics', label: 'nav.alarmStatistics', permission: 'alarm:read', icon: 'M4 20h16M7 20v-6M12 20V8M17 20v-9' },
      { to: '/duty', name: 'duty', label: 'nav.duty', permission: 'alarm:read', icon: 'M5 6h14v14H5zM5 10h14M9 4v4M15 4v4M9 14l2 2 4-4' },
      { to: '/tasks', name: 'tasks', label: 'nav.tasks', permission: 'task:read', icon: 'M7 4h10a1 1 0 0 1 1 1v15H6V5a1 1 0 0 1 1-1zM9 12l2.200 2.200L15 10.500' },
      { to: '/plans', name: 'plans', label: 'nav.plans', permission: 'task:dispatch', icon: 'M5 6h14v14H5zM5 10h14M9 4v4M15 4v4M8 14h3M8 17h6' },
      { to: '/scores', name: 'scores', label: 'nav.scores', permission: 'task:read', icon: 'M12 4l2.400 5 5.600.700-4 3.900 1 5.400-5-2.700-5 2.700 1-5.400-4-3.900L9.600 9z' },
    ],
  },
  {
    label: 'judging.group',
    entries: [
      { to: '/reviews', name: 'reviews', label: 'judging.reviews', permission: 'reading:read', icon: 'M5 4h14v16H5zM8 9h4M8 13h3M13 14l2 2 3.500-4' },
      { to: '/replays', name: 'replays', label: 'replays.title', permission: 'reading:read', icon: 'M5 12a7 7 0 1 1 2.300 5.200M5 20v-4h4M12 8.500V12l2.500 2' },
      { to: '/anomalies', name: 'anomalies', label: 'judging.anomalies', permission: 'reading:read', icon: 'M3 14h4l2-4 3 7 2-11 2.500 8H21M18 4v3M18 9.500v.5' },
      { to: '/reductions', name: 'reductions', label: 'reductions.menu', permission: 'reading:read', icon: 'M4 20h16M6 16V9l4 2V7l5 3V5h4v11M8 20v-2M16 20v-2' },
      { to: '/results', name: 'results', label: 'judging.results', permission: 'reading:read', icon: 'M4 20V4M4 20h16M8 16v-4M12 16V7M16 16v-6' },
      { to: '/self-monitoring', name: 'self-monitoring', label: 'selfmon.title', permission: 'reading:read', icon: 'M12 3c3.500 4.500 5.500 7.500 5.500 10.500a5.500 5.500 0 0 1-11 0C6.500 10.500 8.500 7.500 12 3zM9.500 13.500l2 2 3-3.500' },
      { to: '/surveys', name: 'surveys', label: 'surveys.menu', permission: 'reading:read', icon: 'M9 4h6M10 4v6l-4.500 8a1.500 1.500 0 0 0 1.300 2h10.400a1.500 1.500 0 0 0 1.300-2L14 10V4M8 15h8' },
    ],
  },
  {
    label: 'nav.groupManage',
    entries: [
      { to: '/devices', name: 'devices', label: 'nav.devices', permission: 'device:read', icon: 'M4 6h16v7H4zM8 17h8M12 13v4M7 9.500h.01M10 9.500h4' },
      { to: '/import', name: 'import', label: 'nav.import', permission: 'archive:import', icon: 'M12 4v10M8 10l4 4 4-4M5 17v3h14v-3' },
      { to: '/rules', name: 'rules', label: 'nav.rules', permission: 'alarm:read', icon: 'M5 6h9M18 6h1M5 12h3M12 12h7M5 18h9M18 18h1M16 4v4M10 10v4M16 16v4' },
      { to: '/task-kinds', name: 'task-kinds', label: 'nav.kinds', permission: 'rule:write', icon: 'M5 5h6v6H5zM13 5h6v6h-6zM5 13h6v6H5zM14 16h5M16.500 13.500v5' },
      { to: '/notify', name: 'notify', label: 'nav.notify', permission: 'alarm:read', icon: 'M4 6h16v11H4zM4 7l8 6 8-6' },
      { to: '/exchange', name: 'exchange', label: 'nav.exchange', permission: 'client:write', icon: 'M4 9h14l-3.500-3.500M20 15H6l3.500 3.500' },
      { to: '/webhooks', name: 'webhooks', label: 'nav.webhooks', permission: 'webhook:write', icon: 'M4 12l16-7-5 15-3.500-6z' },
      { to: '/admin/users', name: 'users', label: 'nav.users', permission: 'user:write', icon: 'M12 12a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM5 20c0-4 3-6 7-6s7 2 7 6' },
      { to: '/admin/audit', name: 'audit', label: 'nav.audit', permission: 'audit:read', icon: 'M12 4l7 2.500V12c0 4-3 6.800-7 8-4-1.200-7-4-7-8V6.500zM9 12l2.200 2.200L15 10.500' },
    ],
  },
]
