/** WebAssembly text as people read it: a step inwards for each open parenthesis, an empty line before what follows a function. */
export function indent(wat: string): string {
  let depth = 0
  let isAfterFunction = false
  const lines = wat.split('\n').map((line) => {
    const code = line.replace(/;;.*/, '')
    const [opened, closed] = [/\(/g, /\)/g].map((bracket) => code.match(bracket)?.length ?? 0)
    const leading = /^\)*/.exec(code)![0].length
    const text = '  '.repeat(depth - leading) + line
    const gap = isAfterFunction && depth === 1 && leading === 0 ? '\n' : ''
    depth += opened! - closed!
    isAfterFunction = depth === 1 && (opened! < closed! || code.startsWith('(func'))
    return gap + text
  })
  return lines.join('\n')
}
