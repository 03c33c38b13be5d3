/** One line that is rewritten in place on a terminal, and plain lines, less often, everywhere else. */

export interface Progress {
  show(line: string): void
  /** Leaves the last line standing. */
  end(): void
}

const plainEveryMs = 5_000

export function createProgress(out: NodeJS.WriteStream, { plain }: { plain: boolean }): Progress {
  return plain || !out.isTTY ? createPlain(out) : createLive(out)
}

function createLive(out: NodeJS.WriteStream): Progress {
  const toLineStart = '\r\x1b[2K'
  return {
    // A line longer than the terminal would wrap and could not be rewritten.
    show: (line) => out.write(`${toLineStart}${line.slice(0, Math.max(20, (out.columns ?? 80) - 1))}`),
    end: () => out.write('\n'),
  }
}

function createPlain(out: NodeJS.WriteStream): Progress {
  let lastMs = Number.NEGATIVE_INFINITY
  let unwritten: string | null = null
  return {
    show(line) {
      const now = performance.now()
      unwritten = now - lastMs < plainEveryMs ? line : null
      if (unwritten !== null) return
      lastMs = now
      out.write(`${line}\n`)
    },
    end() {
      if (unwritten !== null) out.write(`${unwritten}\n`)
    },
  }
}
