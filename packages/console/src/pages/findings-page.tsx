import '../call/call-page.css'
import '../config/config.css'
import '../findings/findings.css'
import { ByPattern } from '../findings/by-pattern.tsx'
import { Playground } from '../findings/playground.tsx'
import { Link } from '../parts/link.tsx'
import { linkTo } from '../url.ts'

/** What was found in calls, by pattern and over time, and a field to try the patterns on a text. */
export default function FindingsPage() {
  return (
    <div className="config-page">
      <header className="page-head">
        <h1>Findings</h1>
        <p>
          Personal data and injection attempts by pattern. By service:{' '}
          <Link href={linkTo('/d/llm-security-safety-dashboard')}>LLM Security & Safety</Link>
        </p>
      </header>
      <ByPattern>
        <Playground />
      </ByPattern>
    </div>
  )
}
