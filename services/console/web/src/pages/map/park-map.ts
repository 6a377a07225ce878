/** The OpenLayers canvas: base drawing of the park, points, alarms on top, three pulses at most. Never inside ref(). */
import Feature, { type FeatureLike } from 'ol/Feature'
import OlMap from 'ol/Map'
import Overlay from 'ol/Overlay'
import View from 'ol/View'
import { ScaleLine } from 'ol/control'
import { createEmpty, extend, isEmpty, type Extent } from 'ol/extent'
import GeoJSON from 'ol/format/GeoJSON'
import Point from 'ol/geom/Point'
import { defaults as defaultInteractions } from 'ol/interaction/defaults'
import VectorLayer from 'ol/layer/Vector'
import VectorImageLayer from 'ol/layer/VectorImage'
import { fromLonLat, toLonLat } from 'ol/proj'
import VectorSource from 'ol/source/Vector'
import { Fill, Icon, Stroke, Style, Text } from 'ol/style'
import type { AlarmLevel, MapPoint } from '@/api/types'
import { LEVELS } from '@/ui/levels'
import { calmMotion } from '@/ui/narrow'
import { baseStyle } from './base-style'
import { pointSymbol } from './map-symbols'
import type { PointStatus } from './point-state'

export interface Placed {
  point: MapPoint
  status: PointStatus
  name: string
  value: string
  over: boolean
}

const FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","WenQuanYi Micro Hei",sans-serif'
const MAX_PULSES = 3
const isLevel = (status: PointStatus): status is AlarmLevel => status in LEVELS

export interface ParkMapOptions {
  target: HTMLElement
  label: (properties: Record<string, unknown>) => string
  onPick: (pointId: string | null) => void
  onMove: (lonLat: [number, number]) => void
}

export class ParkMap {
  private readonly map: OlMap
  private readonly base = new VectorSource()
  private readonly calm = new VectorSource()
  private readonly alarms = new VectorSource()
  private readonly layers: { base: VectorLayer; calm: VectorImageLayer; alarms: VectorLayer }
  private readonly pulses: Overlay[] = []
  private readonly features = new Map<string, Feature<Point>>()
  private selected: string | null = null
  private valuesShown = true
  private fitted = false
  private named = false

  constructor(options: ParkMapOptions) {
    const style = (feature: FeatureLike, resolution: number) => this.pointStyle(feature, resolution)
    this.layers = {
      base: new VectorLayer({ source: this.base, style: (feature, resolution) => baseStyle(feature, resolution, options.label), declutter: 'base' }),
      calm: new VectorImageLayer({ source: this.calm, style, imageRatio: 1.2 }),
      alarms: new VectorLayer({ source: this.alarms, style, zIndex: 5 }),
    }
    this.map = new OlMap({
      target: options.target,
      layers: [this.layers.base, this.layers.calm, this.layers.alarms],
      view: new View({ center: fromLonLat([118.6, 32.2]), zoom: 14, minZoom: 11, maxZoom: 20 }),
      controls: [new ScaleLine({ minWidth: 80 })],
      interactions: defaultInteractions({ altShiftDragRotate: false, pinchRotate: false }),
      keyboardEventTarget: options.target,
    })
    this.map.on('singleclick', (event) => options.onPick(this.idAt(event.pixel)))
    this.map.on('pointermove', (event) => {
      if (event.dragging) return
      options.target.style.cursor = this.idAt(event.pixel) ? 'pointer' : ''
      options.onMove(toLonLat(event.coordinate) as [number, number])
    })
  }

  private idAt(pixel: number[]): string | null {
    let found: string | null = null
    this.map.forEachFeatureAtPixel(pixel, (feature) => {
      found = (feature.getId() as string | undefined) ?? null
      return found !== null
    }, { hitTolerance: 4, layerFilter: (layer) => layer === this.layers.calm || layer === this.layers.alarms })
    return found
  }

  private pointStyle(feature: FeatureLike, resolution: number): Style[] {
    const placed = feature.get('placed') as Placed
    const chosen = feature.getId() === this.selected
    const alarm = isLevel(placed.status)
    const scale = alarm ? 0.86 : resolution > 9 ? 0.55 : resolution > 3 ? 0.66 : 0.78
    const styles = [new Style({
      zIndex: chosen ? 99 : alarm ? 10 + LEVELS[placed.status as AlarmLevel].rank : 1,
      image: new Icon({ src: pointSymbol(placed.point.medium, placed.status), scale: chosen ? scale * 1.25 : scale }),
    })]
    // Far out only abnormal points say their value; near all do.
    if (placed.value && this.valuesShown && (alarm || chosen || resolution < 1.2)) {
      styles.push(new Style({
        zIndex: 100,
        text: new Text({
          text: placed.value, font: `600 12px ${FONT}`, offsetY: alarm ? 23 : 18,
          fill: new Fill({ color: placed.over ? '#a80d26' : '#1f2733' }), stroke: new Stroke({ color: '#ffffff', width: 3.5 }),
        }),
      }))
    }
    return styles
  }

  /** GeoJSON in degrees, CGCS2000 (equal to WGS 84 within what a screen can show). */
  setPark(collection: object): void {
    const features = new GeoJSON().readFeatures(collection, { featureProjection: 'EPSG:3857' })
    this.base.clear()
    this.base.addFeatures(features)
    this.named = false
    this.fitted = false
    this.fit()
  }

  /** A plot is known by who works on it: when all points inside are of one enterprise, its name stands on the plot. */
  private nameEnterprises(placed: readonly Placed[]): void {
    for (const plot of this.base.getFeatures().filter((feature) => feature.get('kind') === 'plot')) {
      const shape = plot.getGeometry()!
      const owners = new Map(
        placed.filter(({ point }) => point.enterprise_id && shape.intersectsCoordinate(fromLonLat([point.longitude, point.latitude])))
          .map(({ point }) => [point.enterprise_id, point]),
      )
      const owner = owners.size === 1 ? [...owners.values()][0]! : undefined
      plot.set('enterprise_zh', owner?.enterprise_name_zh ?? '', true)
      plot.set('enterprise_en', owner?.enterprise_name_en ?? '', true)
    }
    this.named = true
    this.base.changed()
  }

  setPoints(placed: readonly Placed[]): void {
    if (!this.named && placed.length && this.base.getFeatures().length) this.nameEnterprises(placed)
    const gone = new Set(this.features.keys())
    for (const one of placed) {
      gone.delete(one.point.point_id)
      this.place(one)
    }
    for (const id of gone) this.drop(id)
    if (!this.fitted) this.fit()
    this.pulse()
  }

  private place(one: Placed): void {
    const id = one.point.point_id
    let feature = this.features.get(id)
    if (!feature) {
      feature = new Feature(new Point(fromLonLat([one.point.longitude, one.point.latitude])))
      feature.setId(id)
      this.features.set(id, feature)
    }
    const known = feature.get('placed') as Placed | undefined
    if (known && known.status === one.status && known.value === one.value && known.over === one.over) return
    feature.set('placed', one, true)
    const source = isLevel(one.status) ? this.alarms : this.calm
    const other = source === this.alarms ? this.calm : this.alarms
    if (other.getFeatureById(id)) other.removeFeature(feature)
    if (source.getFeatureById(id)) feature.changed()
    else source.addFeature(feature)
  }

  private drop(id: string): void {
    const feature = this.features.get(id)
    if (!feature) return
    for (const source of [this.calm, this.alarms]) if (source.getFeatureById(id)) source.removeFeature(feature)
    this.features.delete(id)
  }

  /** Motion only for news: the three gravest alarms, none when the person asked for calm. */
  private pulse(): void {
    const gravest = this.alarms.getFeatures()
      .map((feature) => feature.get('placed') as Placed)
      .filter((one) => isLevel(one.status))
      .sort((a, b) => LEVELS[b.status as AlarmLevel].rank - LEVELS[a.status as AlarmLevel].rank)
      .slice(0, calmMotion() ? 0 : MAX_PULSES)
    while (this.pulses.length < gravest.length) {
      const element = document.createElement('div')
      element.className = 'map-pulse'
      const overlay = new Overlay({ element, positioning: 'center-center', stopEvent: false })
      this.map.addOverlay(overlay)
      this.pulses.push(overlay)
    }
    this.pulses.forEach((overlay, index) => {
      const one = gravest[index]
      overlay.setPosition(one ? fromLonLat([one.point.longitude, one.point.latitude]) : undefined)
      if (one) overlay.getElement()!.style.setProperty('--pulse', LEVELS[one.status as AlarmLevel].fill)
    })
  }

  select(id: string | null, fly = false): void {
    const before = this.selected
    this.selected = id
    for (const one of [before, id]) if (one) this.features.get(one)?.changed()
    const feature = id ? this.features.get(id) : undefined
    if (!fly || !feature) return
    const view = this.map.getView()
    view.animate({ center: feature.getGeometry()!.getCoordinates(), zoom: Math.max(view.getZoom() ?? 15, 16.5), duration: calmMotion() ? 0 : 350 })
  }

  flyTo(longitude: number, latitude: number): void {
    this.map.getView().animate({ center: fromLonLat([longitude, latitude]), zoom: 16.5, duration: calmMotion() ? 0 : 350 })
  }

  showLayer(name: 'plots' | 'values', shown: boolean): void {
    if (name === 'plots') this.layers.base.setVisible(shown)
    else {
      this.valuesShown = shown
      this.calm.changed()
      this.alarms.changed()
    }
  }

  zoomBy(delta: number): void {
    const view = this.map.getView()
    view.animate({ zoom: (view.getZoom() ?? 14) + delta, duration: calmMotion() ? 0 : 150 })
  }

  /** The park itself; stations far outside are found in the list. */
  fit(): void {
    const extent: Extent = createEmpty()
    for (const feature of this.base.getFeatures()) {
      if (['boundary', 'plot'].includes(String(feature.get('kind')))) extend(extent, feature.getGeometry()!.getExtent())
    }
    for (const source of isEmpty(extent) ? [this.base, this.calm, this.alarms] : []) {
      const own = source.getExtent()
      if (own && !isEmpty(own)) extend(extent, own)
    }
    if (isEmpty(extent)) return
    this.map.updateSize()
    this.map.getView().fit(extent, { padding: [28, 28, 40, 28], maxZoom: 17 })
    this.fitted = true
  }

  relabel(): void {
    this.base.changed()
  }

  /** What a test asks to know that something was really drawn. */
  census(): { base: number; calm: number; alarms: number; pulses: number } {
    return {
      base: this.base.getFeatures().length, calm: this.calm.getFeatures().length, alarms: this.alarms.getFeatures().length,
      pulses: this.pulses.filter((overlay) => overlay.getPosition()).length,
    }
  }

  /** setTarget(undefined) alone leaks about 1 MB a visit. */
  dispose(): void {
    this.map.setTarget(undefined)
    this.map.dispose()
  }
}
