/** Letters in costume → the letters they show: look-alikes, mathematical, circled and full-width ones, tag characters. */
import { kinds, listLetters } from './letters.ts'
import type { View } from './view.ts'
import { ViewBuilder } from './view.ts'

/** Look-alike and the Latin letter it is taken for. Not all that Unicode lists: those that a reader would not notice. */
const pairs =
  'аaвbеeкkмmнhоoрpсcтtуyхxіiїiјjѕsԁdɡgһhԛqԝwӏlѵvьbгrпnшwАaВbЕeКkМmНhОoРpСcТtУyХxІiЇiЈjЅsԌgԚqԜwӀlѴv' +
  'αaβbγyδdεeηnιiκkνvοoρpσoςcτtυuχxωwΑaΒbΕeΖzΗhΙiΚkΜmΝnΟoΡpΤtΥyΧxΝnϲcϳj' +
  'ɑaɩiɪiʀrʙbɢgʜhʟlɴnꓮaᴀaᴄcᴅdᴇeᴊjᴋkᴍmᴏoᴘpᴛtᴜuᴠvᴡwᴢzꜱsǀlıi' +
  'ԍgոnսuօoհhցgքfаaաwᏀgᎥiᎪaᏚsꮯcⲟo'

const lookalikes = new Map<number, string>()
for (let at = 0; at + 1 < pairs.length; at += 2) lookalikes.set(pairs.charCodeAt(at), pairs[at + 1] ?? '')

const tagStart = 0xe0020
const tagEnd = 0xe007e
const tagBase = 0xe0000

/** With `latinise`, Cyrillic and Greek letters become the Latin ones they look like. */
export function showPlainLetters(text: string, latinise: boolean): View {
  const view = new ViewBuilder()
  const { kindOf } = listLetters()
  const known = new Map<number, string>()
  for (let at = 0; at < text.length; ) {
    const point = text.codePointAt(at) ?? 0
    const end = at + (point > 0xffff ? 2 : 1)
    if (point < 128) view.push(text[at] ?? '', at, end)
    else if (kindOf[point] !== kinds.nothing || point > 0xffff) {
      let plain = known.get(point)
      if (plain === undefined) {
        plain = showPlain(point, latinise)
        known.set(point, plain)
      }
      view.push(plain, at, end)
    }
    at = end
  }
  return view.build()
}

function showPlain(point: number, latinise: boolean): string {
  if (point >= tagStart && point <= tagEnd) return String.fromCharCode(point - tagBase)
  if (point >= tagBase && point <= 0xe0fff) return ''
  // Squared and circled letters beyond what NFKC takes apart, and flags, are rows of the alphabet.
  if (point >= 0x1f150 && point <= 0x1f169) return String.fromCharCode(97 + point - 0x1f150)
  if (point >= 0x1f170 && point <= 0x1f189) return String.fromCharCode(97 + point - 0x1f170)
  if (point >= 0x1f1e6 && point <= 0x1f1ff) return String.fromCharCode(97 + point - 0x1f1e6)
  const lookalike = latinise ? lookalikes.get(point) : undefined
  if (lookalike !== undefined) return lookalike
  const isLone = point >= 0xd800 && point <= 0xdfff
  const plain = isLone ? ' ' : String.fromCodePoint(point).normalize('NFKC')
  return plain.length <= 4 ? plain : ' '
}
