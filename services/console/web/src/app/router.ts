/** The page map. `permission` hides what the gateway would refuse anyway. */
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { i18n } from './i18n'
import { useSession } from './session'

declare module 'vue-router' {
  interface RouteMeta {
    title?: string
    permission?: string
    open?: boolean
    fill?: boolean
  }
}

const desk: RouteRecordRaw[] = [
  { path: '', name: 'workbench', component: () => import('@/pages/workbench/WorkbenchPage.vue'), meta: { title: 'nav.workbench' } },
  { path: 'map', name: 'map', component: () => import('@/pages/map/MapPage.vue'), meta: { title: 'nav.map', permission: 'map:read', fill: true } },
  { path: 'points', name: 'points', component: () => import('@/pages/points/PointsPage.vue'), meta: { title: 'nav.points', permission: 'point:read', fill: true } },
  { path: 'points/:id', name: 'point', component: () => import('@/pages/points/PointPage.vue'), props: true, meta: { title: 'common.point', permission: 'point:read' } },
  { path: 'alarms', name: 'alarms', component: () => import('@/pages/alarms/AlarmsPage.vue'), meta: { title: 'nav.alarms', permission: 'alarm:read', fill: true } },
  { path: 'alarms/statistics', name: 'alarm-statistics', component: () => import('@/pages/alarms/StatisticsPage.vue'), meta: { title: 'nav.alarmStatistics', permission: 'alarm:read' } },
  { path: 'alarms/:id', name: 'alarm', component: () => import('@/pages/alarms/AlarmPage.vue'), props: true, meta: { title: 'nav.alarms', permission: 'alarm:read' } },
  { path: 'tasks', name: 'tasks', component: () => import('@/pages/tasks/TasksPage.vue'), meta: { title: 'nav.tasks', permission: 'task:read', fill: true } },
  { path: 'tasks/:id', name: 'task', component: () => import('@/pages/tasks/TaskPage.vue'), props: true, meta: { title: 'nav.tasks', permission: 'task:read' } },
  { path: 'reviews', name: 'reviews', component: () => import('@/pages/reviews/ReviewsPage.vue'), meta: { title: 'judging.reviews', permission: 'reading:read', fill: true } },
  { path: 'reviews/:id/:day', name: 'review', component: () => import('@/pages/reviews/ReviewDayPage.vue'), props: true, meta: { title: 'judging.reviews', permission: 'reading:read' } },
  { path: 'replays', name: 'replays', component: () => import('@/pages/replays/ReplaysPage.vue'), meta: { title: 'replays.title', permission: 'reading:read' } },
  { path: 'replays/:id', name: 'replay', component: () => import('@/pages/replays/ReplayPage.vue'), props: true, meta: { title: 'replays.title', permission: 'reading:read' } },
  { path: 'anomalies', name: 'anomalies', component: () => import('@/pages/anomalies/AnomaliesPage.vue'), meta: { title: 'judging.anomalies', permission: 'reading:read', fill: true } },
  { path: 'anomalies/rules/:id', name: 'anomaly-rules', component: () => import('@/pages/anomalies/OutletRulesPage.vue'), props: true, meta: { title: 'judging.anomaly.rulesTitle', permission: 'reading:read' } },
  { path: 'anomalies/:id', name: 'anomaly', component: () => import('@/pages/anomalies/AnomalyPage.vue'), props: true, meta: { title: 'judging.anomalies', permission: 'reading:read' } },
  { path: 'reductions', name: 'reductions', component: () => import('@/pages/reductions/ReductionsPage.vue'), meta: { title: 'reductions.title', permission: 'reading:read' } },
  { path: 'reductions/:id', name: 'reduction', component: () => import('@/pages/reductions/ReductionPage.vue'), props: true, meta: { title: 'reductions.title', permission: 'reading:read' } },
  { path: 'results', name: 'results', component: () => import('@/pages/results/ResultsPage.vue'), meta: { title: 'judging.results', permission: 'reading:read' } },
  { path: 'self-monitoring', name: 'self-monitoring', component: () => import('@/pages/selfmon/SelfMonPage.vue'), meta: { title: 'selfmon.title', permission: 'reading:read' } },
  { path: 'surveys', name: 'surveys', component: () => import('@/pages/surveys/SurveysPage.vue'), meta: { title: 'surveys.title', permission: 'reading:read' } },
  { path: 'surveys/campaigns/:id', name: 'survey-campaign', component: () => import('@/pages/surveys/CampaignPage.vue'), props: true, meta: { title: 'surveys.campaign.one', permission: 'reading:read' } },
  { path: 'surveys/plots/:id', name: 'survey-plot', component: () => import('@/pages/surveys/PlotPage.vue'), props: true, meta: { title: 'surveys.plot.one', permission: 'reading:read' } },
  { path: 'devices', name: 'devices', component: () => import('@/pages/devices/DevicesPage.vue'), meta: { title: 'nav.devices', permission: 'device:read', fill: true } },
  { path: 'devices/:mn', name: 'device', component: () => import('@/pages/devices/DevicePage.vue'), props: true, meta: { title: 'devices.one', permission: 'device:read', fill: true } },
  { path: 'rules', name: 'rules', component: () => import('@/pages/rules/RulesPage.vue'), meta: { title: 'nav.rules', permission: 'alarm:read' } },
  { path: 'plans', name: 'plans', component: () => import('@/pages/plans/PlansPage.vue'), meta: { title: 'nav.plans', permission: 'task:dispatch' } },
  { path: 'task-kinds', name: 'task-kinds', component: () => import('@/pages/kinds/KindsPage.vue'), meta: { title: 'nav.kinds', permission: 'task:read' } },
  { path: 'scores', name: 'scores', component: () => import('@/pages/scores/ScoresPage.vue'), meta: { title: 'nav.scores', permission: 'task:read' } },
  { path: 'duty', name: 'duty', component: () => import('@/pages/duty/DutyPage.vue'), meta: { title: 'nav.duty', permission: 'alarm:read' } },
  { path: 'notify', name: 'notify', component: () => import('@/pages/notify/NotifyPage.vue'), meta: { title: 'nav.notify', permission: 'alarm:read' } },
  { path: 'import', name: 'import', component: () => import('@/pages/imports/ImportPage.vue'), meta: { title: 'nav.import', permission: 'archive:import' } },
  { path: 'exchange', name: 'exchange', component: () => import('@/pages/exchange/ExchangePage.vue'), meta: { title: 'nav.exchange', permission: 'client:write' } },
  { path: 'webhooks', name: 'webhooks', component: () => import('@/pages/exchange/WebhooksPage.vue'), meta: { title: 'nav.webhooks', permission: 'webhook:write' } },
  { path: 'admin/users', name: 'users', component: () => import('@/pages/admin/UsersPage.vue'), meta: { title: 'nav.users', permission: 'user:write' } },
  { path: 'admin/audit', name: 'audit', component: () => import('@/pages/admin/AuditPage.vue'), meta: { title: 'nav.audit', permission: 'audit:read', fill: true } },
  { path: ':rest(.*)*', name: 'nowhere', component: () => import('./NotFound.vue') },
]

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/login', name: 'login', component: () => import('@/pages/sign-in/SignInPage.vue'), meta: { open: true, title: 'login.title' } },
    {
      path: '/m',
      component: () => import('@/phone/PhoneShell.vue'),
      children: [
        { path: '', name: 'm-tasks', component: () => import('@/phone/PhoneTasks.vue'), meta: { title: 'phone.title' } },
        { path: 'tasks/:id', name: 'm-task', component: () => import('@/phone/PhoneTask.vue'), props: true, meta: { title: 'phone.title' } },
      ],
    },
    { path: '/', component: () => import('./Shell.vue'), children: desk },
  ],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})

router.beforeEach(async (to) => {
  const session = useSession()
  if (to.meta.open && !session.known) return true
  try {
    await session.restore()
  } catch {
    // The gateway does not answer: pages show their own error with a retry, the phone works from its cache.
    return true
  }
  if (to.meta.open) return session.user && to.name === 'login' ? { path: '/' } : true
  if (!session.user) return { name: 'login', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
  return true
})

router.afterEach((to) => {
  const title = to.meta.title ? i18n.global.t(to.meta.title) : ''
  document.title = [title, i18n.global.t('app.title')].filter(Boolean).join(' · ')
})
