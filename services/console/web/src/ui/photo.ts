/** Photos before they leave the device: 1600 px on the longer side, JPEG; the original's time is kept as a field. */
const LONGER_SIDE = 1600

export interface PreparedPhoto {
  blob: Blob
  takenAt: string
  /** What is no picture keeps its name: the platform shows it. */
  name?: string
}

/** Size that fits into `longest` with the same shape; never larger than the original. */
export function fitted(width: number, height: number, longest = LONGER_SIDE): [number, number] {
  const scale = Math.min(1, longest / Math.max(width, height))
  return [Math.round(width * scale), Math.round(height * scale)]
}

export async function prepare(file: File): Promise<PreparedPhoto> {
  const takenAt = new Date(file.lastModified || Date.now()).toISOString()
  if (!file.type.startsWith('image/')) return { blob: file, takenAt, name: file.name }
  let picture: ImageBitmap
  try {
    picture = await createImageBitmap(file)
  } catch {
    // Not an image the browser can draw: sent as it is, the server decides and says why.
    return { blob: file, takenAt }
  }
  const [width, height] = fitted(picture.width, picture.height)
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  canvas.getContext('2d')!.drawImage(picture, 0, 0, width, height)
  picture.close()
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.82))
  return { blob: blob ?? file, takenAt }
}

export function photoForm(photo: PreparedPhoto, kind: string, place?: { longitude: number; latitude: number } | null): FormData {
  const form = new FormData()
  form.append('photo', photo.blob, photo.name ?? 'photo.jpg')
  form.append('kind', kind)
  form.append('taken_at', photo.takenAt)
  if (place) {
    form.append('longitude', String(place.longitude))
    form.append('latitude', String(place.latitude))
  }
  return form
}
