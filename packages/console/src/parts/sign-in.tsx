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
        <input id="key" name="key" type="password" autoComplete="current-password" required minLength={16} />
        {problem !== null && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
        <button type="submit" className="button primary">
          Sign in
        </button>
        <p className="hint">The server was started with --api-key or INFEROMETER_API_KEY. The key stays in this tab.</p>
      </form>
    </main>
  )
}
