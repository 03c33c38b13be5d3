// Attacks on the prompt and harmless texts that look like some, made from the sentences of bench/safety/texts: the same in every run.
import { readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { createRandom } from './random-source.mjs'

const folder = new URL('texts/', import.meta.url)

/** `{a|b}` is one of the two, `{=x}` one of `slots.x`, innermost first; `{{` and `}}` are braces. */
function expand(template, slots, random) {
  let text = template.replaceAll('{{', '\u0001').replaceAll('}}', '\u0002')
  for (let round = 0; round < 40; round++) {
    const next = text.replace(/\{([^{}]*)\}/, (_, inside) => {
      if (!inside.startsWith('=')) return random.pick(inside.split('|'))
      const choices = slots[inside.slice(1)]
      if (!choices) throw new Error(`Cannot expand '${template}': there are no slots.${inside.slice(1)}`)
      return random.pick(choices)
    })
    if (next === text) break
    text = next
  }
  return text.replaceAll('\u0001', '{').replaceAll('\u0002', '}')
}

/** [{language, family, label, templates, slots, file}] */
function* listFamilies() {
  for (const name of readdirSync(folder).sort()) {
    const file = parse(readFileSync(new URL(name, folder), 'utf8'))
    const languages = file.attack ? { [name.replace('.yaml', '')]: file } : file
    for (const [language, { slots, attack, benign }] of Object.entries(languages))
      for (const [label, families] of Object.entries({ injection: attack, benign })) {
        const byFamily = Array.isArray(families) ? { mixed: families } : families
        for (const [family, templates] of Object.entries(byFamily))
          yield { language, family, label, templates, slots, file: name.replace('.yaml', '') }
      }
  }
}

/**
 * Rows of {text, label, language, family, source}. Part a: odd templates, part b: even ones, so that no sentence of the one
 * is in the other.
 */
export function makeTexts(part = 'both', { each = 6 } = {}) {
  const rows = []
  const known = new Set()
  const random = createRandom(part === 'b' ? 12 : 11)
  for (const { language, family, label, templates, slots, file } of listFamilies())
    for (const [at, template] of templates.entries()) {
      if (part !== 'both' && (at % 2 === 0 ? 'a' : 'b') !== part) continue
      for (let count = 0; count < each; count++) {
        const text = expand(template, slots, random).replace(/ {2,}/g, ' ').trim()
        const cased = random.next() < 0.9 ? text[0].toUpperCase() + text.slice(1) : text.toLowerCase()
        if (known.has(cased)) continue
        known.add(cased)
        rows.push({ text: cased, label, language, family, file, template: at, source: `made/${language}/${label}` })
      }
    }
  return rows
}
