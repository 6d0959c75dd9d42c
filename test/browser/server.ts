import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { root } from '../package/installed.ts'
import type { Case, Outcome } from './page.ts'

/** As strict as a page can be that runs WebAssembly: no eval, nothing from elsewhere. */
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"

const page =
  '<!doctype html><html lang="en"><title>tapeless</title><script type="module" src="/page.js"></script></html>'

const types: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.yaml': 'text/plain', '.ts': 'text/plain' }

export interface Server {
  readonly origin: string
  /** Resolves to what the page sends back: an error's text where it failed. */
  readonly answer: Promise<readonly Outcome[] | string>
  readonly close: () => void
}

/** Serves a page, the scripts that it is made of by their paths, and the repository's files below /files. */
export async function serve(scripts: ReadonlyMap<string, Uint8Array>, cases: readonly Case[]): Promise<Server> {
  let resolve!: (answer: readonly Outcome[] | string) => void
  const answer = new Promise<readonly Outcome[] | string>((settle) => (resolve = settle))
  const bodyOf = async (path: string, request: IncomingMessage): Promise<string | Uint8Array | undefined> => {
    if (path === '/') return page
    if (path === '/favicon.ico') return ''
    if (path === '/cases') return JSON.stringify(cases)
    if (path === '/answer') {
      resolve(JSON.parse(await text(request)))
      return ''
    }
    return path.startsWith('/files/') ? readFile(join(root, path.slice('/files/'.length))) : scripts.get(path)
  }
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname: path } = new URL(request.url!, 'http://localhost')
    const body = await bodyOf(path, request).catch(() => undefined)
    const type = types[extname(path)] ?? 'text/html'
    response.writeHead(body === undefined ? 404 : 200, {
      'Content-Security-Policy': policy,
      'Content-Type': `${type}; charset=utf-8`,
    })
    response.end(body)
  }
  const server = createServer((request, response) => void respond(request, response))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, answer, close: () => server.close() }
}
