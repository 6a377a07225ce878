import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { whenSignedOut } from './api/client'
import App from './app/App.vue'
import { config, loadConfig } from './app/config'
import { i18n, startLocale } from './app/i18n'
import { router } from './app/router'
import { useSession } from './app/session'
import './app/theme.css'

async function start(): Promise<void> {
  await loadConfig()
  await startLocale(config.default_locale)
  const app = createApp(App)
  app.use(createPinia())
  app.use(i18n)
  whenSignedOut(() => {
    useSession().drop()
    const here = router.currentRoute.value
    if (here.name !== 'login') void router.push({ name: 'login', query: { next: here.fullPath, expired: '1' } })
  })
  app.use(router)
  app.mount('#app')
}

void start()
