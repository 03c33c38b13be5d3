interface ImportMeta {
  /** Vite writes the imports of all files that fit the pattern in its place. */
  glob<T>(pattern: string, options: { query: string; import: string }): Readonly<Record<string, () => Promise<T>>>
}
