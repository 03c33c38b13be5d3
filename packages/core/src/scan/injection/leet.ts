/** Digits and marks for the letters they look like. */
const leet: Readonly<Record<string, string>> = {
  0: 'o',
  1: 'i',
  2: 'z',
  3: 'e',
  4: 'a',
  5: 's',
  6: 'g',
  7: 't',
  8: 'b',
  9: 'g',
  '@': 'a',
  $: 's',
  '€': 'e',
}

export function readLeet(text: string): string {
  return text.replace(/[0-9@$€]/g, (mark) => leet[mark] ?? mark)
}
