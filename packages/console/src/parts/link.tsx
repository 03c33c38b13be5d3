import type { AnchorHTMLAttributes, MouseEvent, ReactNode } from 'react'
import { go } from '../url.ts'

interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  /** Made by `linkTo`. */
  readonly href: string
  readonly children: ReactNode
}

/** A link to another page of the console. With ctrl, cmd, shift or the middle button it is an ordinary one. */
export function Link({ href, children, onClick, ...rest }: LinkProps) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event)
    if (event.defaultPrevented || event.button !== 0) return
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    go(href)
  }
  return (
    <a href={href} onClick={follow} {...rest}>
      {children}
    </a>
  )
}
