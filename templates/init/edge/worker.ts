import { createModel } from './generated/contrast.js'
import { weights } from './generated/weights.js'
import { page } from './page.js'

const model = createModel()
model.load(Uint8Array.from(atob(weights), (letter) => letter.charCodeAt(0)))

/** The share of white's chances on a colour, given as six hexadecimal digits. */
export function whiteOn(color: string): number {
  const shares = [0, 2, 4].map((at) => parseInt(color.slice(at, at + 2), 16) / 255)
  const [logit = 0] = model.predict(shares)
  return 1 / (1 + Math.exp(-logit))
}

export default {
  fetch(request: Request): Response {
    const { pathname, searchParams } = new URL(request.url)
    const color = /^#?([0-9a-f]{6})$/i.exec(searchParams.get('color') ?? '3366cc')?.[1]
    if (!color) return new Response('expected color: six hexadecimal digits, such as 3366cc\n', { status: 400 })
    if (pathname === '/json') return Response.json({ color, white: whiteOn(color) })
    return new Response(page(color, whiteOn), {
      headers: {
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
      },
    })
  },
}
