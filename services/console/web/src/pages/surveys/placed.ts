/** Answers of the platform as what stands on the map. */
import type { PlotOnMap, SiteOnMap, SiteVerdict, SurveyFeature, SurveySite } from '@/api/survey-types'
import type { PlacedPlot, PlacedSite } from './survey-map'

export function placedSite(feature: SurveyFeature<SiteOnMap>, name: string): PlacedSite {
  const [longitude, latitude] = feature.geometry.coordinates as [number, number]
  return { id: feature.properties.site_id, name, longitude, latitude, shown: feature.properties.verdict?.outcome ?? 'none' }
}

export const sampledSite = (site: SurveySite, verdict: SiteVerdict | null, name: string): PlacedSite => ({ id: site.site_id, name, longitude: site.longitude, latitude: site.latitude, shown: verdict?.outcome ?? 'none' })

export const placedPlot = (feature: SurveyFeature<PlotOnMap>, name: string): PlacedPlot => ({ id: feature.properties.plot_id, name, shown: feature.properties.verdict?.outcome ?? 'none', geometry: feature.geometry })
