import type { Deps } from '../deps.ts';

/** Whether the service can take events, and what its operator should know of it. */
export async function checkReadiness({ db, catalog, config }: Pick<Deps, 'db' | 'catalog' | 'config'>) {
  const { version, hash } = catalog();
  const reachable = await db.pool.query('select 1').then(
    () => true,
    () => false,
  );
  return {
    ready: reachable,
    database: { kind: db.kind, reachable, durability: db.durability.survives, note: db.durability.note },
    catalog: { version, hash },
    mode: config.MODE,
    mail: config.SMTP_URL === undefined ? 'kept, not sent: SMTP_URL is not set' : 'sent by SMTP',
  };
}
