/** True while the window is a phone's (below 768 px). One media query for all components. */
import { readonly, ref } from 'vue'

const query = window.matchMedia('(max-width: 767px)')
const state = ref(query.matches)
query.addEventListener('change', (event) => (state.value = event.matches))

export const isNarrow = readonly(state)
export const calmMotion = (): boolean => window.matchMedia('(prefers-reduced-motion: reduce)').matches
