/** Words that stand where a name would and are none: Dear Customer, Name: Unknown. */
const others = new Set(
  (
    'sir sirs madam team all customer customers user users client member guest friend friends colleague colleagues hiring ' +
    'manager recruiter support service editor reader readers professor doctor teacher parents neighbor neighbour diary god lord ' +
    'string number boolean integer null none undefined unknown anonymous test example sample name names first last full email ' +
    'phone address date title description value type optional required true false the this that these those please thank thanks ' +
    'i we you it my our your what when where who how why january february march april may june july august september october ' +
    'november december monday tuesday wednesday thursday friday saturday sunday mr mrs ms dr prof damen herren kunde kundin kunden ' +
    'kollegen alle messieurs mesdames monsieur madame client cliente clientes equipo equipe team amigo amiga lettore'
  ).split(' '),
)
const particles = new Set(['de', 'da', 'dos', 'van', 'von', 'der', 'den', 'la', 'di', 'del', 'bin', 'al'])

/** One to four words, the first of which is a name as far as its letters say. */
export function isPersonName(candidate: string): boolean {
  const words = candidate.toLowerCase().split(' ')
  const names = words.filter((word) => !particles.has(word) && word.length > 1)
  return names.length > 0 && !others.has(names[0] ?? '') && !others.has(names.at(-1) ?? '')
}
