import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname } from 'node:path'
import { text } from 'node:stream/consumers'

/** As strict as a page can be that runs WebAssembly: no eval, nothing from elsewhere. */
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"

const page =
  '<!doctype html><html lang="en"><title>tapeless</title><script type="module" src="/page.js"></script></html>'

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.yaml': 'text/plain',
  '.ts': 'text/plain',
  '.wasm': 'application/wasm',
}

export interface Server<Answer> {
  readonly origin: string
  /** Resolves to what the page sends to /answer, as JSON. */
  readonly answer: Promise<Answer>
  readonly close: () => void
}

/** The content at a path; undefined where there is none. */
export type BodyOf = (path: string) => string | Uint8Array | undefined | Promise<string | Uint8Array | undefined>

/** Serves a page that runs /page.js. */
export async function serve<Answer>(bodyOf: BodyOf): Promise<Server<Answer>> {
  let resolve!: (answer: Answer) => void
  const answer = new Promise<Answer>((settle) => (resolve = settle))
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname: path } = new URL(request.url!, 'http://localhost')
    if (path === '/answer') resolve(JSON.parse(await text(request)) as Answer)
    const own: Readonly<Record<string, string>> = { '/': page, '/favicon.ico': '', '/answer': '' }
    const body =
      own[path] ??
      (await Promise.resolve()
        .then(() => bodyOf(path))
        .catch(() => undefined))
    const type = types[extname(path)] ?? 'text/html'
    response.writeHead(body === undefined ? 404 : 200, {
      'Content-Security-Policy': policy,
      'Content-Type': type.startsWith('text/') ? `${type}; charset=utf-8` : type,
    })
    response.end(body)
  }
  const server = createServer((request, response) => void respond(request, response))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, answer, close: () => server.close() }
}
