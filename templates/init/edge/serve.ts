/// <reference types="node" />
// Runs the worker here. `npx wrangler dev` would run it as Cloudflare does, `npx wrangler deploy` there.
import { createServer } from 'node:http'
import worker from './worker.js'

const port = Number(process.env.PORT ?? 8787)

createServer(async (request, response) => {
  const answer = worker.fetch(new Request(new URL(request.url ?? '/', `http://localhost:${port}`)))
  response.writeHead(answer.status, Object.fromEntries(answer.headers))
  response.end(await answer.text())
}).listen(port, () => console.log(`http://localhost:${port}`))
