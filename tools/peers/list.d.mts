export interface Peer {
  readonly name: string
  readonly what: string
  readonly version: string
  readonly packages: Readonly<Record<string, string>>
}
export const peers: readonly Peer[]
export const peersFolder: string
export function peerFolder(peer: Peer): string
export function findPeer(binary: string): string | undefined
