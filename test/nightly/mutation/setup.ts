import fc from 'fast-check'
import { beforeEach } from 'vitest'
import './load.ts'
import { isLeftOut, roomOf } from './rooms.ts'

// A property sees the same examples for each mutant as it saw without one, but not all: a mutant that it lets live shouldn't take long.
fc.configureGlobal({ seed: 1, interruptAfterTimeLimit: 300 })

const room = roomOf(process.env)

beforeEach(({ task, skip }) => {
  const names = [task.name]
  for (let { suite } = task; suite; suite = suite.suite) names.unshift(suite.name)
  if (isLeftOut(names.join(' '), room)) skip()
})
