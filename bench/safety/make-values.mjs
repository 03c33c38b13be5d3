/** Values of every kind that the shipped patterns look for, made from the published formats. None belongs to anybody. */
import { findValidator } from '../../packages/core/dist/scan/validators.js'

const nowhere = { before: '', after: '' }

/** Fills the shape until the published check holds. */
function fillUntil(random, shapes, validator) {
  const check = findValidator(validator)
  for (let attempt = 0; attempt < 200_000; attempt++) {
    const value = random.fill(typeof shapes === 'function' ? shapes(random) : random.pick(shapes))
    if (check(value, nowhere)) return value
  }
  throw new Error(`BUG: no value of ${validator} in 200,000`)
}

const two = (value) => String(value).padStart(2, '0')
const dayOf = (random) => ({
  day: two(random.whole(1, 28)),
  month: two(random.whole(1, 12)),
  year: random.whole(1940, 2006),
})
const yymmdd = (random) => {
  const { day, month, year } = dayOf(random)
  return `${String(year).slice(2)}${month}${day}`
}
const ddmmyy = (random) => {
  const { day, month, year } = dayOf(random)
  return `${day}${month}${String(year).slice(2)}`
}

const users = [
  'anna.keller',
  'j_moreau',
  'li.wei',
  'o.brien+shop',
  'marta-s',
  'k',
  'support',
  'tomás.r',
  'x1',
  'ngozi.adeyemi',
]
const domains = [
  'mail.example.net',
  'firma-nord.example',
  'uni.example.edu',
  'correo.example.com.ar',
  'a.example.io',
  'post.example.co.uk',
]

const phones = {
  international: [
    '+49 30 ########',
    '+33 6 ## ## ## ##',
    '+44 20 #### ####',
    '+1 415 555 ####',
    '+34 6## ### ###',
    '+39 3## ### ####',
    '+351 91# ### ###',
    '+48 5## ### ###',
    '+81 90-####-####',
    '+86 138 #### ####',
    '+91 98### #####',
    '+55 11 9####-####',
    '+41 79 ### ## ##',
    '+46 70 ### ## ##',
    '+61 4## ### ###',
    '+972-54-###-####',
    '+2782#######',
    '+7 916 ###-##-##',
  ],
  northAmerican: ['(415) 555-####', '212-555-####', '646.555.####', '1-800-555-####'],
  national: [
    '030 ########',
    '06 ## ## ## ##',
    '020 7946 ####',
    '0171 #######',
    '0912######',
    '612 ### ###',
    '333 #######',
    '(0)79 ### ## ##'.slice(4),
    '070-### ## ##',
    '04## ### ###',
    '(02) #### ####',
    '06-########',
  ],
}

const givenNames = ['Anna', 'José', 'Li', 'Ngozi', 'Marek', 'Sofia', 'Jürgen', 'Aylin', 'Chloé', 'Анна']
const familyNames = [
  'Keller',
  'Silva',
  'Moreau',
  "O'Brien",
  'Nowak',
  'van Dijk',
  'Rossi',
  'Adeyemi',
  'Иванова',
  'Lindqvist',
]
const streets = (
  '# Orchard Street|# North Lake Avenue|# Mill Rd|P.O. Box #|Lindenstraße #|Mühlweg #|Kerkstraat #|Storgatan #|' +
  '# rue des Lilas|# avenue de la Gare|ul. Polna #|Calle Mayor #|Via Roma #|Rua das Flores #|ул. Садовая #|Marktplatz|Flat #, The Old Mill'
).split('|')

const secretShapes = [
  'sk-proj-' + '*'.repeat(48),
  'sk-ant-api03-' + '*'.repeat(80),
  'gh' + 'p_' + '*'.repeat(36),
  'glpat-' + '*'.repeat(20),
  'xox' + 'b-##########-##########-' + '*'.repeat(24),
  'AI' + 'za' + '*'.repeat(35),
  'hf_' + '*'.repeat(34),
  'npm_' + '*'.repeat(36),
  'SG.' + '*'.repeat(22) + '.' + '*'.repeat(43),
  'rk_' + 'live_' + '*'.repeat(24),
  'dapi' + '~'.repeat(32),
  'dop_v1_' + '~'.repeat(64),
  'NRAK-' + '*'.repeat(27),
  'PMAK-' + '~'.repeat(24) + '-' + '~'.repeat(34),
  'hvs.' + '*'.repeat(90),
]

/** Type of the benchmark → a maker of a value. */
export const makers = {
  EMAIL: (random) => `${random.pick(users)}${random.whole(0, 99)}@${random.pick(domains)}`,
  PHONE: (random) => random.fill(random.pick(phones[random.pick(['international', 'international', 'northAmerican'])])),
  PHONE_NATIONAL: (random) => random.fill(random.pick(phones.national)),
  CREDIT_CARD: (random) =>
    fillUntil(
      random,
      [
        '4###############',
        '4### #### #### ####',
        '52## #### #### ####',
        '5425-####-####-####',
        '37## ###### #####',
        '6011############',
        '2720 #### #### ####',
        '3530############',
      ],
      'card',
    ),
  IBAN: (random) =>
    fillUntil(
      random,
      [
        'DE## #### #### #### #### ##',
        'FR######################' + '######'.slice(1),
        'GB##@@@@##############',
        'ES## #### #### #### #### ####',
        'NL##@@@@##########',
        'CH## #### #### #### #### #',
        'IT##@######################',
        'PL##########################',
      ],
      'iban',
    ),
  US_SSN: (random) => fillUntil(random, ['###-##-####'], 'us_ssn'),
  IP_ADDRESS: (random) =>
    random.next() < 0.7
      ? fillUntil(random, () => [0, 0, 0, 0].map(() => random.whole(0, 255)).join('.'), 'ipv4')
      : `2a02:${random.fill('8~~~:b~~~:8~~~:1~~~:9~~~:7~~~:0~~~')}`,
  SECRET: (random) => random.fill(random.pick(secretShapes)),
  DOB: (random) => {
    const { day, month, year } = dayOf(random)
    return random.pick([
      `${day}.${month}.${year}`,
      `${year}-${month}-${day}`,
      `${month}/${day}/${year}`,
      `${Number(day)} March ${year}`,
      `${Number(day)} de mayo de ${year}`,
    ])
  },
  PERSON: (random) => `${random.pick(givenNames)} ${random.pick(familyNames)}`,
  ADDRESS: (random) => random.pick(streets).replace('#', random.whole(1, 240)),
  PASSPORT: (random) =>
    random.fill(random.pick(['C######T#'.replaceAll('#', '#'), '#########', '@########', '##@@#####'])),
  DRIVER_LICENSE: (random) => random.fill(random.pick(['@###-####-####', '@#######', '########', '@@######@'])),
}

/** Name of the pattern → shapes that its check can accept, and words that stand before it. */
export const idShapes = {
  national_id_de: [
    ['## ### ### ###', '###########'],
    ['Steuer-ID', 'meine Steueridentifikationsnummer:'],
  ],
  national_id_fr: [() => `${'12'[0]} 85 0# 75 ### ### ##`, ['Numéro de sécurité sociale', 'NIR :']],
  national_id_es: [
    ['########@', 'X#######@'],
    ['mi DNI es', 'NIE'],
  ],
  national_id_it: [
    (random) => `@@@@@@${random.fill('##')}${random.pick([...'ABCDEHLMPRST'])}${two(random.whole(1, 28))}@###@`,
    ['codice fiscale', 'C.F.'],
  ],
  national_id_pt: [
    ['2########', '1## ### ###'],
    ['NIF', 'o meu número de contribuinte é'],
  ],
  national_id_nl: [['#########'], ['BSN', 'mijn burgerservicenummer is']],
  national_id_be: [
    (random) => `${String(random.whole(40, 99))}.0#.1#-###.##`,
    ['rijksregisternummer', 'numéro national'],
  ],
  national_id_pl: [(random) => `${yymmdd(random)}#####`, ['PESEL', 'mój PESEL to']],
  national_id_se: [(random) => `${yymmdd(random)}-####`, ['personnummer', 'mitt personnummer är']],
  national_id_no: [(random) => `${ddmmyy(random)}#####`, ['fødselsnummer', 'fnr']],
  national_id_dk: [(random) => `${ddmmyy(random)}-####`, ['CPR-nummer', 'mit CPR er']],
  national_id_fi: [(random) => `${ddmmyy(random)}-###@`, ['henkilötunnus', 'hetu']],
  national_id_ch: [
    ['756.####.####.##', '756##########'],
    ['AHV-Nummer', 'no AVS'],
  ],
  national_id_at: [(random) => `#### ${ddmmyy(random)}`, ['SVNR', 'Sozialversicherungsnummer']],
  national_id_uk: [
    ['@@######A', '@@ ## ## ## C'],
    ['NI number', 'National Insurance number:'],
  ],
  nhs_number: [
    ['### ### ####', '##########'],
    ['NHS number', 'my NHS no is'],
  ],
  national_id_ie: [
    ['#######@', '#######@A'],
    ['PPS number', 'PPSN'],
  ],
  national_id_cz: [(random) => `${yymmdd(random)}/####`, ['rodné číslo', 'RČ']],
  national_id_ro: [(random) => `1${yymmdd(random)}######`, ['CNP', 'cod numeric personal']],
  national_id_bg: [(random) => `${yymmdd(random)}####`, ['ЕГН', 'единен граждански номер']],
  national_id_hr: [['###########'], ['OIB', 'osobni identifikacijski broj']],
  national_id_ee: [(random) => `3${yymmdd(random)}####`, ['isikukood', 'asmens kodas']],
  national_id_gr: [(random) => `${ddmmyy(random)}#####`, ['ΑΜΚΑ', 'AMKA']],
  national_id_tr: [['###########'], ['TC Kimlik No', 'kimlik numaram']],
  national_id_br: [
    ['###.###.###-##', '##.###.###/0001-##'],
    ['CPF', 'CNPJ'],
  ],
  national_id_ar: [
    ['20-########-#', '27-########-#'],
    ['CUIT', 'mi CUIL es'],
  ],
  national_id_cl: [
    ['1#.###.###-#', '9.###.###-#'],
    ['RUT', 'mi RUT es'],
  ],
  national_id_mx: [(random) => `@@@@${yymmdd(random)}HDF@@@##`, ['CURP', 'mi CURP:']],
  national_id_in: [
    ['#### #### ####', '############'],
    ['Aadhaar', 'my Aadhaar number is'],
  ],
  national_id_in_pan: [['@@@P@####@'], ['PAN', 'PAN card']],
  national_id_cn: [
    (random) =>
      `110105${random.whole(1950, 2005)}${two(random.whole(1, 12))}${two(random.whole(1, 28))}###${random.pick([...'0123456789X'])}`,
    ['身份证号', 'ID card'],
  ],
  national_id_kr: [(random) => `${yymmdd(random)}-1######`, ['주민등록번호', 'RRN']],
  national_id_jp: [
    ['############', '#### #### ####'],
    ['マイナンバー', 'my number'],
  ],
  national_id_tw: [
    ['@1########', '@2########'],
    ['身分證字號', 'Taiwan ID'],
  ],
  national_id_sg: [
    ['S#######@', 'T#######@', 'G#######@'],
    ['NRIC', 'FIN'],
  ],
  national_id_za: [(random) => `${yymmdd(random)}####08#`, ['SA ID number', 'identity number']],
  national_id_au: [
    ['### ### ###', '#########'],
    ['TFN', 'tax file number'],
  ],
  medicare_au: [
    ['2### ##### #', '2#########'],
    ['Medicare number', 'Medicare card'],
  ],
  national_id_ca: [
    ['### ### ###', '###-###-###'],
    ['SIN', 'social insurance number'],
  ],
  national_id_il: [['#########'], ['תעודת זהות', 'Israeli ID']],
  us_itin: [['9##-7#-####'], ['ITIN', 'tax id']],
}

for (const [name, [shapes]] of Object.entries(idShapes)) makers[name] = (random) => fillUntil(random, shapes, name)
