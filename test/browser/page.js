import { compile, loadNetwork, readSpecText } from 'tapeless'
import { outcomeOf } from './cases.ts'

/*
 * What the page runs: it compiles what its server asks for, one after the other, and sends back what comes out.
 */

const fetched = async (path) => {
  const response = await fetch(path)
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
  return response
}
const readFile = async (path) => (await fetched(`files/${path}`)).text()

try {
  const outcomes = []
  for (const one of await (await fetched('cases')).json())
    outcomes.push(await outcomeOf({ compile, loadNetwork, readSpecText }, one, readFile))
  await fetch('outcomes', { method: 'POST', body: JSON.stringify(outcomes) })
} catch (error) {
  await fetch('outcomes', { method: 'POST', body: JSON.stringify(String(error?.stack ?? error)) })
}
