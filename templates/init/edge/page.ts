const samples = 'e63946 f4a261 ffd166 a7c957 2a9d8f 219ebc 3366cc 4b3f72 9d4edd d988bc 8d99ae 22252b'.split(' ')

/** A colour with a text on it, and others to choose. @param whiteOn the chances of white on a colour. */
export function page(color: string, whiteOn: (color: string) => number): string {
  const share = whiteOn(color)
  const [word, sureness] = share > 0.5 ? ['White', share] : ['Black', 1 - share]
  const styleOf = (color: string) => `background: #${color}; color: ${whiteOn(color) > 0.5 ? 'white' : 'black'}`
  const links = samples.map((one) => `<a href="/?color=${one}" style="${styleOf(one)}">${one}</a>`)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Black or white on #${color}</title>
<style>
  :root { color-scheme: light dark }
  body { margin: 0; background: light-dark(#f6f5f1, #15181b); font: 1rem/1.5 system-ui, sans-serif }
  main { max-width: 34rem; margin: 0 auto; padding: clamp(1rem, 5vw, 3rem) 1rem; display: grid; gap: 1rem }
  section { border-radius: .75rem; padding: 2rem 1.5rem }
  h1 { margin: 0; font-size: 2rem; line-height: 1.2 }
  p { margin: .5rem 0 0 }
  form, nav { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center }
  input { width: 4rem; height: 2.5rem; padding: 0; border: 0; background: none }
  button { padding: .5rem 1.2rem; border: 0; border-radius: .5rem; background: light-dark(#1d2126, #e8eaec); color: light-dark(white, black); font: inherit }
  nav { display: grid; grid-template-columns: repeat(auto-fill, minmax(5rem, 1fr)) }
  a { padding: .75rem 0; border-radius: .5rem; text-align: center; text-decoration: none; font: .85rem ui-monospace, monospace }
  :focus-visible { outline: 2px solid light-dark(black, white); outline-offset: 2px }
</style>
<main>
  <section style="${styleOf(color)}">
    <h1>${word} on #${color}</h1>
    <p>So says the network of contrast.net.yaml, ${Math.round(100 * sureness)} % sure.</p>
  </section>
  <form>
    <label for="color">Another colour</label>
    <input id="color" name="color" type="color" value="#${color}">
    <button>Ask</button>
  </form>
  <nav aria-label="Colours to try">${links.join('')}</nav>
</main>
</html>
`
}
