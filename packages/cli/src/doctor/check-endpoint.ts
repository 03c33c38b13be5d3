/** Does the address that the app's SDK would send to take calls? */

export interface EndpointCheck {
  readonly ok: boolean
  readonly address: string
  /** What to do, when not ok. */
  readonly advice: string
}

export interface EndpointSources {
  readonly variables: NodeJS.ProcessEnv
  readonly apiKey: string | undefined
  /** OTLP address of the server that runs here. */
  readonly serverAddress: string
}

const timeoutMs = 5_000

/** The SDK's own order of precedence. */
function chooseAddress({ variables, serverAddress }: EndpointSources): { address: string; from: string } {
  for (const name of ['INFEROMETER_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT']) {
    const value = variables[name]
    if (value) return { address: withPath(value, name), from: name }
  }
  return { address: `${serverAddress}/v1/traces`, from: 'default' }
}

function withPath(address: string, name: string): string {
  if (!URL.canParse(address) || name === 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') return address
  const url = new URL(address)
  if (url.pathname === '/' || name === 'OTEL_EXPORTER_OTLP_ENDPOINT')
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/traces`
  return url.href
}

/** Sends an export that holds nothing, so that nothing is recorded. */
export async function checkEndpoint(sources: EndpointSources): Promise<EndpointCheck> {
  const { address, from } = chooseAddress(sources)
  const authorization = sources.apiKey === undefined ? {} : { authorization: `Bearer ${sources.apiKey}` }
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization },
      body: '{"resourceSpans":[]}',
      signal: AbortSignal.timeout(timeoutMs),
    })
    await response.arrayBuffer()
    return { ok: response.ok, address, advice: adviseOnStatus(response.status, from) }
  } catch (error) {
    return { ok: false, address, advice: adviseOnFailure(error, from) }
  }
}

function adviseOnStatus(status: number, from: string): string {
  if (status === 401 || status === 403) return 'it asks for an API key: set INFEROMETER_API_KEY'
  const setting = from === 'default' ? 'set INFEROMETER_ENDPOINT' : `correct ${from}`
  return `it answers with status ${status}, so this is not an OTLP address: ${setting} to the server's, as inferometer start prints it`
}

function adviseOnFailure(error: unknown, from: string): string {
  if (error instanceof TypeError && error.message.includes('URL')) return `${from} is no address`
  const start = 'nothing answers there: run inferometer start'
  return from === 'default' ? start : `${start}, or correct ${from}`
}
