import { type ReactNode, useEffect, useId, useRef, useState } from 'react'

interface PopoverProps {
  /** What the button says. */
  readonly label: ReactNode
  readonly title: string
  readonly className?: string
  readonly align?: 'left' | 'right'
  /** The id of the button, for a key that opens it. */
  readonly id?: string
  readonly children: (close: () => void) => ReactNode
}

/** A button with a panel under it. Escape and a click elsewhere close it, and the focus goes back to the button. */
export function Popover({ label, title, className = 'button', align = 'left', id, children }: PopoverProps) {
  const [isOpen, setOpen] = useState(false)
  const panelId = useId()
  const root = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const close = () => {
    setOpen(false)
    button.current?.focus()
  }
  useEffect(() => {
    if (!isOpen) return
    root.current?.querySelector<HTMLElement>('[data-autofocus]')?.focus()
    const onPointer = (event: PointerEvent) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false)
    }
    document.addEventListener('pointerdown', onPointer)
    return () => document.removeEventListener('pointerdown', onPointer)
  }, [isOpen])
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape is heard from everything inside
    <div
      className="popover"
      ref={root}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen) return
        event.stopPropagation()
        close()
      }}
    >
      <button
        id={id}
        ref={button}
        type="button"
        className={className}
        title={title}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        aria-controls={isOpen ? panelId : undefined}
        onClick={() => setOpen(!isOpen)}
      >
        {label}
      </button>
      {isOpen && (
        <div id={panelId} className={`popover-panel ${align}`} role="dialog" aria-label={title}>
          {children(close)}
        </div>
      )}
    </div>
  )
}
