/** An ECharts canvas that follows its box and its option. Everything one can point at is drawn beside it, not by it. */
import { LineChart, ScatterChart } from 'echarts/charts'
import { GridComponent, MarkLineComponent } from 'echarts/components'
import { type ECharts, type EChartsCoreOption, init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'

use([LineChart, ScatterChart, GridComponent, MarkLineComponent, CanvasRenderer])

interface CanvasProps {
  readonly option: EChartsCoreOption
  /** Told after each drawing: places of values on the canvas may have changed. */
  readonly onDrawn: (chart: ECharts) => void
}

export function Canvas({ option, onDrawn }: CanvasProps) {
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<ECharts | null>(null)
  const told = useRef(onDrawn)
  told.current = onDrawn
  useEffect(() => {
    if (box.current === null) return
    const made = init(box.current, null, { renderer: 'canvas' })
    chart.current = made
    const watcher = new ResizeObserver(() => {
      made.resize()
      told.current(made)
    })
    watcher.observe(box.current)
    return () => {
      watcher.disconnect()
      made.dispose()
      chart.current = null
    }
  }, [])
  useEffect(() => {
    if (chart.current === null) return
    chart.current.setOption(option, { notMerge: true })
    told.current(chart.current)
  }, [option])
  return <div ref={box} className="canvas" aria-hidden="true" />
}
