import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { MarkdownRenderer } from 'vitepress'

const docs = fileURLToPath(new URL('..', import.meta.url))
const repository = dirname(docs)

/**
 * Has links that lead out of docs/ lead to the repository, where the pages are read as files too.
 * Error: there is no such file.
 */
export function linkToRepository(markdown: MarkdownRenderer, address: string): void {
  markdown.core.ruler.push('links to the repository', ({ tokens, env }) => {
    const { path } = env as { readonly path: string }
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.attrGet('href')
      if (token.type !== 'link_open' || href === null || /^(?:[a-z]+:|#|\/)/.test(href)) continue
      const [place, anchor] = href.split(/(?=#)/)
      const file = resolve(dirname(path), decodeURI(place!))
      if (!relative(docs, file).startsWith('..')) continue
      if (!existsSync(file)) throw new Error(`${path} links to ${href}, which isn't there`)
      token.attrSet('href', `${address}/blob/HEAD/${relative(repository, file)}${anchor ?? ''}`)
    }
  })
}

/** Error: a page of the built site links to a page, a file or a heading that isn't there, or two elements of it have one id. */
export function checkLinks(folder: string): void {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const pages = new Map<string, string>(
    files
      .filter((file) => file.endsWith('.html'))
      .map((file) => [`/${file}`, readFileSync(join(folder, file), 'utf8')]),
  )
  const ids = new Map([...pages].map(([page, html]) => [page, attributesOf(html, 'id')]))
  const mistakes = [...pages].flatMap(([page, html]) => {
    const dead = attributesOf(html, 'href').filter((href) => {
      if (/^[a-z]+:/.test(href)) return false
      const { pathname, hash } = new URL(href, `http://site${page}`)
      const target = pathname.endsWith('/') ? `${pathname}index.html` : pathname
      const file = pages.has(`${target}.html`) ? `${target}.html` : target
      if (!existsSync(join(folder, file))) return true
      return hash !== '' && !ids.get(file)?.includes(decodeURIComponent(hash.slice(1)))
    })
    const own = ids.get(page)!
    const twice = own.filter((id, i) => own.indexOf(id) !== i)
    return [...dead.map((href) => `${page} links to ${href}`), ...twice.map((id) => `${page} has two of #${id}`)]
  })
  if (mistakes.length > 0) throw new Error(`dead links:\n${[...new Set(mistakes)].join('\n')}`)
}

function attributesOf(html: string, name: string): string[] {
  return Array.from(html.matchAll(new RegExp(`<[^>]*? ${name}="([^"]*)"`, 'g')), ([, value]) =>
    value!.replaceAll('&amp;', '&'),
  )
}
