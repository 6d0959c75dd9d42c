import tapeless from 'tapeless/vite'
import { defineConfig } from 'vite'

// What the page may do once it is built: nothing but what lies beside it. Say the same where you host it.
const policy = "default-src 'self'; script-src 'self'"

export default defineConfig({
  plugins: [tapeless()],
  preview: { headers: { 'Content-Security-Policy': policy } },
})
