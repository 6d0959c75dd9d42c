import { plot } from 'asciichart'
import picocolors from 'picocolors'
import { brief } from '../train/report/measures.ts'
import { numbersOf, type EpochReport, type History } from '../train/training/history.ts'
import { pace } from './pace.ts'
import { showsColor } from './report.ts'

/** Shows how a training goes: on a terminal its curve, redrawn in place, else a line now and then. */
export interface TrainingDisplay {
  readonly begin: () => void
  readonly show: (report: EpochReport, history: History, epochs: number) => void
  /** Leaves the last picture on the terminal, and the terminal as it was. */
  readonly stop: () => void
}

/** Milliseconds from one showing to the next. */
const every = { terminal: 80, log: 2000 } as const

const hideCursor = '\u001b[?25l'
const showCursor = '\u001b[?25h'

export function trainingDisplay(): TrainingDisplay {
  const { isTTY } = process.stderr
  const paint = picocolors.createColors(showsColor(process.stderr))
  let started = performance.now()
  const isDue = pace(isTTY ? every.terminal : every.log, true)
  let firstEpoch: number | undefined
  let lines = 0
  /** The latest, if it was passed over. */
  let pending: (() => void) | undefined

  const draw = (report: EpochReport, history: History, epochs: number) => {
    const line = statusOf(report, epochs, secondsLeft(report, epochs))
    if (!isTTY) return void process.stderr.write(`${line}\n`)
    const { columns = 80, rows = 24 } = process.stderr
    const picture = [...curve(history, columns, rows, paint), cut(line, columns)]
    process.stderr.write(
      `${lines > 0 ? `\u001b[${lines}A` : ''}${picture.map((one) => `\r${one}\u001b[K\n`).join('')}\u001b[J`,
    )
    lines = picture.length
  }
  const secondsLeft = ({ epoch }: EpochReport, epochs: number) => {
    const each = (performance.now() - started) / 1000 / (epoch - firstEpoch!)
    return each * (epochs - epoch - 1)
  }
  const restore = () => void process.stderr.write(showCursor)
  return {
    begin: () => {
      if (!isTTY) return
      process.stderr.write(hideCursor)
      process.once('exit', restore)
    },
    show: (report, history, epochs) => {
      // What loads the thread is none of the epochs' time.
      if (firstEpoch === undefined) [firstEpoch, started] = [report.epoch, performance.now()]
      pending = () => draw(report, history, epochs)
      if (!isDue()) return
      pending()
      pending = undefined
    },
    stop: () => {
      pending?.()
      pending = undefined
      if (process.removeListener('exit', restore) && isTTY && lines > 0) restore()
    },
  }
}

/** One line, which a narrow terminal cuts: the epoch, the time that is left, and the epoch's numbers. */
function statusOf(report: EpochReport, epochs: number, seconds: number): string {
  const numbers = Object.entries(numbersOf(report)).map(([name, value]) => `${name} ${brief(value)}`)
  return [`epoch ${report.epoch + 1}/${epochs}`, ...ending(report, epochs, seconds), ...numbers].join('  ')
}

/** How far it is to the end, where that is known. */
function ending({ stopped, epoch }: EpochReport, epochs: number, seconds: number): string[] {
  if (stopped) return ['its patience is out']
  if (epoch + 1 === epochs) return ['done']
  return Number.isFinite(seconds) ? [`${duration(seconds)} left`] : []
}

function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`
}

/** The curves of the loss, as far as a terminal has room. */
function curve(
  history: History,
  columns: number,
  rows: number,
  paint: ReturnType<typeof picocolors.createColors>,
): string[] {
  const loss = history['loss'] ?? []
  const validation = history['validation loss']
  const [width, height] = [columns - 14, Math.min(10, rows - 6)]
  if (width < 20 || height < 3 || loss.length < 2) return []
  const series = [loss, ...(validation ? [validation] : [])].map((values) => resampled(values, width))
  const label = labels(series.flat())
  const format = (value: number) => label(value).padStart(10)
  const colors = showsColor(process.stderr) ? { colors: ['\u001b[90m', '\u001b[33m'] } : {}
  const picture = plot(series, { height, format, ...colors })
  const key = validation ? `${paint.gray('─ loss')}  ${paint.yellow('─ validation loss')}` : paint.gray('─ loss')
  return [...picture.split('\n'), `${' '.repeat(12)}${key}`]
}

/** How an axis over some values writes them: the largest with three digits, all with as many decimals. */
function labels(values: readonly number[]): (value: number) => string {
  const most = Math.max(...values.map(Math.abs))
  const decimals = 2 - Math.floor(Math.log10(most))
  if (decimals < -4 || decimals > 7) return (value) => value.toExponential(1)
  return (value) => value.toFixed(Math.max(0, decimals))
}

/** As many values as there are columns: the last of each stretch. */
function resampled(values: readonly number[], width: number): number[] {
  if (values.length <= width) return [...values]
  return Array.from({ length: width }, (_, k) => values[Math.round((k * (values.length - 1)) / (width - 1))]!)
}

function cut(line: string, columns: number): string {
  return line.length < columns ? line : `${line.slice(0, columns - 2)}…`
}
