/** What a file has in one row and column, before it is read. */
export type RawCell = string | number | boolean | null | undefined

/** The same as it is understood: a finite number, a text, or nothing. */
export type Cell = number | string | undefined

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
const truth = /^(?:true|false)$/i

/**
 * Reads a cell: text without the blanks around it, as a number if it is written as one. So `7`, `7.0` and `"07"` are one number, and True and
 * `true` one text. A number that isn't finite stays a text.
 */
export function readCell(raw: RawCell): Cell {
  if (typeof raw === 'number') return Number.isNaN(raw) ? undefined : Number.isFinite(raw) ? raw : String(raw)
  const text = raw === null || raw === undefined ? '' : String(raw).trim()
  if (text === '') return undefined
  if (truth.test(text)) return text.toLowerCase()
  const value = number.test(text) ? Number(text) : NaN
  return Number.isFinite(value) ? value : text
}

const emptyWord = /^(?:na|n\/a|nan|null|none|nil|missing|-|\?)$/i

/** Whether a text in a column of numbers or dates says that there is none. */
export function isEmptyWord(text: string): boolean {
  return emptyWord.test(text)
}

const date = /^(\d{4})-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?)?$/

/**
 * The days from 1970 to a date in ISO 8601, from a month (1949-01) to a second with a time zone; undefined where a text is none. Without a
 * zone it is read as universal time, so that it means the same everywhere.
 */
export function daysOf(text: string): number | undefined {
  const parts = date.exec(text)
  if (!parts) return undefined
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0)) as [
    ...[number, number, number, number, number, number],
  ]
  const zone = /^([+-])(\d\d):?(\d\d)$/.exec(parts[7] ?? '')
  const offset = zone ? Number(`${zone[1]}1`) * (60 * Number(zone[2]) + Number(zone[3])) : 0
  const start = new Date(Date.UTC(2000, month - 1, day || 1))
  start.setUTCFullYear(year, month - 1, day || 1)
  if (start.getUTCMonth() !== month - 1 || hour > 24 || minute > 59 || second > 60) return undefined
  return start.getTime() / 86_400_000 + (3600 * hour + 60 * (minute - offset) + second) / 86_400
}
