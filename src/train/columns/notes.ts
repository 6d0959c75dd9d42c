import { quoted } from '../mistakes.ts'
import type { DatePart } from '../preparation/preparation.ts'
import type { Chosen } from './choose.ts'
import { countEmpty } from './kinds.ts'
import type { EmptyChoice } from './rows.ts'

/** What becomes of an empty cell, by what was chosen and by the column's kind. */
const fates: Readonly<Record<'fill' | 'flag', Readonly<Record<Chosen['kind'], string>>>> = {
  fill: { numbers: 'count as the mean', dates: 'count as 0', classes: 'count as none of its classes' },
  flag: {
    numbers: 'count as the mean, and have an input of their own',
    dates: 'count as 0, and have an input of their own',
    classes: 'count as none of its classes, and have an input of their own',
  },
}

/** What a user should know of the inputs: which have empty cells, and which hold dates. */
export function inputNotes(inputs: readonly Chosen[], empty: EmptyChoice, dates: readonly DatePart[]): string[] {
  return inputs.flatMap(({ column, kind }) => {
    const count = countEmpty(column, kind)
    const cells = count === 1 ? 'one empty cell' : `${count.toLocaleString('en')} empty cells`
    const isTold = count > 0 && (empty === 'fill' || empty === 'flag')
    const parts = dates.map((part) => (part === 'days' ? 'its days since 1970' : `its place in the ${part}`))
    return [
      ...(isTold ? [`column ${quoted(column.name)} has ${cells}: they ${fates[empty][kind]} (--empty)`] : []),
      ...(kind === 'dates'
        ? [`column ${quoted(column.name)} holds dates: of each, ${parts.join(' and ')} (--dates)`]
        : []),
    ]
  })
}
