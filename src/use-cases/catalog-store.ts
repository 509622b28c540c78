import { type CatalogInForce, putInForce } from '../catalog/in-force.ts';
import type { PublishedCatalog, TemplateFolder } from '../catalog/published.ts';
import { latestCatalog, listCatalogs, readCatalogContent } from '../db/catalogs.ts';
import type { Sql } from '../db/client.ts';
import { fromJson } from '../db/rows.ts';
import type { Deps } from '../deps.ts';
import { defined } from '../engine/record.ts';

/** The catalog versions a running service has at hand. */
export type CatalogStore = {
  readonly current: () => CatalogInForce;
  /** The version with this content hash: an ask keeps the words of the one that made it. */
  readonly of: (tx: Sql, hash: string) => Promise<CatalogInForce>;
  /** By which version an account is decided: the last that has the signals its state was folded for. */
  readonly ofSignals: (tx: Sql, signalsHash: string) => Promise<CatalogInForce>;
  /** Puts the last published version in force, whoever published it. True when it is another one. */
  readonly refresh: (tx: Sql) => Promise<boolean>;
};

/** Begins with the version in force; others are read at first need, and kept. */
export function createCatalogStore(start: CatalogInForce): CatalogStore {
  const known = new Map([[start.hash, start]]);
  /** Signals that no version in the database has. */
  const gone = new Set<string>();
  let inForce = start;
  const of = async (tx: Sql, hash: string): Promise<CatalogInForce> => {
    const before = known.get(hash);
    if (before !== undefined) return before;
    const stored = await readCatalogContent(tx, { hash });
    if (stored === undefined)
      throw new Error(`The catalog version ${hash.slice(0, 12)}… is not in the database.`);
    const loaded = putInForce(fromContent(stored));
    known.set(hash, loaded);
    return loaded;
  };
  return {
    current: () => inForce,
    of,
    ofSignals: async (tx, signalsHash) => {
      if (signalsHash === inForce.signalsHash || gone.has(signalsHash)) return inForce;
      for (const { hash } of await listCatalogs(tx, MOST_VERSIONS)) {
        const version = await of(tx, hash);
        if (version.signalsHash === signalsHash) return version;
      }
      gone.add(signalsHash);
      return inForce;
    },
    refresh: async (tx) => {
      const latest = await latestCatalog(tx);
      if (latest === undefined || latest.version === inForce.version) return false;
      const changed = latest.hash !== inForce.hash;
      gone.clear();
      inForce = { ...(await of(tx, latest.hash)), version: latest.version };
      return changed;
    },
  };
}

/** What the rest of the service is given of a store. */
export const versionsIn = (
  catalogs: CatalogStore,
  { pool }: Pick<Deps['db'], 'pool'>,
): Pick<Deps, 'catalog' | 'refreshCatalog' | 'catalogOf' | 'catalogOfSignals'> => ({
  catalog: catalogs.current,
  refreshCatalog: () => catalogs.refresh(pool),
  catalogOf: catalogs.of,
  catalogOfSignals: catalogs.ofSignals,
});

/** So far back signals are looked for; an account is folded anew long before so many are published. */
const MOST_VERSIONS = 20;

type Content = Pick<PublishedCatalog, 'catalog' | 'program' | 'rewards' | 'owners'> & {
  readonly templates: readonly TemplateFolder[];
};

/** All of a catalog as text, so that a version can be put in force again when the files have moved on. */
export function toContent({
  catalog,
  program,
  rewards,
  owners,
  templates,
}: Omit<PublishedCatalog, 'version'>): string {
  const content: Content = {
    catalog,
    program,
    templates: [...templates.values()],
    ...defined({ rewards, owners }),
  };
  return JSON.stringify(content);
}

/** The same read back. */
export function fromContent(stored: {
  readonly version: number;
  readonly hash: string;
  readonly content: string;
}): PublishedCatalog {
  const { catalog, program, rewards, owners, templates } = fromJson<Content>(stored.content);
  const { version, hash } = stored;
  const folders = new Map(templates.map((folder) => [folder.name, folder]));
  return { version, hash, catalog, program, templates: folders, ...defined({ rewards, owners }) };
}
