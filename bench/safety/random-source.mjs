/** Numbers that are the same in every run: mulberry32. */
export function createRandom(seed) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const whole = (from, to) => from + Math.floor(next() * (to - from + 1))
  const pick = (list) => list[Math.floor(next() * list.length)]
  /** `#` a digit, `@` a capital, `^` a letter or digit in lower case, `*` any letter or digit, `~` a hexadecimal digit. */
  const fill = (shape) =>
    [...shape]
      .map((char) => {
        const alphabet = alphabets[char]
        return alphabet ? pick(alphabet) : char
      })
      .join('')
  return { next, whole, pick, fill }
}

const digits = '0123456789'
const capitals = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const small = capitals.toLowerCase()
const alphabets = {
  '#': digits,
  '@': capitals,
  '^': small + digits,
  '*': capitals + small + digits,
  '~': `${digits}abcdef`,
}
