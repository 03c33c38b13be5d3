import { useEffect, useState } from 'react'
import { countAlerts, useAlerts } from '../alerts/use-alerts.ts'
import { routes } from '../routes.tsx'
import { chooseTheme, type Theme, themes, useTheme } from '../theme.ts'
import { linkTo, useAddress } from '../url.ts'
import { Icon, type IconName } from './icon.tsx'
import { Link } from './link.tsx'

interface RailProps {
  readonly path: string
  /** Null where nobody signed in. */
  readonly onSignOut: (() => void) | null
}

/** The way to every page; on a narrow screen it folds behind a button. */
export function Rail({ path, onSignOut }: RailProps) {
  const [isOpen, setOpen] = useState(false)
  useAddress()
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes the menu
  useEffect(() => setOpen(false), [path])
  return (
    <nav className={isOpen ? 'rail open' : 'rail'} aria-label="Pages">
      <div className="rail-head">
        <Link className="brand" href={linkTo('/')}>
          <img src="icon.svg" alt="" width={20} height={20} />
          Inferometer
        </Link>
        <button
          type="button"
          className="rail-toggle icon-button"
          aria-expanded={isOpen}
          aria-controls="rail-pages"
          aria-label="Pages"
          onClick={() => setOpen(!isOpen)}
        >
          <Icon name={isOpen ? 'close' : 'menu'} />
        </button>
      </div>
      <ul id="rail-pages" className="rail-pages">
        {routes.map(({ path: to, title, icon }) =>
          icon === undefined ? null : (
            <li key={to}>
              <Link href={linkTo(to)} {...(isWithin(path, to) && { 'aria-current': 'page' as const })}>
                <Icon name={icon} />
                {title}
                {to === '/' && <FiringCount />}
              </Link>
            </li>
          ),
        )}
      </ul>
      <div className="rail-foot">
        <ThemeChoice />
        {onSignOut !== null && (
          <button type="button" className="text-button" onClick={onSignOut}>
            Sign out
          </button>
        )}
      </div>
    </nav>
  )
}

/** How many alerts fire now; nothing where none does. */
function FiringCount() {
  const { data } = useAlerts()
  const count = data?.alerts.filter(({ state }) => state === 'firing').length ?? 0
  if (count === 0) return null
  return (
    <span className="rail-count" title={countAlerts(count, 0)}>
      <span aria-hidden="true">{count}</span>
      <span className="hidden-text"> {countAlerts(count, 0)}</span>
    </span>
  )
}

const isWithin = (path: string, to: string) => path === to || (to !== '/' && path.startsWith(`${to}/`))

const themeIcons: Readonly<Record<Theme, IconName>> = { system: 'screen', light: 'sun', dark: 'moon' }

function ThemeChoice() {
  const chosen = useTheme()
  return (
    <fieldset className="theme-choice">
      <legend className="hidden-text">Theme</legend>
      {themes.map((theme) => (
        <button
          key={theme}
          type="button"
          className="icon-button"
          aria-pressed={theme === chosen}
          aria-label={`${theme} theme`}
          title={`${theme} theme`}
          onClick={() => chooseTheme(theme)}
        >
          <Icon name={themeIcons[theme]} size={14} />
        </button>
      ))}
    </fieldset>
  )
}
