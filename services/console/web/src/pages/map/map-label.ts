/** What stands on the ground of the map: the enterprise of a plot, in short, else the thing's own name. */

const LEGAL_FORM = /(股份有限公司|有限责任公司|有限公司)$|,?\s*(Co\.?,?\s*Ltd\.?|Inc\.?|Corp\.?)$/i

export function shortName(name: string): string {
  return name.replace(LEGAL_FORM, '').trim()
}

export function mapLabel(properties: Record<string, unknown>, zh: boolean): string {
  const pick = (stem: string): string => {
    const [first, second] = zh ? [properties[`${stem}_zh`], properties[`${stem}_en`]] : [properties[`${stem}_en`], properties[`${stem}_zh`]]
    return String(first || second || '')
  }
  // The boundary is the whole park; its name is in the header already.
  if (properties.kind === 'boundary') return ''
  return shortName(pick('enterprise')) || pick('name')
}
