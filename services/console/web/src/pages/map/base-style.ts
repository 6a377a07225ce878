/** The quiet ground under the points. Unknown kinds fall back to what their geometry can be. */
import type { FeatureLike } from 'ol/Feature'
import { getCenter } from 'ol/extent'
import Point from 'ol/geom/Point'
import { Fill, Stroke, Style, Text } from 'ol/style'

const FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","WenQuanYi Micro Hei",sans-serif'

interface Look {
  fill?: string
  stroke?: string
  width?: number
  casing?: string
  z: number
  text?: { color: string; size: number; weight: number; line?: boolean; farthest: number }
}

const LOOKS: Record<string, Look> = {
  boundary: { stroke: '#8fa1b5', width: 1.6, z: 1 },
  green: { fill: '#e3eee1', stroke: '#cfe0cc', width: 1, z: 1, text: { color: '#5b7a58', size: 11, weight: 400, farthest: 9 } },
  river: { fill: '#c6dff2', stroke: '#a9cde8', width: 10, z: 2, text: { color: '#2f6c9e', size: 12, weight: 400, line: true, farthest: 20 } },
  road: { stroke: '#ffffff', casing: '#cfd7e0', width: 6, z: 4, text: { color: '#56606e', size: 11, weight: 400, line: true, farthest: 11 } },
  plot: { fill: '#eceff3', stroke: '#c9d1da', width: 1, z: 3, text: { color: '#37485c', size: 12, weight: 500, farthest: 11 } },
  label: { z: 8, text: { color: '#37485c', size: 12, weight: 500, farthest: 11 } },
  building: { fill: '#d9dfe6', stroke: '#c3ccd6', width: 0.8, z: 5 },
}

function lookOf(feature: FeatureLike): Look {
  const kind = String(feature.get('kind') ?? '').replace(/s$/, '')
  const byKind = LOOKS[kind] ?? (kind === 'water' ? LOOKS.river : undefined)
  if (byKind) return byKind
  return feature.getGeometry()?.getType().includes('Line') ? LOOKS.road! : LOOKS.plot!
}

export function baseStyle(feature: FeatureLike, resolution: number, label: (properties: Record<string, unknown>) => string): Style[] {
  const look = lookOf(feature)
  const isLine = feature.getGeometry()?.getType().includes('Line') ?? false
  const width = isLine ? Math.max(1.2, Math.min(look.width ?? 1, (look.width ?? 1) * (4 / resolution))) : Math.min(look.width ?? 1, 1.6)
  const styles: Style[] = []
  if (isLine && look.casing) styles.push(new Style({ zIndex: look.z - 1, stroke: new Stroke({ color: look.casing, width: width + 2 }) }))
  const stroke = look.stroke ? new Stroke({ color: look.stroke, width }) : undefined
  styles.push(new Style({ zIndex: look.z, fill: !isLine && look.fill ? new Fill({ color: look.fill }) : undefined, stroke }))
  const text = look.text
  const words = text && resolution < text.farthest ? label(feature.getProperties()) : ''
  if (text && words) {
    const shape = feature.getGeometry()
    // The name of an area stands along its upper edge, so that the points inside stay readable.
    const top = !isLine && shape && !shape.getType().includes('Point') ? new Point([getCenter(shape.getExtent())[0]!, shape.getExtent()[3]!]) : undefined
    styles.push(new Style({
      zIndex: 20 + look.z,
      geometry: top,
      text: new Text({
        text: words, font: `${text.weight} ${text.size}px ${FONT}`, placement: text.line && isLine ? 'line' : 'point', overflow: Boolean(top) && String(feature.get('kind')) === 'plot', textBaseline: top ? 'top' : 'middle', offsetY: top ? 5 : 0,
        fill: new Fill({ color: text.color }), stroke: new Stroke({ color: 'rgba(255,255,255,.85)', width: 3 }),
      }),
    }))
  }
  return styles
}
