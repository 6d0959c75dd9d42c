import { chromium as engine } from 'playwright-core'
import { chromium, chromiumArguments, isChromiumMissing } from '../support/browser.ts'

/*
 * What Playwright's browsers and Puppeteer's have in common: Debian's Firefox is driven by Puppeteer alone.
 */

export interface Browser {
  newPage(): Promise<Page>
  close(): Promise<void>
}

export interface Page {
  goto(url: string): Promise<unknown>
  evaluate(expression: string): Promise<unknown>
  on(event: 'console', listener: (message: { type(): string; text(): string }) => void): unknown
  on(event: 'pageerror', listener: (error: Error) => void): unknown
}

/** Where Puppeteer is: `.ci/nightly bundlers` installs it. */
const puppeteer = process.env.PUPPETEER

/** What starts each browser that is there. */
export const browsers: Readonly<Record<string, () => Promise<Browser>>> = {
  ...(!isChromiumMissing && {
    Chromium: () => engine.launch({ executablePath: chromium, args: chromiumArguments }),
  }),
  ...(puppeteer && {
    Firefox: async () => {
      const { launch } = (await import(puppeteer)) as { launch(options: object): Promise<Browser> }
      return launch({ browser: 'firefox', executablePath: '/usr/bin/firefox-esr' })
    },
  }),
}
