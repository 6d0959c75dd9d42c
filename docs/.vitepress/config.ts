import { readFileSync } from 'node:fs'
import { defineConfig } from 'vitepress'
import { checkLinks, linkToRepository } from './links.ts'
import { sections } from './sections.ts'

const { description, repository } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { readonly description: string; readonly repository: string }
const address = repository.replace(/^github:/, 'https://github.com/')

const link = (page: string): string => (page === 'index' ? '/' : `/${page}`)

export default defineConfig({
  title: 'tapeless',
  description,
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: '/icon.svg' }]],
  themeConfig: {
    nav: [
      { text: 'Tutorial', link: '/tutorial' },
      { text: 'Recipes', link: '/training' },
      { text: 'Words', link: '/words' },
      { text: 'API', link: '/api' },
    ],
    sidebar: Object.entries(sections).map(([text, pages]) => ({
      text,
      items: Object.entries(pages).map(([page, title]) => ({ text: title, link: link(page) })),
    })),
    outline: [2, 3],
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: address }],
  },
  markdown: { config: (markdown) => linkToRepository(markdown, address) },
  buildEnd: ({ outDir }) => checkLinks(outDir),
})
