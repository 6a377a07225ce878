/** Sites and plots on the ground of the park. Never inside ref(). */
import Feature, { type FeatureLike } from 'ol/Feature'
import OlMap from 'ol/Map'
import View from 'ol/View'
import { ScaleLine } from 'ol/control'
import { createEmpty, extend, isEmpty } from 'ol/extent'
import GeoJSON from 'ol/format/GeoJSON'
import Point from 'ol/geom/Point'
import type Polygon from 'ol/geom/Polygon'
import Draw from 'ol/interaction/Draw'
import { defaults as defaultInteractions } from 'ol/interaction/defaults'
import VectorLayer from 'ol/layer/Vector'
import { fromLonLat } from 'ol/proj'
import VectorSource from 'ol/source/Vector'
import { Fill, Icon, Stroke, Style, Text } from 'ol/style'
import { baseStyle } from '@/pages/map/base-style'
import { LOOKS, verdictSymbol } from './survey-symbols'
import type { Shown } from './survey-rules'

export interface PlacedSite { id: string; name: string; longitude: number; latitude: number; shown: Shown }
export interface PlacedPlot { id: string; name: string; shown: Shown; geometry: object }
export interface Picked { kind: 'site' | 'plot'; id: string }

const FONT = '600 12px "PingFang SC","Microsoft YaHei","Noto Sans CJK SC","WenQuanYi Micro Hei",sans-serif'
const FORMAT = new GeoJSON()
const HALO = new Stroke({ color: '#ffffff', width: 3.5 })

export class SurveyMap {
  private readonly map: OlMap
  private readonly base = new VectorSource()
  private readonly plots = new VectorSource()
  private readonly sites = new VectorSource()
  private draw: Draw | null = null

  constructor(target: HTMLElement, label: (properties: Record<string, unknown>) => string, onPick: (picked: Picked) => void) {
    const layers = {
      base: new VectorLayer({ source: this.base, style: (feature, resolution) => baseStyle(feature, resolution, label), declutter: 'base' }),
      plots: new VectorLayer({ source: this.plots, style: plotStyle, zIndex: 3 }),
      sites: new VectorLayer({ source: this.sites, style: siteStyle, zIndex: 5, declutter: 'names' }),
    }
    this.map = new OlMap({
      target, layers: Object.values(layers), controls: [new ScaleLine({ minWidth: 80 })], keyboardEventTarget: target,
      view: new View({ center: fromLonLat([118.6, 32.2]), zoom: 14, minZoom: 10, maxZoom: 20 }),
      interactions: defaultInteractions({ altShiftDragRotate: false, pinchRotate: false, mouseWheelZoom: false }),
    })
    this.map.on('singleclick', (event) => {
      if (this.draw) return
      const found = this.map.forEachFeatureAtPixel(event.pixel, (feature) => feature, { hitTolerance: 4, layerFilter: (layer) => layer !== layers.base })
      if (found) onPick({ kind: found.get('site') ? 'site' : 'plot', id: String(found.getId()) })
    })
  }

  /** GeoJSON in degrees, CGCS2000 (equal to WGS 84 within what a screen can show). */
  setPark(collection: object): void {
    this.base.clear()
    this.base.addFeatures(FORMAT.readFeatures(collection, { featureProjection: 'EPSG:3857' }))
    this.fit()
  }

  show(sites: readonly PlacedSite[], plots: readonly PlacedPlot[]): void {
    this.sites.clear()
    this.sites.addFeatures(sites.map((one) => {
      const feature = new Feature({ geometry: new Point(fromLonLat([one.longitude, one.latitude])), site: one })
      feature.setId(one.id)
      return feature
    }))
    this.plots.clear()
    this.plots.addFeatures(plots.map((one) => {
      const feature = FORMAT.readFeature({ type: 'Feature', geometry: one.geometry, properties: {} }, { featureProjection: 'EPSG:3857' }) as Feature
      feature.set('plot', one)
      feature.setId(one.id)
      return feature
    }))
    this.fit()
  }

  /** What was asked for first: plots and sites, else the park. */
  fit(): void {
    const extent = createEmpty()
    for (const source of [this.plots, this.sites]) {
      const own = source.getFeatures().length ? source.getExtent() : null
      if (own && !isEmpty(own)) extend(extent, own)
    }
    const whole = this.base.getFeatures().length ? this.base.getExtent() : null
    if (isEmpty(extent) && whole) extend(extent, whole)
    if (isEmpty(extent)) return
    this.map.updateSize()
    this.map.getView().fit(extent, { padding: [40, 40, 76, 40], maxZoom: 17 })
  }

  zoomBy(delta: number): void {
    const view = this.map.getView()
    view.animate({ zoom: (view.getZoom() ?? 14) + delta, duration: 150 })
  }

  /** Lets the person draw one polygon; its GeoJSON geometry is given back in degrees with six digits (a decimetre). */
  startDrawing(done: (geometry: object) => void): void {
    this.stopDrawing()
    this.draw = new Draw({ type: 'Polygon', source: undefined })
    this.draw.on('drawend', (event) => {
      done(FORMAT.writeGeometryObject(event.feature.getGeometry() as Polygon, { featureProjection: 'EPSG:3857', decimals: 6 }))
      // The interaction is still handling the click that ended it.
      setTimeout(() => this.stopDrawing())
    })
    this.map.addInteraction(this.draw)
  }

  stopDrawing(): void {
    if (this.draw) this.map.removeInteraction(this.draw)
    this.draw = null
  }

  /** What a test asks to know that something was really drawn. */
  census(): { base: number; sites: number; plots: number } {
    return { base: this.base.getFeatures().length, sites: this.sites.getFeatures().length, plots: this.plots.getFeatures().length }
  }

  /** setTarget(undefined) alone leaks about 1 MB a visit. */
  dispose(): void {
    this.map.setTarget(undefined)
    this.map.dispose()
  }
}

function siteStyle(feature: FeatureLike, resolution: number): Style[] {
  const site = feature.get('site') as PlacedSite
  const styles = [new Style({ zIndex: site.shown === 'over' ? 9 : 1, image: new Icon({ src: verdictSymbol(site.shown), scale: 0.8, declutterMode: 'none' }) })]
  if (resolution < 6) styles.push(new Style({ text: new Text({ text: site.name, font: FONT, offsetY: 20, fill: new Fill({ color: '#1f2733' }), stroke: HALO }) }))
  return styles
}

function plotStyle(feature: FeatureLike, resolution: number): Style[] {
  const plot = feature.get('plot') as PlacedPlot
  const look = LOOKS[plot.shown]
  const text = resolution < 12 ? new Text({ text: plot.name, font: FONT, overflow: true, textBaseline: 'bottom', fill: new Fill({ color: '#1f2733' }), stroke: HALO }) : undefined
  const [west, , , north] = feature.getGeometry()!.getExtent() as [number, number, number, number]
  return [
    new Style({ fill: new Fill({ color: look.polygon }), stroke: new Stroke({ color: look.edge, width: 2, lineDash: look.dash }), text }),
    // The verdict of the plot is a shape too, in its corner, and not only the colour of its ground.
    new Style({ geometry: new Point([west, north]), image: new Icon({ src: verdictSymbol(plot.shown), scale: 0.9 }) }),
  ]
}
