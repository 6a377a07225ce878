import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import Components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import { defineConfig } from 'vite'
import { phonePrecache } from './precache-plugin'

// Development talks to a gateway (or the mock of tests/) on this address; the built pages only know their own origin.
const gateway = process.env.PARK_DEV_GATEWAY ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [
    vue(),
    Components({ resolvers: [ElementPlusResolver({ importStyle: 'css' })], dirs: [], dts: 'src/components.d.ts' }),
    phonePrecache(fileURLToPath(new URL('./src/phone/sw.template.js', import.meta.url))),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: ['chrome87', 'edge88', 'firefox78', 'safari14'],
    sourcemap: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
  },
  server: {
    proxy: {
      '/api': { target: gateway, ws: true, changeOrigin: true, rewriteWsOrigin: true },
      '/config.json': { target: gateway },
    },
  },
})
