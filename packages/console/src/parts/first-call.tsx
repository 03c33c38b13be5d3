import { useKnownValues } from '../known-values.ts'
import { HowToSend } from './how-to-send.tsx'

/** Until the first call was recorded: what to type for it. */
export function FirstCall() {
  const { service, isKnown } = useKnownValues()
  if (!isKnown || service.length > 0) return null
  return (
    <div className="first-call">
      <HowToSend title="No call was recorded yet" text="Any of these makes one:" />
    </div>
  )
}
