/** The pages by what readers come for, each under the name that navigation has for it. */
export const sections: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Begin: {
    index: 'tapeless',
    tutorial: 'Tutorial',
    running: 'Running a module',
    elsewhere: 'From Keras and PyTorch',
  },
  Recipes: {
    training: 'Training',
    saving: 'Saving and loading',
    pages: 'In a page, in a worker',
    targets: 'Choosing a target',
    testing: 'Tests and continuous integration',
  },
  'The language': {
    specs: 'Specs',
    equations: 'Equations',
    words: 'All words',
    parameters: 'Names of parameters',
  },
  'The tools': {
    command: 'The command',
    plugin: 'In a build',
    train: 'From a table to a model',
    explain: 'Derivations',
    verify: 'Verifying',
    library: 'The compiler as a library',
  },
  'The module': {
    module: 'What a module has',
    api: 'Its types, and the package’s',
    memory: 'Memory against operations',
  },
  'How good it is': {
    performance: 'Performance',
    precision: 'Precision',
    kinks: 'Kinks',
    idioms: 'Idioms',
    trust: 'Trust',
  },
}
