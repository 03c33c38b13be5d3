import { Suspense, useEffect, useState } from 'react'
import { AlertsProvider } from './alerts/use-alerts.ts'
import { readSession, type Session, signInNeeded, signOut } from './api.ts'
import { useClock } from './clock.ts'
import { KnownValuesProvider } from './known-values.ts'
import { Bar } from './parts/bar.tsx'
import { EmptyState } from './parts/empty-state.tsx'
import { ErrorBoundary } from './parts/error-boundary.tsx'
import { Keys } from './parts/keys.tsx'
import { Rail } from './parts/rail.tsx'
import { SignIn } from './parts/sign-in.tsx'
import { findRoute } from './routes.tsx'
import { linkTo, useAddress, useView } from './url.ts'

/** The shell: rail, bar and the page of the address. */
export function App() {
  const { path } = useAddress()
  const { refresh } = useView()
  const { isLocked, name } = useSession()
  const match = findRoute(path)
  useClock(refresh)
  useEffect(() => {
    document.title = match === null ? 'Inferometer' : `${match.route.title} · Inferometer`
  }, [match])
  if (isLocked) return <SignIn />
  const Page = match?.route.page
  return (
    <KnownValuesProvider>
      <AlertsProvider>
        <div className="shell">
          <a className="skip" href="#page">
            Skip to the page
          </a>
          <Rail path={path} onSignOut={name === null ? null : signOut} />
          <div className="main">
            <Bar />
            <main id="page" className="page" tabIndex={-1}>
              <ErrorBoundary key={path}>
                <Suspense fallback={null}>
                  {Page === undefined ? (
                    <EmptyState title="There is nothing at this address" action={<a href={linkTo('/')}>Overview</a>} />
                  ) : (
                    <Page params={match?.params ?? {}} />
                  )}
                </Suspense>
              </ErrorBoundary>
            </main>
          </div>
          <Keys />
        </div>
      </AlertsProvider>
    </KnownValuesProvider>
  )
}

interface OwnSession {
  /** A key is asked for and nobody is signed in. */
  readonly isLocked: boolean
  /** Of the key. */
  readonly name: string | null
}

function useSession(): OwnSession {
  const [session, setSession] = useState<OwnSession>({ isLocked: false, name: null })
  useEffect(() => {
    const asking = new AbortController()
    const take = ({ asks_for_key, name }: Session) => setSession({ isLocked: asks_for_key && name === null, name })
    // Without an answer the pages say themselves that there is none.
    readSession(asking.signal).then(take, () => undefined)
    const lock = () => setSession({ isLocked: true, name: null })
    window.addEventListener(signInNeeded, lock)
    return () => {
      asking.abort()
      window.removeEventListener(signInNeeded, lock)
    }
  }, [])
  return session
}
