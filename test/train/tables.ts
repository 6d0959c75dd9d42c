/*
 * Small stand-ins for tables as people have them: each has the traps of a public one, and rows that a small network can learn.
 */

/** Draws that are the same each time: Lehmer's generator with the multiplier of MINSTD. */
function draws(seed = 1): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}

const times = <T>(count: number, make: (k: number) => T): T[] => Array.from({ length: count }, (_, k) => make(k))

/** No header, text classes, and an empty last line, as iris has. */
export function flowers(): string {
  const random = draws(3)
  const rows = times(60, (k) => {
    const kind = k % 3
    const size = (least: number) => (least + 2 * kind + random()).toFixed(1)
    return [size(4), size(2), size(1), size(0.1), ['setosa', 'versicolor', 'virginica'][kind]].join(',')
  })
  return `${rows.join('\n')}\n\n`
}

/** A header in quotes, CRLF, months, no end of the last line, as airline passengers have. */
export function passengers(): string {
  const rows = times(48, (k) => {
    const month = String((k % 12) + 1).padStart(2, '0')
    return `"${1949 + Math.floor(k / 12)}-${month}",${Math.round(100 + 2 * k + 20 * Math.sin((k * Math.PI) / 6))}`
  })
  return ['"Month","Passengers"', ...rows].join('\r\n')
}

/** Empty cells, True and False, a column that is mostly empty, one that says the target in other words, as titanic has. */
export function ship(): string {
  const random = draws(5)
  const rows = times(80, (k) => {
    const isWoman = random() < 0.4
    const lived = isWoman !== random() < 0.1
    const age = k % 5 === 0 ? '' : (20 + 40 * random()).toFixed(1)
    return [
      Number(lived),
      isWoman ? 'female' : 'male',
      age,
      isWoman ? 'False' : 'True',
      k % 4 === 0 ? 'C' : '',
      lived ? 'yes' : 'no',
    ].join(',')
  })
  return ['survived,sex,age,adult_male,deck,alive', ...rows, ',,,,,', ''].join('\n')
}

/** Classes from 1, numbers such as `.28`, no header, as wine has. */
export function wines(): string {
  const random = draws(7)
  return times(45, (k) => {
    const kind = (k % 3) + 1
    return [(12 + kind + random()).toFixed(2), (kind / 4 + random() / 5).toFixed(2).replace(/^0/, ''), kind].join(',')
  }).join('\n')
}
