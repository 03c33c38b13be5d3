/**
 * Opens everything at once: the store's thread loads its database while this one compiles patterns. When one cannot be
 * opened, the others are let go of and its error is thrown, the first one's where several fail.
 */
export async function openTogether<Parts extends Readonly<Record<string, Openable>>>(
  opening: { readonly [Name in keyof Parts]: Promise<Parts[Name]> },
): Promise<Parts> {
  const names = Object.keys(opening)
  const settled = await Promise.allSettled(Object.values<Promise<Openable>>(opening))
  const failed = settled.find((one) => one.status === 'rejected')
  if (failed !== undefined) {
    for (const one of settled) if (one.status === 'fulfilled') await one.value.close()
    throw failed.reason
  }
  const opened = settled.map((one, index) => [names[index], one.status === 'fulfilled' ? one.value : null])
  // Object.entries forgets which name has which part.
  return Object.fromEntries(opened) as Parts
}

interface Openable {
  close(): void | Promise<void>
}
