/** From the models a call names to the price row in force when it started. */
import type { LlmCall } from '../call.ts'
import type { ModelMatch } from './model-match.ts'
import { listExactNames, matchesModel } from './model-match.ts'
import { listModelNames, orderModels, splitVendor } from './model-names.ts'
import type { PriceRow } from './price-table.ts'
import { pickRowInForce } from './price-table.ts'
import { isSelfHosted, passesPricesOn, toProviderKey } from './provider-names.ts'

/** A model of the bundled catalogue: which names it covers and its rows, least specific first. */
export interface CatalogueModel {
  readonly model: string
  readonly match: ModelMatch
  readonly rows: readonly PriceRow[]
}

export interface CatalogueProvider {
  /** As `toProviderKey` spells it. */
  readonly provider: string
  readonly models: readonly CatalogueModel[]
  /** The models that are this provider's own: a vendor. Null for resellers, whose list says nothing of others' prices. */
  readonly ownModels: ModelMatch | null
  /** Providers whose models it also serves at their prices. */
  readonly fallbacks: readonly string[]
}

export interface PriceSources {
  /** The user's rows; they come first. */
  readonly rows: readonly PriceRow[]
  readonly catalogue: readonly CatalogueProvider[]
}

export type PriceQuery = Pick<LlmCall, 'provider' | 'responseModel' | 'requestModel' | 'startTimeUs'>

export interface PriceLookup {
  /** Null when no price is known. */
  find(query: PriceQuery): PriceRow | null
}

/** Rows of one model; the first group with a row in force wins. */
type RowGroup = readonly PriceRow[]

/** Names come from callers: what is remembered of them is bounded. */
const memoEntriesMax = 5_000

export function createPriceLookup(sources: PriceSources): PriceLookup {
  const user = indexRows(sources.rows)
  const catalogue = indexCatalogue(sources.catalogue)
  const memo = createMemo()
  const groupsOf = (query: PriceQuery): readonly RowGroup[] => {
    const known = memo.get(query)
    if (known) return known
    const provider = toProviderKey(query.provider)
    const groups = orderModels(query.responseModel, query.requestModel).flatMap((model) =>
      listGroups({ user, catalogue }, provider, model),
    )
    memo.set(query, groups)
    return groups
  }
  return {
    find(query) {
      for (const group of groupsOf(query)) {
        const row = pickRowInForce(group, query.startTimeUs)
        if (row) return row
      }
      return null
    },
  }
}

type ByModels = Map<string | null, Map<string | null, readonly RowGroup[]>>

/** Maps in maps: putting the three names together to one key costs more than the whole look-up. */
function createMemo() {
  const byProvider = new Map<string, ByModels>()
  let entries = 0
  return {
    get: ({ provider, responseModel, requestModel }: PriceQuery) =>
      byProvider.get(provider)?.get(responseModel)?.get(requestModel),
    set({ provider, responseModel, requestModel }: PriceQuery, groups: readonly RowGroup[]) {
      if (entries >= memoEntriesMax) {
        byProvider.clear()
        entries = 0
      }
      entries++
      const byResponse: ByModels = byProvider.get(provider) ?? new Map()
      byProvider.set(provider, byResponse)
      const byRequest = byResponse.get(responseModel) ?? new Map<string | null, readonly RowGroup[]>()
      byResponse.set(responseModel, byRequest)
      byRequest.set(requestModel, groups)
    },
  }
}

interface Indexes {
  readonly user: UserIndex
  readonly catalogue: CatalogueIndex
}

/** (model, provider) in the user's file and the catalogue, then the model alone in each. */
function listGroups({ user, catalogue }: Indexes, provider: string, model: string): readonly RowGroup[] {
  const names = listModelNames(model)
  const listed = findInCatalogue(catalogue, provider, names)
  const groups: RowGroup[] = []
  const own = findUserRows(
    names,
    (name) => user.byProvider.get(provider)?.get(name),
    (name) => isAnotherModel(catalogue, provider, { name, listed }),
  )
  if (own) groups.push(own)
  if (listed) groups.push(listed.rows)
  if (isSelfHosted(provider)) return groups
  const home = findAtHome(catalogue, provider, names)
  const alone = findUserRows(
    names,
    (name) => user.unambiguous.get(name),
    (name) => home !== null && isAnotherModel(catalogue, home.provider, { name, listed: home.model }),
  )
  if (alone) groups.push(alone)
  if (home && !listed) groups.push(home.model.rows)
  return groups
}

function findUserRows(
  names: readonly string[],
  rowsOf: (name: string) => RowGroup | undefined,
  isOther: (name: string) => boolean,
): RowGroup | null {
  for (const [at, name] of names.entries()) {
    const rows = rowsOf(name)
    if (rows && (at === 0 || !isOther(name))) return rows
  }
  return null
}

/**
 * A snapshot falls back to the user's row for its alias, unless the catalogue lists the snapshot as a model of its own
 * beside the alias: `gpt-4o-2024-05-13` costs twice what `gpt-4o` does.
 */
function isAnotherModel(
  catalogue: CatalogueIndex,
  provider: string,
  { name, listed }: { readonly name: string; readonly listed: CatalogueModel | null },
): boolean {
  if (listed === null) return false
  const ofName = findInCatalogue(catalogue, provider, [name])
  return ofName !== null && ofName !== listed
}

interface UserIndex {
  readonly byProvider: ReadonlyMap<string, ReadonlyMap<string, RowGroup>>
  /** Names that only one provider's rows have. */
  readonly unambiguous: ReadonlyMap<string, RowGroup>
}

function indexRows(rows: readonly PriceRow[]): UserIndex {
  const byProvider = new Map<string, Map<string, PriceRow[]>>()
  for (const row of rows) {
    const provider = toProviderKey(row.provider)
    const models = byProvider.get(provider) ?? new Map<string, PriceRow[]>()
    byProvider.set(provider, models)
    for (const name of new Set([row.model, ...row.aliases].map((each) => each.toLowerCase()))) {
      const group = models.get(name) ?? []
      models.set(name, group)
      group.push(row)
    }
  }
  const unambiguous = new Map<string, RowGroup>()
  const shared = new Set<string>()
  for (const models of byProvider.values()) {
    for (const [name, group] of models) {
      group.sort((a, b) => (a.effectiveFromUs ?? 0) - (b.effectiveFromUs ?? 0))
      if (unambiguous.has(name)) shared.add(name)
      unambiguous.set(name, group)
    }
  }
  for (const name of shared) unambiguous.delete(name)
  return { byProvider, unambiguous }
}

interface IndexedProvider {
  readonly source: CatalogueProvider
  readonly byName: ReadonlyMap<string, CatalogueModel>
}
type CatalogueIndex = ReadonlyMap<string, IndexedProvider>

function indexCatalogue(providers: readonly CatalogueProvider[]): CatalogueIndex {
  const index = new Map<string, IndexedProvider>()
  for (const source of providers) {
    const byName = new Map<string, CatalogueModel>()
    for (const model of source.models)
      for (const name of listExactNames(model.match)) if (!byName.has(name)) byName.set(name, model)
    index.set(source.provider, { source, byName })
  }
  return index
}

function findInCatalogue(index: CatalogueIndex, provider: string, names: readonly string[]): CatalogueModel | null {
  const home = index.get(provider)
  if (!home) return null
  const lists = [home, ...home.source.fallbacks.map((name) => index.get(name))]
  for (const name of names) {
    for (const list of lists) {
      const model = list?.byName.get(name) ?? list?.source.models.find((each) => matchesModel(each.match, name))
      if (model) return model
    }
  }
  return null
}

/**
 * The model alone: priced by the vendor that its name belongs to, for a provider that has no list of its own or is a
 * vendor itself (an address that only looks like that vendor's). A reseller's missing model stays unpriced.
 */
function findAtHome(
  index: CatalogueIndex,
  provider: string,
  names: readonly string[],
): { readonly provider: string; readonly model: CatalogueModel } | null {
  const list = index.get(provider)
  if (list && list.source.ownModels === null && !passesPricesOn(provider)) return null
  for (const name of names) {
    const split = splitVendor(name)
    const vendor = split ? toProviderKey(split.vendor) : findVendor(index, name)
    const model = vendor === null ? null : findInCatalogue(index, vendor, [split?.model ?? name])
    if (vendor !== null && model) return { provider: vendor, model }
  }
  return null
}

function findVendor(index: CatalogueIndex, name: string): string | null {
  for (const { source } of index.values())
    if (source.ownModels !== null && matchesModel(source.ownModels, name)) return source.provider
  return null
}
