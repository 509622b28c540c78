import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlQuery,
} from '@prisma/driver-adapter-utils';
import * as engine from '@prisma/schema-engine-wasm/schema_engine_bg';
import type { Pool, QueryConfig, QueryResult } from 'pg';
import { expect, test } from 'vitest';
import { inTransaction } from '../../src/db/client.ts';
import { databases } from '../databases.ts';

const path = 'prisma/schema.prisma';
const schema = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test.each(databases.filter(({ available }) => available))(
  'schema.prisma describes exactly the tables that the migrations make ($kind)',
  async ({ open }) => {
    const db = await open();
    try {
      await db.pool.query('DROP TABLE "_prisma_migrations"'); // Prisma leaves its own table out of the schema
      expect(await difference(db.pool, schema)).toBe('-- This is an empty migration.\n');
      const changed = schema.replace(
        'ownerEmail  String?   @map("owner_email")',
        'ownerEmail  String   @map("owner_email")',
      );
      expect(await difference(db.pool, changed)).toContain('ALTER COLUMN "owner_email" SET NOT NULL');
    } finally {
      await db.close();
    }
  },
);

/** The SQL that would turn the database into what the schema says, by Prisma's own engine. */
async function difference(pool: Pool, content: string): Promise<string | null> {
  const files = [{ path, content }];
  const adapter = bindMigrationAwareSqlAdapterFactory(adapterFor(pool));
  const started = await (await schemaEngine()).new({ datamodels: [[path, content]] }, () => {}, adapter);
  const { stdout } = await started.diff({
    from: { tag: 'schemaDatasource', files, configDir: '.' },
    to: { tag: 'schemaDatamodel', files },
    script: true,
    exitCode: true,
    filters: { externalTables: [], externalEnums: [] },
  });
  return stdout;
}

let instantiated: Promise<void> | undefined;

async function schemaEngine(): Promise<typeof engine.SchemaEngine> {
  instantiated ??= (async () => {
    const file = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
    const bytes = readFileSync(file.replace(/\.js$/, '.wasm'));
    // The types of WebAssembly come with the browser's, which we do not load.
    const { instance } = await Reflect.get(globalThis, 'WebAssembly').instantiate(bytes, {
      './schema_engine_bg.js': engine,
    });
    engine.__wbg_set_wasm(instance.exports);
    instance.exports.__wbindgen_start();
  })();
  await instantiated;
  return engine.SchemaEngine;
}

/** adapter-pg does not know the catalog's one-letter type "char": it may pass as text, but not where the engine wants one letter. */
function adapterFor(pool: Pool): PrismaPg {
  const query = async (config: QueryConfig): Promise<QueryResult> => {
    const result = await inTransaction({ pool }, (tx) => tx.query(config));
    for (const field of result.fields) if (field.dataTypeID === 18) field.dataTypeID = 25;
    return result;
  };
  const factory = new PrismaPg(Object.assign(Object.create(pool), { query }));
  const connect = factory.connect.bind(factory);
  return Object.assign(factory, {
    connect: async () => {
      const adapter = await connect();
      const queryRaw = adapter.queryRaw.bind(adapter);
      return Object.assign(adapter, {
        queryRaw: async (sql: SqlQuery) => {
          const result = await queryRaw(sql);
          const isLetter = (index: number): boolean => result.columnNames[index] === 'constraint_type';
          return {
            ...result,
            columnTypes: result.columnTypes.map((type, index) =>
              isLetter(index) ? ColumnTypeEnum.Character : type,
            ),
          };
        },
      });
    },
  });
}
