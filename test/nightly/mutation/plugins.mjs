/** What an error says of a fault of the compiler is for people: its words aren't mutated, what it is thrown for is. */
const wordsOfErrors = {
  shouldIgnore(path) {
    const isText = path.isStringLiteral() || path.isTemplateLiteral()
    return isText && path.findParent((parent) => parent.isThrowStatement()) ? 'the words of an error' : undefined
  },
}

/** Says at once, in a line, what no test has noticed. */
class Survivors {
  onMutantTested({ fileName, location, mutatorName, replacement = '', status }) {
    if (status !== 'Survived' && status !== 'NoCoverage') return
    const { line, column } = location.start
    console.log(`${status} ${fileName}:${line}:${column} ${mutatorName} ${replacement.replace(/\s+/g, ' ')}`)
  }
}

export const strykerPlugins = [
  { kind: 'Ignore', name: 'words of errors', value: wordsOfErrors },
  { kind: 'Reporter', name: 'survivors', injectableClass: Survivors },
]
