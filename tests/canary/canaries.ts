/** Personal data and secrets that nobody has, planted in texts and looked for wherever a text may end up. */

/** From parts, so that no scanner of this repository takes them for somebody's. */
const card = ['4539', '1488', '0343', '6467'].join('')
const ssn = ['536', '22', '8145'].join('-')
const iban = ['DE89', '3704', '0044', '0532', '0130', '00'].join('')
const phone = ['+351', '912', '345', '678'].join(' ')
const apiKey = ['sk', 'proj', 'Zq8rT2vLxW4nB7cKpM3sY9dF'].join('-')
const domain = ['corpmail', 'example'].join('.')

const numbered = /canary\.k(\d+)z/g
const fixed = [card, ssn, iban, phone, phone.replaceAll(' ', ''), phone.replaceAll(' ', '%20'), apiKey, domain]
/** What base64 makes of the domain at each of its three alignments, without the letters that depend on what stands beside it. */
const encoded = [0, 1, 2].map((shift) =>
  Buffer.from('.'.repeat(shift) + domain)
    .toString('base64')
    .slice(shift + 1, -4),
)

export class Canaries {
  readonly #places: string[] = []

  /** A text with one of each, and with an address that says where it was planted. */
  plant(place: string): string {
    const address = this.address(place)
    return `Write to ${address} or call ${phone}. Card ${card}, SSN ${ssn}, IBAN ${iban}, key ${apiKey}.`
  }

  address(place: string): string {
    return `canary.k${this.#places.push(place)}z@${domain}`
  }

  /** Where that was planted which is in these bytes; what cannot be told apart is named as it is. */
  find(bytes: Uint8Array | string): string[] {
    const text =
      typeof bytes === 'string' ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
    const places = [...text.matchAll(numbered)].map(([, number]) => this.#places[Number(number) - 1] ?? 'nowhere')
    const others = [...fixed, ...encoded].filter((each) => text.includes(each))
    return [...new Set([...places, ...others])]
  }
}
