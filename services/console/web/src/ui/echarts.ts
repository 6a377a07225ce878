/** The parts of ECharts this console draws with. DatasetComponent is not optional: without it nothing is drawn, silently. */
import { LineChart, ScatterChart } from 'echarts/charts'
import {
  AriaComponent, DatasetComponent, DataZoomComponent, GridComponent, MarkAreaComponent, MarkLineComponent, TitleComponent, TooltipComponent,
} from 'echarts/components'
import { init, use, type EChartsType } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'

use([
  LineChart, ScatterChart, AriaComponent, DatasetComponent, DataZoomComponent, GridComponent, MarkAreaComponent, MarkLineComponent,
  TitleComponent, TooltipComponent, CanvasRenderer,
])

export { init, type EChartsType }
