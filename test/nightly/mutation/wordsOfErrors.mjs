/** What an error says of a fault of the compiler is for people: its words aren't mutated, what it is thrown for is. */
const wordsOfErrors = {
  shouldIgnore(path) {
    const isText = path.isStringLiteral() || path.isTemplateLiteral()
    return isText && path.findParent((parent) => parent.isThrowStatement()) ? 'the words of an error' : undefined
  },
}

export const strykerPlugins = [{ kind: 'Ignore', name: 'words of errors', value: wordsOfErrors }]
