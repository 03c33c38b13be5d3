import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { chooseFirstRange } from './first-range.ts'
import './theme.css'
import './shell.css'
import './parts/parts.css'
import './charts/charts.css'

const root = document.getElementById('root')
if (root === null) throw new Error('BUG: index.html has no element with the id root')
await chooseFirstRange()
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
