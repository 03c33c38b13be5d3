import type { ReactNode } from 'react'
import { Moment } from '../parts/value.tsx'
import type { FileStatus } from './answers.ts'

interface FileStateProps {
  readonly status: FileStatus & { readonly version: string }
  /** What is in force where there is no file. */
  readonly without: string
  readonly children?: ReactNode
}

/** Where it comes from, which version, and what became of the last change of its file. */
export function FileState({
  status: { file, version, loaded_at: loadedAt, last_reload: last },
  without,
  children,
}: FileStateProps) {
  return (
    <div className="file-state">
      <dl className="facts">
        <div>
          <dt>File</dt>
          <dd>{file === null ? without : <code>{file}</code>}</dd>
        </div>
        <div>
          <dt>Version</dt>
          <dd>
            <code>{version}</code>
          </dd>
        </div>
        <div>
          <dt>In force since</dt>
          <dd>
            <Moment ms={Date.parse(loadedAt)} nowMs={Date.now()} />
          </dd>
        </div>
        <div>
          <dt>Last reload</dt>
          <dd>
            {last === null ? (
              <span className="faint">none since the start; a change of the file is taken within a second</span>
            ) : (
              <>
                <span className={last.result === 'ok' ? 'good' : 'bad'}>{last.result}</span>{' '}
                <Moment ms={Date.parse(last.at)} nowMs={Date.now()} />
              </>
            )}
          </dd>
        </div>
      </dl>
      {last?.result === 'refused' && (
        <div className="refused" role="alert">
          <p>The file has mistakes, so what was in force before is kept:</p>
          <ul>
            {last.problems.map(({ line, column, path, message }) => (
              <li key={`${line} ${column} ${path} ${message}`}>
                <code>
                  {line}:{column}
                </code>{' '}
                {path !== '' && <code>{path}</code>} {message}
              </li>
            ))}
          </ul>
        </div>
      )}
      {children}
    </div>
  )
}
