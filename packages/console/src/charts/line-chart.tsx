/**
 * A chart over time: lines or areas, the shared cross-hair, values under the pointer or by arrow keys, brush to zoom, calls
 * that open.
 */
import type { PanelExample, PanelSeries } from '@inferometer/core/panels/answer'
import type { ECharts } from 'echarts/core'
import { type KeyboardEvent, type PointerEvent, useId, useMemo, useRef, useState } from 'react'
import { formatTime, formatValue } from '../numbers.ts'
import { changeView, go, linkTo } from '../url.ts'
import { Canvas } from './canvas.tsx'
import { setHover, useHover } from './hover.ts'
import { createLineOption, greatestOf, type LineChartData } from './line-option.ts'
import { useTokenReader } from './palette.ts'
import { Tooltip } from './tooltip.tsx'
import { stepAt, valuesAt } from './values-at.ts'

interface LineChartProps extends LineChartData {
  readonly label: string
  readonly colorOf: (series: PanelSeries) => string
}

/** A shorter way is a click. */
const brushFromPixels = 6
const examplePixels = 10
const narrowBelow = 480

export function LineChart({ label, colorOf, ...data }: LineChartProps) {
  const id = useId()
  const token = useTokenReader()
  const [chart, setChart] = useState<{ readonly places: ECharts; readonly width: number } | null>(null)
  const isNarrow = (chart?.width ?? narrowBelow) < narrowBelow
  const { panel, series, timesMs, stepMs, sinceMs, untilMs, examples, marks } = data
  const option = useMemo(
    () =>
      createLineOption(
        { panel, series, timesMs, stepMs, sinceMs, untilMs, examples, marks },
        { colorOf, token, isNarrow },
      ),
    [panel, series, timesMs, stepMs, sinceMs, untilMs, examples, marks, colorOf, token, isNarrow],
  )
  return (
    <div className="chart">
      <Canvas option={option} onDrawn={(places) => setChart({ places, width: places.getWidth() })} />
      {chart !== null && (
        <Overlay
          key={chart.width}
          id={id}
          label={describe(label, data)}
          places={chart.places}
          data={data}
          colorOf={colorOf}
        />
      )}
    </div>
  )
}

function describe(label: string, { series, panel }: LineChartData): string {
  const last = series.slice(0, 3).map(({ name, values }) => `${name} ${formatValue(values.at(-1), panel.unit)}`)
  return `${label}: ${series.length} series over time. ${last.join(', ')}`
}

interface OverlayProps {
  readonly id: string
  readonly label: string
  readonly places: ECharts
  readonly data: LineChartData
  readonly colorOf: (series: PanelSeries) => string
}

interface Brush {
  readonly from: number
  readonly to: number
}

function Overlay({ id, label, places, data, colorOf }: OverlayProps) {
  const hover = useHover()
  const box = useRef<HTMLDivElement>(null)
  const [brush, setBrush] = useState<Brush | null>(null)
  const [near, setNear] = useState<PanelExample | null>(null)
  const xOf = (event: PointerEvent) => event.clientX - (box.current?.getBoundingClientRect().left ?? 0)
  const yOf = (event: PointerEvent) => event.clientY - (box.current?.getBoundingClientRect().top ?? 0)
  const timeAt = (x: number) => Number(places.convertFromPixel({ xAxisIndex: 0 }, x))
  const onMove = (event: PointerEvent) => {
    const x = xOf(event)
    if (brush !== null) setBrush({ ...brush, to: x })
    setNear(findExample(data, places, { x, y: yOf(event) }))
    setHover({ timeMs: clamp(timeAt(x), data), chart: id })
  }
  const onUp = (event: PointerEvent) => {
    if (brush === null) return
    const { from } = brush
    const to = xOf(event)
    setBrush(null)
    if (Math.abs(to - from) < brushFromPixels) {
      openCalls(near, clamp(timeAt(to), data), data)
      return
    }
    const [since, until] = [from, to].map((x) => clamp(timeAt(x), data)).sort((one, other) => one - other)
    changeView({ from: String(Math.round(since ?? 0)), to: String(Math.round(until ?? 0)) })
  }
  const shown = hover?.chart === id ? stepAt(data, hover.timeMs) : null
  const onKey = (event: KeyboardEvent) => {
    const at = nextStep(event.key, shown, data.timesMs.length - 1)
    if (at !== null) setHover({ timeMs: endOf(data, at), chart: id })
    else if (event.key === 'Escape' && shown !== null) setHover(null)
    else if (event.key === 'Enter' && shown !== null) openCalls(null, endOf(data, shown), data)
    else return
    event.preventDefault()
  }
  const x = hover === null ? null : places.convertToPixel({ xAxisIndex: 0 }, hover.timeMs)
  return (
    <div
      ref={box}
      className={near === null ? 'overlay' : 'overlay opens'}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={Math.max(0, data.timesMs.length - 1)}
      aria-valuenow={shown ?? Math.max(0, data.timesMs.length - 1)}
      aria-valuetext={shown === null ? 'Arrow keys read values' : readOut(data, shown)}
      onKeyDown={onKey}
      onBlur={() => shown !== null && setHover(null)}
      onPointerDown={(event) => {
        if (event.button !== 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        setBrush({ from: xOf(event), to: xOf(event) })
      }}
      onPointerMove={onMove}
      onPointerUp={onUp}
      onPointerCancel={() => setBrush(null)}
      onPointerLeave={() => {
        setHover(null)
        setNear(null)
      }}
    >
      {brush !== null && <div className="brush" style={span(brush)} />}
      {x !== null && Number.isFinite(x) && <div className="cross-hair" style={{ left: x }} />}
      {hover?.chart === id && x !== null && (
        <Tooltip data={data} timeMs={hover.timeMs} x={x} width={places.getWidth()} colorOf={colorOf} example={near} />
      )}
    </div>
  )
}

/** The step that a key leads to, or null where the key is none of these. */
function nextStep(key: string, shown: number | null, last: number): number | null {
  const from = shown ?? last + 1
  const to = { ArrowLeft: from - 1, ArrowRight: from + 1, PageUp: from - 10, PageDown: from + 10, Home: 0, End: last }
  const step = Object.entries(to).find(([name]) => name === key)?.[1]
  return step === undefined || last < 0 ? null : Math.min(last, Math.max(0, step))
}

const endOf = ({ timesMs, stepMs, untilMs }: LineChartData, at: number) =>
  Math.min(untilMs, (timesMs[at] ?? 0) + stepMs)

/** `27 Nov 14:30: gpt-4o 3.20 s, gpt-4o-mini 1.10 s` */
function readOut(data: LineChartData, at: number): string {
  const greatest = greatestOf(data)
  const values = valuesAt(data, at).map(
    ({ one, value }) => `${one.name} ${formatValue(value, data.panel.unit, greatest)}`,
  )
  return `${formatTime(endOf(data, at))}: ${values.length === 0 ? 'no value' : values.join(', ')}`
}

const span = ({ from, to }: Brush) => ({ left: Math.min(from, to), width: Math.abs(to - from) })
const clamp = (ms: number, { sinceMs, untilMs }: LineChartData) => Math.min(untilMs, Math.max(sinceMs, ms))

function findExample(data: LineChartData, places: ECharts, at: { readonly x: number; readonly y: number }) {
  const distances = data.examples.map((example) => {
    const [x = 0, y = 0] = places.convertToPixel({ xAxisIndex: 0, yAxisIndex: 0 }, [example.time_ms, example.value])
    return { example, pixels: Math.hypot(x - at.x, Math.max(8, y) - at.y) }
  })
  const nearest = distances.sort((one, other) => one.pixels - other.pixels)[0]
  return nearest !== undefined && nearest.pixels <= examplePixels ? nearest.example : null
}

/** The call under the pointer, else the calls of that step. */
function openCalls(example: PanelExample | null, timeMs: number, { stepMs }: LineChartData): void {
  const endMs = Math.ceil(timeMs / stepMs) * stepMs
  const href =
    example === null
      ? linkTo('/calls', {}, { from: String(endMs - stepMs), to: String(endMs) })
      : linkTo(`/calls/${example.trace_id}/${example.span_id}`)
  go(href)
}
