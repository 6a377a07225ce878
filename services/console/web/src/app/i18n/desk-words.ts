/** Words that only the desk needs: they come with its shell, so that the phone's first load stays small. */
import { i18n } from '.'
import { zhAlerting } from './zh-alerting'
import { zhAnomalies } from './zh-anomalies'
import { zhDeviceKeys } from './zh-devicekeys'
import { zhEvidence } from './zh-evidence'
import { zhJudging } from './zh-judging'
import { zhQuality } from './zh-quality'
import { zhReductions } from './zh-reductions'
import { zhReplays } from './zh-replays'
import { zhRules } from './zh-rules'
import { zhSelfMon } from './zh-selfmon'
import { zhSurveys } from './zh-surveys'
import { zhTasking } from './zh-tasking'

export const deskZh = { ...zhAlerting, ...zhAnomalies, ...zhDeviceKeys, ...zhEvidence, ...zhReductions, ...zhJudging, ...zhQuality, ...zhReplays, ...zhRules, ...zhSelfMon, ...zhSurveys, ...zhTasking }

i18n.global.mergeLocaleMessage('zh-CN', deskZh)
