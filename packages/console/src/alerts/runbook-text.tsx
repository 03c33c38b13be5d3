/** Draws a page of docs/runbooks: headings, paragraphs, lists, and in them code, emphasis and links to other runbooks. */
import { Link } from '../parts/link.tsx'
import { linkTo } from '../url.ts'
import { alertOfFile } from './runbooks.ts'

export function RunbookText({ text }: { readonly text: string }) {
  const blocks = place(text.split(/\n{2,}/)).filter(({ part }) => part.trim() !== '' && !part.startsWith('# '))
  return blocks.map(({ at, part }) => <Block key={at} text={part.trim()} />)
}

/** Each with its place, which is what tells it from one that says the same. */
function place(parts: readonly string[]) {
  let at = 0
  return parts.map((part) => {
    at += part.length + 1
    return { at, part }
  })
}

const bullet = /^(?:-|\d+\.) /m

function Block({ text }: { readonly text: string }) {
  if (text.startsWith('## ')) return <h2>{text.slice(3)}</h2>
  if (!bullet.test(text.slice(0, 4)))
    return (
      <p>
        <Inline text={text} />
      </p>
    )
  const items = text.split(/^(?:-|\d+\.) /m).slice(1)
  const List = text.startsWith('- ') ? 'ul' : 'ol'
  return (
    <List>
      {items.map((item) => (
        <li key={item}>
          <Inline text={item} />
        </li>
      ))}
    </List>
  )
}

const marked = /(`[^`]+`|\*[^*]+\*|\[[^\]]+\]\([^)]+\))/

function Inline({ text }: { readonly text: string }) {
  return place(text.split(marked)).map(({ at, part }) => <Part key={at} text={part} />)
}

function Part({ text }: { readonly text: string }) {
  if (/^`.+`$/s.test(text)) return <code>{text.slice(1, -1)}</code>
  if (/^\*.+\*$/s.test(text)) return <em>{text.slice(1, -1)}</em>
  const [, words, file] = /^\[([^\]]+)\]\(([^)]+)\)$/.exec(text) ?? []
  const alert = file === undefined ? null : alertOfFile(file)
  if (words === undefined) return text
  return alert === null ? words : <Link href={linkTo(`/runbooks/${alert}`)}>{words}</Link>
}
