/** The Dockerfile by the rules of hadolint that concern it, each with its number: https://github.com/hadolint/hadolint#rules */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const path = fileURLToPath(new URL('../deploy/docker/Dockerfile', import.meta.url))

interface Step {
  readonly name: string
  readonly text: string
}

/** Instructions with their continued lines joined, without comments. */
function readSteps(dockerfile: string): Step[] {
  const lines = dockerfile.split('\n').filter((line) => !line.trimStart().startsWith('#'))
  const joined = lines.join('\n').replaceAll(/\\\n\s*/g, ' ')
  return joined.split('\n').flatMap((line) => {
    const [, name, text] = /^([A-Z]+) +(.+)$/.exec(line.trim()) ?? []
    return name === undefined || text === undefined ? [] : [{ name, text }]
  })
}

const isJson = (text: string) => /^\[.*\]$/.test(text)

const rules: Readonly<Record<string, (steps: readonly Step[]) => readonly Step[]>> = {
  'DL3000: WORKDIR is absolute': of('WORKDIR', (text) => text.startsWith('/')),
  'DL3003: WORKDIR instead of cd': of('RUN', (text) => !/(^|&& |; )cd /.test(text)),
  'DL3004: no sudo': of('RUN', (text) => !/\bsudo\b/.test(text)),
  'DL3009: the lists of apt are taken away': of(
    'RUN',
    (text) => !text.includes('apt-get update') || text.includes('rm -rf /var/lib/apt/lists/*'),
  ),
  'DL3014: apt-get asks nothing': of(
    'RUN',
    (text) => !text.includes('apt-get install') || /install (.* )?-y/.test(text),
  ),
  'DL3015: apt-get installs what was named': of(
    'RUN',
    (text) => !text.includes('apt-get install') || text.includes('--no-install-recommends'),
  ),
  'DL3016: npm installs what is locked': of('RUN', (text) => !/npm (install|i) /.test(text)),
  'DL3020: COPY instead of ADD': of('ADD', () => false),
  'DL3021: COPY of several ends with a slash': of(
    'COPY',
    (text) => text.replace(/--\S+ /g, '').split(' ').length <= 2 || /\/$/.test(text),
  ),
  'DL3025: commands are JSON': (steps) =>
    steps.filter(({ name, text }) => /^(CMD|ENTRYPOINT)$/.test(name) && !isJson(text)),
  'DL3027: apt-get instead of apt': of('RUN', (text) => !/(^|&& )apt /.test(text)),
  'DL4000: no MAINTAINER': of('MAINTAINER', () => false),
  'DL4006: no pipe whose first part may fail unseen': of('RUN', (text) => !/ \| /.test(text)),
}

function of(name: string, isGood: (text: string) => boolean) {
  return (steps: readonly Step[]) => steps.filter((step) => step.name === name && !isGood(step.text))
}

const lint = (dockerfile: string) => {
  const steps = readSteps(dockerfile)
  return Object.entries(rules)
    .filter(([, find]) => find(steps).length > 0)
    .map(([name]) => name.slice(0, 6))
}

describe('deploy/docker/Dockerfile', () => {
  const text = readFileSync(path, 'utf8')
  const steps = readSteps(text)

  test('keeps the rules', () => {
    expect(steps.length).toBeGreaterThan(40)
    expect(lint(text)).toEqual([])
  })

  test.each([
    ['RUN apt-get update && apt-get install tini', ['DL3009', 'DL3014', 'DL3015']],
    ['WORKDIR opt', ['DL3000']],
    ['RUN cd /opt && sudo apt install x | cat', ['DL3003', 'DL3004', 'DL4006']],
    ['ADD a b', ['DL3020']],
    ['COPY a b c', ['DL3021']],
    ['CMD inferometer start', ['DL3025']],
    ['RUN npm install x', ['DL3016']],
  ])('the rules find what is wrong with %s', (line, found) => {
    expect(lint(line)).toEqual(found)
  })

  test('pins every base, by a build argument that a mirror or a digest can replace (DL3006, DL3007)', () => {
    const defaults = new Map(
      steps.filter(({ name }) => name === 'ARG').map(({ text: argument }) => argument.split('=') as [string, string]),
    )
    const stages: string[] = []
    for (const { text: from } of steps.filter(({ name }) => name === 'FROM')) {
      const [, base = '', stage = ''] = /^(\S+) AS (\S+)$/.exec(from) ?? []
      const argument = /^\$\{(\w+)\}$/.exec(base)?.[1]
      if (argument === undefined) expect(stages).toContain(base)
      else expect(defaults.get(argument)).toMatch(/^\S+\/\S+:v?\d+\.\d+\.\d+\S*$/)
      stages.push(stage)
    }
    expect(stages).toEqual(['prometheus', 'tempo', 'loki', 'grafana', 'build', 'server', 'all-in-one'])
  })

  test('ends as a user without rights, who has a health check (DL3002)', () => {
    expect(steps.findLast(({ name }) => name === 'USER')?.text).toBe('10001:10001')
    expect(steps.filter(({ name }) => name === 'HEALTHCHECK')).toHaveLength(1)
    // What comes after needs no rights.
    const after = steps.slice(steps.findIndex(({ name }) => name === 'USER'))
    expect(after.map(({ name }) => name)).not.toContain('RUN')
  })
})
