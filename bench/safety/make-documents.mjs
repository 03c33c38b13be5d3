/** Documents with values in them, and documents with what only looks like values. */

import { idShapes, makers } from './make-values.mjs'
import { createRandom } from './random-source.mjs'

/** Two independent sets of sentences: patterns are tuned on `a`; `b` is only measured. `%` is the value. */
const sentences = {
  EMAIL: {
    a: [
      'Reach me under %.',
      'Mail an % bitte',
      '{"user":"%","ok":true}',
      "WHERE email = '%'",
      'from: %\nsubject: hello',
    ],
    b: [
      'Copiez % dans la boucle',
      'id,mail\n7,%',
      '[contact](mailto:%)',
      'El correo de ella es %',
      '2025-01-02 INFO login %',
    ],
  },
  PHONE: {
    a: ['Call me at % tomorrow', 'Tel. %', '"phone": "%"', 'Sie erreichen mich unter %', 'my new number: %'],
    b: ['% is where you get him', 'WhatsApp %', 'name;phone\nAna;%', 'Fax: %', 'Je suis joignable au %'],
  },
  PHONE_NATIONAL: {
    a: ['Meine Telefonnummer ist %', 'phone: %', 'Llámame al %', 'Tel: %'],
    b: ['mijn telefoonnummer is %', 'You can call me on %', 'mobile=%', 'il mio cellulare è %', 'mobil: %'],
  },
  CREDIT_CARD: {
    a: ['Charge % please', 'card: % exp 04/29', 'pan=%', 'La carte % a été refusée'],
    b: ['% is blocked, why?', '{"number":"%","cvc":"123"}', 'Meine Kreditkarte: %', 'paid with %.'],
  },
  IBAN: {
    a: ['IBAN %', 'Überweisen Sie auf %.', '{"iban":"%"}'],
    b: ['wire it to % today', 'Mon compte: %', 'account;%;EUR'],
  },
  US_SSN: {
    a: ['SSN %', 'my social is %', '"ssn":"%"'],
    b: ['Social Security Number: %', 'applicant % approved', 'the number % was used twice'],
  },
  IP_ADDRESS: {
    a: ['login from %', 'client_ip=% method=GET', 'ban % now'],
    b: ['% - - [10/Oct/2025:13:55:36 +0000] "GET / HTTP/1.1"', 'Die Adresse % antwortet nicht', '{"remote":"%"}'],
  },
  SECRET: {
    a: ['API_KEY=%', 'here is the key: %', 'Authorization: Bearer %'],
    b: ['export TOKEN=%', 'curl -H "x-api-key: %" https://api.example.com', 'client = Client("%")'],
  },
  DOB: {
    a: ['DOB: %', 'I was born on %', 'Geburtsdatum: %'],
    b: ['date of birth is %', 'Fecha de nacimiento: %', '"birthdate": "%"'],
  },
  PASSPORT: { a: ['Passport number %', 'Reisepass: %'], b: ['my passport is %', 'passeport n° %'] },
  PERSON: {
    a: ['My name is %.', 'Name: %', 'Dear %,', 'Sehr geehrte Frau %', 'I met % yesterday', 'written by %'],
    b: ["je m'appelle % et", 'Mr. % called', 'Patient: %', 'me llamo %', '% is on leave', 'ask % about it'],
  },
  ADDRESS: {
    a: ['lives at %', 'Adresse: %', 'send it to %.'],
    b: ['% is closed', 'our shop, %, opens at 9', 'entrega en %'],
  },
  DRIVER_LICENSE: {
    a: ["driver's license %", 'Führerschein Nr. %'],
    b: ['driving licence number: %', 'my license number is %'],
  },
}
const idSentences = { a: ['# %', '#: %', '{"#": "%"}'], b: ['please check # % for me', '# = %', '| # | % |'] }

const words = [
  'report',
  'garden',
  'Straße',
  'velocity',
  'maison',
  'server',
  'invoice',
  'blue',
  'señal',
  'module',
  'coffee',
  'river',
]

/** Shapes of what is nobody's data; `random.fill` fills them. */
const lookAlikes = {
  a: [
    '~~~~~~~~-~~~~-4~~~-8~~~-~~~~~~~~~~~~',
    'sha256:' + '~'.repeat(64),
    'commit ' + '~'.repeat(40),
    'etag "' + '~'.repeat(32) + '"',
    'v#.##.#',
    'version 1#.#.#.#',
    '2025-0#-1#T0#:1#:2#Z',
    '17########',
    '17###########',
    'ISBN 978-3-16-1#####-#',
    'order ##########',
    'Invoice #######',
    'ticket ########',
    'lat 48.8##### lon 2.3#####',
    '#~~~~~5',
    'rgb(1##, ##, #)',
    '~~:~~:~~:~~:~~:~~',
    '10.0.#.#',
    '192.168.1.##',
    'chatcmpl-' + '*'.repeat(29),
    'msg_01' + '*'.repeat(22),
    'const port = 80##;',
    'SELECT id FROM t WHERE n = #########',
    '1#,###,### rows',
    '3.14159265358979',
    'node@20.1#.#',
    'call_' + '*'.repeat(24),
    'trace 00-' + '~'.repeat(32) + '-' + '~'.repeat(16) + '-01',
    'total 1#.###.###,## EUR',
    'token_count: 1####',
    'max_tokens=4096',
    'key: user_profile_v2',
    'TODO(#####)',
    'page ### of ####',
  ],
  b: [
    'request ' + '~'.repeat(16),
    'build 17.#.1####.25##',
    'epoch 16########',
    '0x' + '~'.repeat(40),
    'data:image/png;base64,' + '*'.repeat(120),
    'x' + '~'.repeat(7) + '.js',
    'EAN 40########78',
    'tracking 1Z999AA1##########',
    'SKU ###-####-###',
    'part no. ####-##-####',
    'score 0.9#######',
    'at 12:3#:4#.######',
    '2#:1#:0# up 1# days',
    'IPv4 127.0.0.1:8###',
    'A###-B###',
    'chr7:1########-1########',
    'arXiv:21##.#####',
    'doi:10.1#00/1##.####',
    'RFC ####, section 4.#.#',
    'UTC+0#:00',
    'cache_key=page_list_2024_v#',
    'width: ##px; height: ###px',
    'for (let i = 0; i < #####; i++)',
    'sess_' + '*'.repeat(16),
    'population 8#######',
    '€ ##.###,##',
    'phone model X###',
    'Error ####: code ##########',
    'area (###) 4##',
    'team 5-3-2, score 3-1-2024',
  ],
}
const frames = ['%', 'see % there', 'log: %', '"%"', '- %\n- done', 'The value % is fine.']

/** Rows {text, spans: [{start, end, type, kind}], part} of one part; `kind`: what it was made as, the pattern's name for national ids. */
export function makeDocuments(part, { seed = 7, each = 40 } = {}) {
  const random = createRandom(seed + (part === 'a' ? 0 : 1_000))
  const rows = []
  const add = (type, template, label) => {
    const value = makers[type](random)
    const filled = template.replace('#', label ?? '#')
    const lead = random.next() < 0.3 ? `${random.pick(words)} ${random.pick(words)}. ` : ''
    const at = filled.indexOf('%')
    const start = lead.length + at
    rows.push({
      text: lead + filled.replace('%', () => value),
      spans: [{ start, end: start + value.length, type, kind: type }],
      part,
    })
  }
  for (const [type, sets] of Object.entries(sentences))
    for (let n = 0; n < each; n++) add(type, random.pick(sets[part]))
  for (const [type, [, labels]] of Object.entries(idShapes))
    for (let n = 0; n < each / 2; n++) add(type, random.pick(idSentences[part]), labels[part === 'a' ? 0 : 1])
  for (const shape of lookAlikes[part])
    for (let n = 0; n < each / 2; n++)
      rows.push({ text: random.pick(frames).replace('%', () => random.fill(shape)), spans: [], part })
  return rows
}
