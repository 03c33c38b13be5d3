/** Asks a classifier over HTTP. It gets `{"text": …}` and answers in any of the shapes that classifiers have. */
/** 0: ordinary, 1: an injection. What it throws or takes too long for is counted and left out. */
export type Detector = (text: string, signal: AbortSignal) => number | Promise<number>

const injectionLabel = /inject|jailbreak|malicious|attack|unsafe|label_1/i
const answerBytesMax = 65_536

export function askHttpDetector(url: string): Detector {
  return async (text, signal) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text, inputs: text }),
      signal,
      redirect: 'error',
    })
    if (!response.ok) throw new Error(`the detector answered ${response.status}`)
    const body = await response.text()
    if (body.length > answerBytesMax) throw new Error('the detector answered more than 64 kB')
    const score = readScore(JSON.parse(body))
    if (score === null) throw new Error('the detector answered without a score')
    return score
  }
}

/**
 * `{"score": 0.97}`, or the labels of a text classifier, `[{"label": "INJECTION", "score": 0.97}, …]`, in one more list
 * or not. Null: neither.
 */
export function readScore(answer: unknown): number | null {
  if (Array.isArray(answer)) {
    const scores = answer.map(readLabel).filter((score) => score !== null)
    return scores.length === 0 ? null : Math.max(...scores)
  }
  if (typeof answer !== 'object' || answer === null) return null
  if ('label' in answer) return readLabel(answer)
  return 'score' in answer && typeof answer.score === 'number' ? answer.score : null
}

function readLabel(answer: unknown): number | null {
  if (Array.isArray(answer)) return readScore(answer)
  if (typeof answer !== 'object' || answer === null || !('label' in answer) || !('score' in answer)) return null
  if (typeof answer.score !== 'number') return null
  return injectionLabel.test(String(answer.label)) ? answer.score : 0
}
