import type { Call } from '../calls/call.ts'
import { type About, useAbout } from '../parts/how-to-send.tsx'
import { MarkedText } from './marked-text.tsx'
import { listKeptTexts } from './split-text.ts'

/** What was said, as far as it is kept; and where it is not, why, and how to keep it. */
export function Conversation({ call }: { readonly call: Call }) {
  const about = useAbout()
  const { content, tool_calls: toolCalls, findings } = call
  if (!content && toolCalls.every((tool) => tool.arguments === null))
    return (
      <>
        <p className="not-kept">{about && whyNotKept(about, call.source)}</p>
        <ToolNames call={call} />
      </>
    )
  const texts = listKeptTexts(content ?? { input: null, output: null }, toolCalls, findings)
  return (
    <>
      {about?.content === 'redacted' && (
        <p className="hint">Personal data was masked before anything was kept (content policy: redacted).</p>
      )}
      <ol className="conversation">
        {texts.map(({ role, text, findings: own }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: texts have no other name and never change places
          <li key={index} className={`message ${/^(user|assistant|system)$/.test(role) ? role : 'tool'}`}>
            <span className="message-role">{role}</span>
            <div className="message-text">
              {text === '' ? <span className="faint">empty</span> : <MarkedText text={text} findings={own} />}
            </div>
          </li>
        ))}
      </ol>
    </>
  )
}

function whyNotKept({ content }: About, source: string) {
  if (content === 'off')
    return (
      <>
        Prompts and answers are not kept: the content policy of this server is <code>off</code>. To keep them with
        personal data masked, start it with <code>--content redacted</code>, and let the application send them (
        <code>INFEROMETER_CONTENT=redacted</code> for the SDK).
      </>
    )
  if (source === 'rest') return <>A call that is recorded over REST carries no prompt and no answer.</>
  return (
    <>
      This server would keep prompts and answers (content policy <code>{content}</code>), but the sender sent none. For
      the SDK: <code>INFEROMETER_CONTENT={content}</code>; other instrumentations have a switch of their own. Calls from
      before the policy was set stay without.
    </>
  )
}

function ToolNames({ call: { tool_calls: toolCalls } }: { readonly call: Call }) {
  if (toolCalls.length === 0) return null
  return (
    <p>
      Tool calls:{' '}
      {toolCalls.map(({ id, name }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two calls of one tool may have no id
        <code key={`${id} ${index}`} className="mark">
          {name}
        </code>
      ))}
    </p>
  )
}
