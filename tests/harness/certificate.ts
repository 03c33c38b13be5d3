/** Certificates of this machine's OpenSSL, which Debian has wherever it has ca-certificates. */
import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

export interface CertificateFiles {
  readonly tlsCert: string
  readonly tlsKey: string
}

/** Signed by itself, for 127.0.0.1 and localhost, good for two days. Overwrites what has the name. */
export function makeCertificate(folder: string, name: string): CertificateFiles {
  const [tlsCert, tlsKey] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)]
  const fresh = { cert: `${tlsCert}.new`, key: `${tlsKey}.new` }
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const names = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost']
  execFileSync('openssl', ['req', '-x509', ...kind, ...names, '-keyout', fresh.key, '-out', fresh.cert], {
    stdio: 'pipe',
  })
  execFileSync('mv', [fresh.key, tlsKey])
  execFileSync('mv', [fresh.cert, tlsCert])
  return { tlsCert, tlsKey }
}

/** The same key, to be opened with a passphrase. */
export function encryptKey({ tlsKey }: CertificateFiles): string {
  const encrypted = `${tlsKey}.encrypted`
  rmSync(encrypted, { force: true })
  execFileSync('openssl', ['pkcs8', '-topk8', '-in', tlsKey, '-out', encrypted, '-passout', 'pass:only-for-tests'])
  return encrypted
}

export const readCertificate = ({ tlsCert }: CertificateFiles): string => readFileSync(tlsCert, 'utf8')
