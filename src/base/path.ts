/*
 * Paths as text, so that they mean the same in a page as in Node: names between / or, as Windows writes it, \.
 */

/** The last name of a path. */
export function fileName(path: string): string {
  return path.split(/[/\\]/).at(-1)!
}

/** The folder that a file lies in, with / alone: `.` where the path is only a name. */
export function folderOf(path: string): string {
  const plain = path.replaceAll('\\', '/')
  const end = plain.lastIndexOf('/')
  if (end < 0) return '.'
  return end === 0 ? '/' : plain.slice(0, end)
}

/** A path as it is seen from a folder, without `.` and, as far as there are names before it, without `..`. */
export function joinPath(folder: string, path: string): string {
  const whole = `${folder}/${path}`
  const isAbsolute = whole.startsWith('/')
  const names: string[] = []
  for (const name of whole.split('/')) {
    if (name === '' || name === '.') continue
    const canGoUp = names.length > 0 && names.at(-1) !== '..'
    if (name !== '..') names.push(name)
    else if (canGoUp) names.pop()
    else if (!isAbsolute) names.push(name)
  }
  const joined = `${isAbsolute ? '/' : ''}${names.join('/')}` || '.'
  return whole.endsWith('/') && !joined.endsWith('/') ? `${joined}/` : joined
}
