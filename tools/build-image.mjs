// Builds deploy/docker/Dockerfile where no registry of images can be reached: node tools/build-image.mjs [server | all-in-one | base] [--tag NAME].
// `base` makes just what the others stand on: whether that can be made says whether this machine can build images.
// Debian's buildah and debootstrap make the bases; node, prometheus and the peers of tools/build-peers.mjs are the ones of this machine.
// Needs root. Everything is kept outside the repository. Its last line says in JSON
// which image it is and where buildah finds it; what stands in it empty is named.
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { peersFolder } from './peers/list.mjs'
import { root } from './source-files.mjs'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { tag: { type: 'string' } } })
const [target = 'all-in-one'] = positionals
const tag = values.tag ?? `localhost/inferometer-${target}:test`
const cache = join(dirname(peersFolder), 'images')
/** Overlay holds each layer once; where the kernel has none, VFS copies everything for each. */
const storage = ['overlay', 'vfs']
  .map((driver) => ['--root', join(cache, driver), '--runroot', join(cache, 'run'), '--storage-driver', driver])
  .find((options) => spawnSync('buildah', [...options, 'info'], { stdio: 'ignore' }).status === 0)
const base = 'localhost/inferometer-base:bookworm'

function run(command, args, options = {}) {
  const { status, error, stdout } = spawnSync(command, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    ...options,
  })
  if (error || status !== 0)
    throw new Error(`Cannot run ${command} ${args.join(' ')}: ${error?.message ?? `it ended with ${status}`}`)
  return (stdout ?? '').trim()
}

const buildah = (...args) => run('buildah', [...storage, ...args])
const hasImage = (name) =>
  spawnSync('buildah', [...storage, 'inspect', '--type', 'image', name], { stdio: 'ignore' }).status === 0

/** An image that holds just this folder. */
function makeImage(name, folder, from = 'scratch') {
  const container = buildah('from', from)
  buildah('copy', '--quiet', container, folder, '/')
  buildah('commit', '--quiet', container, name)
  buildah('rm', container)
  return name
}

function find(binary) {
  // A current one before that of the system.
  const places = [...peerFolders(), ...(process.env.PATH ?? '').split(':')]
  return places.map((place) => join(place, binary)).find((path) => existsSync(path))
}

function peerFolders() {
  const { stdout } = spawnSync(
    'find',
    [peersFolder, '-mindepth', '1', '-maxdepth', '1', '-type', 'd', '-not', '-name', '.*'],
    { encoding: 'utf8' },
  )
  return stdout.split('\n').filter((line) => line !== '')
}

/** Debian with what lets this machine reach its packages: sources, and the certificates it trusts. */
function makeBase() {
  if (hasImage(base)) return
  const folder = join(cache, 'base')
  rmSync(folder, { recursive: true, force: true })
  run('debootstrap', ['--variant=minbase', '--include=ca-certificates', 'bookworm', folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  for (const path of [
    '/etc/ssl/certs/ca-certificates.crt',
    '/etc/apt/sources.list',
    '/etc/apt/sources.list.d',
    '/etc/apt/apt.conf.d',
  ])
    if (existsSync(path)) cpSync(path, join(folder, path), { recursive: true, dereference: true })
  makeImage(base, folder)
  rmSync(folder, { recursive: true, force: true })
}

function makeNodeImage(scratch) {
  const folder = join(scratch, 'node')
  const npm = dirname(dirname(run('readlink', ['-f', run('which', ['npm'])])))
  mkdirSync(join(folder, 'usr/local/bin'), { recursive: true })
  cpSync(process.execPath, join(folder, 'usr/local/bin/node'))
  cpSync(npm, join(folder, 'usr/local/lib/node_modules/npm'), { recursive: true })
  writeFileSync(
    join(folder, 'usr/local/bin/npm'),
    '#!/bin/sh\nexec node /usr/local/lib/node_modules/npm/bin/npm-cli.js "$@"\n',
  )
  writeFileSync(
    join(folder, 'usr/local/bin/npx'),
    '#!/bin/sh\nexec node /usr/local/lib/node_modules/npm/bin/npx-cli.js "$@"\n',
  )
  for (const name of ['npm', 'npx']) chmodSync(join(folder, 'usr/local/bin', name), 0o755)
  mkdirSync(join(folder, 'usr/local/etc'), { recursive: true })
  // The certificates above are Debian's own and this machine's.
  writeFileSync(join(folder, 'usr/local/etc/npmrc'), 'cafile=/etc/ssl/certs/ca-certificates.crt\n')
  return makeImage('localhost/inferometer-node:test', folder, base)
}

/** Where each image of others keeps its program. */
const others = {
  PROMETHEUS_IMAGE: { '/bin/prometheus': 'prometheus', '/bin/promtool': 'promtool' },
  TEMPO_IMAGE: { '/tempo': 'tempo' },
  LOKI_IMAGE: { '/usr/bin/loki': 'loki' },
  GRAFANA_IMAGE: { '/usr/share/grafana/bin/grafana': 'grafana' },
}

function makeOther(argument, programs, scratch) {
  const folder = join(scratch, argument)
  for (const [path, binary] of Object.entries(programs)) {
    const to = join(folder, path)
    const from = find(binary)
    mkdirSync(dirname(to), { recursive: true })
    if (from === undefined) {
      // Without the right to run it: `stack` then does not find it and says so.
      writeFileSync(to, '', { mode: 0o644 })
      console.error(`LEFT OUT of the image: ${binary} is not on this machine`)
    } else {
      cpSync(from, to, { dereference: true })
      for (const part of ['conf', 'public']) {
        const beside = join(dirname(from), part)
        if (binary === 'grafana' && existsSync(beside))
          cpSync(beside, join(folder, 'usr/share/grafana', part), { recursive: true })
      }
    }
  }
  return makeImage(`localhost/inferometer-${argument.toLowerCase().replaceAll('_', '-')}:test`, folder)
}

function readArguments() {
  const text = readFileSync(join(root, 'deploy/docker/Dockerfile'), 'utf8')
  return [...text.matchAll(/^ARG (\w+_IMAGE)=/gm)].map(([, name]) => name)
}

function buildTarget(scratch) {
  const images = Object.fromEntries(
    readArguments().map((name) => {
      if (name === 'NODE_IMAGE') return [name, makeNodeImage(scratch)]
      return [name, makeOther(name, others[name], scratch)]
    }),
  )
  const given = Object.entries(images).flatMap(([name, image]) => ['--build-arg', `${name}=${image}`])
  run(
    'buildah',
    [
      ...storage,
      'bud',
      '--isolation',
      'chroot',
      '--pull-never',
      // Of the OCI's format a health check is no part.
      '--format',
      'docker',
      '--target',
      target,
      ...given,
      '--ignorefile',
      join(root, 'deploy/docker/Dockerfile.dockerignore'),
      '-f',
      join(root, 'deploy/docker/Dockerfile'),
      '-t',
      tag,
      root,
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  )
  console.log(JSON.stringify({ tag, storage }))
}

if (storage === undefined) throw new Error('Cannot build an image: buildah is not there, or cannot run as this user')
mkdirSync(cache, { recursive: true })
const scratch = mkdtempSync(join(tmpdir(), 'inferometer-image-'))
try {
  makeBase()
  // A container that runs nothing: the right to mount is asked for here.
  run('unshare', ['--mount', 'true'])
  if (target !== 'base') buildTarget(scratch)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
