import type { AccountId, PersonId } from '../engine/event.ts';
import { defined } from '../engine/record.ts';
import type { Instant } from '../engine/time.ts';
import { isStage, type Stage, type Stages } from '../referrals/stage.ts';
import type { Sql } from './client.ts';
import { fromJson, toInstant } from './rows.ts';

export type ReferralRow = {
  readonly id: string;
  /** The account the advocate referred from, and who they are. */
  readonly accountId: AccountId;
  readonly personId: PersonId;
  readonly code: string;
  /** What attribution goes by; see `companyOf`. */
  readonly company: string;
  readonly companyName?: string;
  readonly email: string;
  readonly name?: string;
  readonly role?: string;
  readonly note?: string;
  readonly stage: Stage;
  readonly stages: Stages;
  /** First-year value of the contract, in the currency the caller uses. */
  readonly acv?: number;
  /** Reasons it waits for review, comma-separated; absent: none. */
  readonly held?: string;
  /** The ask it answered. */
  readonly askId?: string;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
};

type Row = {
  id: string;
  account_id: string;
  person_id: string;
  code: string;
  company: string;
  company_name: string | null;
  email: string;
  name: string | null;
  role: string | null;
  note: string | null;
  stage: string;
  stages: string;
  acv: number | null;
  held: string | null;
  ask_id: string | null;
  created_at: Date;
  updated_at: Date;
};

const COLUMNS = `id, account_id, person_id, code, company, company_name, email, name, role, note, stage, stages, acv,
  held, ask_id, created_at, updated_at`;

export async function insertReferral(tx: Sql, referral: ReferralRow): Promise<void> {
  await tx.query(
    `insert into referral (${COLUMNS})
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
    [
      referral.id,
      referral.accountId,
      referral.personId,
      referral.code,
      referral.company,
      referral.companyName ?? null,
      referral.email,
      referral.name ?? null,
      referral.role ?? null,
      referral.note ?? null,
      referral.stage,
      JSON.stringify(referral.stages),
      referral.acv ?? null,
      referral.held ?? null,
      referral.askId ?? null,
      new Date(referral.createdAt),
      new Date(referral.updatedAt),
    ],
  );
}

/** Moves one referral, unless it has left the stage `from` meanwhile. True when it moved. */
export async function writeStage(
  tx: Sql,
  { accountId, id, stage: from }: Pick<ReferralRow, 'accountId' | 'id' | 'stage'>,
  to: { readonly stage: Stage; readonly stages: Stages; readonly acv?: number; readonly at: Instant },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update referral set stage = $4, stages = $5, acv = coalesce($6, acv), updated_at = $7
     where account_id = $1 and id = $2 and stage = $3`,
    [accountId, id, from, to.stage, JSON.stringify(to.stages), to.acv ?? null, new Date(to.at)],
  );
  return rowCount === 1;
}

export async function findReferral(tx: Sql, id: string): Promise<ReferralRow | undefined> {
  const { rows } = await tx.query<Row>({
    name: 'find-referral',
    text: `select ${COLUMNS} from referral where id = $1`,
    values: [id],
  });
  return rows[0] && toReferral(rows[0]);
}

/** Every introduction of one company, locked until the transaction ends. */
export async function lockReferralsOfCompany(tx: Sql, company: string): Promise<ReferralRow[]> {
  const { rows } = await tx.query<Row>({
    name: 'lock-referrals-of-company',
    text: `select ${COLUMNS} from referral where company = $1 order by account_id, id for update`,
    values: [company],
  });
  return rows.map(toReferral);
}

/** An advocate's introductions, the latest first. */
export async function referralsOfPerson(tx: Sql, personId: PersonId, limit: number): Promise<ReferralRow[]> {
  const { rows } = await tx.query<Row>({
    name: 'referrals-of-person',
    text: `select ${COLUMNS} from referral where person_id = $1 order by created_at desc, id desc limit $2`,
    values: [personId, limit],
  });
  return rows.map(toReferral);
}

export type ReferralFilter = {
  readonly stage?: string | undefined;
  readonly company?: string | undefined;
  readonly personId?: PersonId | undefined;
  /** The last referral of the page before: only later ones in the order of the list. */
  readonly after?: { readonly createdAt: Instant; readonly id: string };
  readonly limit: number;
};

/** Referrals of everyone, the latest first. */
export async function listReferrals(
  tx: Sql,
  { stage, company, personId, after, limit }: ReferralFilter,
): Promise<ReferralRow[]> {
  const { rows } = await tx.query<Row>(
    `select ${COLUMNS} from referral
     where ($1::text is null or stage = $1) and ($2::text is null or company = $2) and ($3::text is null or person_id = $3)
       and ($4::timestamptz is null or (created_at, id) < ($4, $5))
     order by created_at desc, id desc limit $6`,
    [
      stage ?? null,
      company ?? null,
      personId ?? null,
      after ? new Date(after.createdAt) : null,
      after?.id ?? '',
      limit,
    ],
  );
  return rows.map(toReferral);
}

/** How many introductions came through a link since an instant. */
export async function countReferrals(
  tx: Sql,
  code: string,
  personId: PersonId,
  since: Instant,
): Promise<number> {
  const { rows } = await tx.query<{ count: number }>(
    'select count(*)::int as count from referral where person_id = $2 and code = $1 and created_at > $3',
    [code, personId, new Date(since)],
  );
  return rows[0]?.count ?? 0;
}

/** Whether this advocate has ever introduced somebody at this address. */
export async function hasIntroduced(
  tx: Sql,
  { code, personId }: { readonly code: string; readonly personId: PersonId },
  email: string,
): Promise<boolean> {
  const { rows } = await tx.query(
    'select 1 from referral where person_id = $2 and code = $1 and email = $3 limit 1',
    [code, personId, email],
  );
  return rows.length > 0;
}

/** Who introduced a company: their addresses, as far as we know them. */
export async function addressesThatReferred(tx: Sql, company: string, limit: number): Promise<string[]> {
  const { rows } = await tx.query<{ email: string }>(
    `select p.email from referral r join person p on p.id = r.person_id
     where r.company = $1 and p.email is not null order by r.created_at desc limit $2`,
    [company, limit],
  );
  return rows.map(({ email }) => email);
}

function toReferral(row: Row): ReferralRow {
  if (!isStage(row.stage)) {
    throw new Error(`Referral ${row.id} is at stage "${row.stage}", which this version does not know.`);
  }
  return {
    id: row.id,
    accountId: row.account_id,
    personId: row.person_id,
    code: row.code,
    company: row.company,
    email: row.email,
    stage: row.stage,
    stages: fromJson<Stages>(row.stages),
    createdAt: toInstant(row.created_at),
    updatedAt: toInstant(row.updated_at),
    ...defined({
      companyName: row.company_name,
      name: row.name,
      role: row.role,
      note: row.note,
      acv: row.acv,
      held: row.held,
      askId: row.ask_id,
    }),
  };
}
