import { existsSync } from 'node:fs'

/** Debian's. Where it is missing there is nothing to test, but in continuous integration. */
export const chromium = '/usr/bin/chromium'

export const isChromiumMissing = !existsSync(chromium) && !process.env.CI

/** A browser without anything that isn't its own: no sandbox, as tests may run as root, and nothing that browsers do on the side. */
export const chromiumArguments = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
]

/** The words before a page's address. */
export function headless(profile: string): readonly string[] {
  return ['--headless', `--user-data-dir=${profile}`, ...chromiumArguments]
}
