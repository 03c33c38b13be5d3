// A linear model over hashed character n-grams, trained on texts of our own: does it find on sources that neither saw what the
// patterns miss? It is measured here and not shipped (docs/decisions.md): the same in every run, a few seconds long.
import { createRandom } from './random-source.mjs'

const buckets = 1 << 15
const gramLengths = { min: 3, max: 5 }
const unitsMax = 4_000
const epochs = 20
const stepSize = 0.3
const decay = 1e-5

/** Which n-grams a text has, as bucket numbers; each once. */
function hashGrams(text) {
  const spaced = ` ${text.slice(0, unitsMax).toLowerCase().replace(/\s+/g, ' ')} `
  const found = new Set()
  for (let at = 0; at < spaced.length; at++) {
    let hash = 2_166_136_261
    for (let length = 1; length <= gramLengths.max && at + length <= spaced.length; length++) {
      hash = Math.imul(hash ^ spaced.charCodeAt(at + length - 1), 16_777_619)
      if (length >= gramLengths.min) found.add((Math.imul(hash ^ (hash >>> 15), 2_246_822_519) >>> 0) % buckets)
    }
  }
  return [...found]
}

/** `rows`: {text, label}. Logistic regression, classes of equal weight; gives text → 0 to 1. */
export function trainLinearModel(rows, seed = 7) {
  const random = createRandom(seed)
  const weights = new Float64Array(buckets)
  const gradients = new Float64Array(buckets).fill(0.01)
  let bias = 0
  const sum = (grams) => {
    let total = 0
    for (const gram of grams) total += weights[gram]
    return bias + total / Math.sqrt(grams.length)
  }
  const rate = (grams) => 1 / (1 + Math.exp(-sum(grams)))
  const samples = rows.map(({ text, label }) => ({ grams: hashGrams(text), isAttack: label === 'injection' }))
  const attacks = samples.filter(({ isAttack }) => isAttack).length
  const classWeight = (isAttack) => samples.length / (2 * (isAttack ? attacks : samples.length - attacks))
  for (let epoch = 0; epoch < epochs; epoch++)
    for (const { grams, isAttack } of shuffle(samples, random)) {
      const error = (rate(grams) - (isAttack ? 1 : 0)) * classWeight(isAttack)
      bias -= 0.01 * error
      for (const gram of grams) {
        const gradient = error / Math.sqrt(grams.length) + decay * weights[gram]
        gradients[gram] += gradient * gradient
        weights[gram] -= (stepSize * gradient) / Math.sqrt(gradients[gram])
      }
    }
  return (text) => rate(hashGrams(text))
}

function shuffle(list, random) {
  const order = [...list]
  for (let at = order.length - 1; at > 0; at--) {
    const other = random.whole(0, at)
    ;[order[at], order[other]] = [order[other], order[at]]
  }
  return order
}
