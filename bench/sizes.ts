// What an event, an account and a person take on the disk of PostgreSQL, indexes included; for docs/scaling.md.
import pg from 'pg';
import { sendAll } from './load.ts';
import { postgres } from './places.ts';
import { startService } from './service.ts';
import { createTraffic } from './traffic.ts';

const { make, everybody } = createTraffic();

const EVENTS = Number(process.env['BENCH_EVENTS'] ?? 50_000);

const ground = await postgres.fresh();
const service = await startService(ground.environment);
const pool = new pg.Pool({ connectionString: ground.environment['DATABASE_URL'], max: 1 });
try {
  await sendAll(service.url, everybody(), 100, 4);
  await sendAll(service.url, make(EVENTS), 100, 8);
  await pool.query('vacuum full'); // what lies, without what was written over
  const { rows } = await pool.query<{ name: string; bytes: string; indexes: string }>(
    `select relname as name, pg_total_relation_size(oid) as bytes, pg_indexes_size(oid) as indexes
     from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 2 desc`,
  );
  console.log('table               rows   bytes a row   of it indexes');
  for (const { name, bytes, indexes } of rows) {
    const { rows: counted } = await pool.query<{ n: number }>(`select count(*)::int as n from "${name}"`);
    const n = counted[0]?.n ?? 0;
    if (n < 100) continue;
    const each = (size: string) => String(Math.round(Number(size) / n));
    console.log(
      `${name.padEnd(15)} ${String(n).padStart(8)} ${each(bytes).padStart(13)} ${each(indexes).padStart(15)}`,
    );
  }
} finally {
  await service.stop();
  await pool.end();
  await ground.remove();
}
