import { type FormEvent, useState } from 'react'
import { signIn } from '../api.ts'

/** Stands in the place of everything where the server asks for a key. */
export function SignIn() {
  const [problem, setProblem] = useState<string | null>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const key = new FormData(event.currentTarget).get('key')
    await signIn(String(key)).then(
      () => location.reload(),
      (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)),
    )
  }
  return (
    <main className="sign-in">
      <form onSubmit={submit}>
        <img src="icon.svg" alt="" width={32} height={32} />
        <h1>Inferometer</h1>
        <label htmlFor="key">API key</label>
        <input id="key" name="key" type="password" autoComplete="off" required />
        {problem !== null && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
        <button type="submit" className="button primary">
          Sign in
        </button>
        <p className="hint">
          A key that may read: of --api-key, or of api_keys.yaml. You stay signed in for twelve hours; the browser does
          not keep the key.
        </p>
      </form>
    </main>
  )
}
